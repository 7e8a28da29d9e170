# Enum.join and Enum.map_join: what is joined in one go, and what asks String.Chars.

# case: joining
IO.inspect(Enum.join([], ","))                                            # expect: ""
IO.inspect(Enum.join(["a"], ","))                                         # expect: "a"
IO.inspect(Enum.join(["a", :b, nil, 3, -4, 2.5, ~c"c", true], "-"))       # expect: "a-b--3--4-2.5-c-true"
IO.inspect(Enum.join([1, nil, "", 2], ", "))                              # expect: "1, , , 2"
IO.inspect(Enum.join([1_152_921_504_606_846_976, -1_152_921_504_606_846_977, 7]))   # expect: "1152921504606846976-11529215046068469777"
IO.inspect(Enum.join(1..5, "é"))                                          # expect: "1é2é3é4é5"
IO.inspect(Enum.join(%{a: 1} |> Map.keys(), ""))                          # expect: "a"
IO.inspect(Enum.join([~D[2024-01-02], "x"], " "))                         # expect: "2024-01-02 x"
IO.inspect(Enum.map_join([1, 2, 3], "+", &(&1 * &1)))                     # expect: "1+4+9"
IO.inspect(Enum.map_join([], "+", & &1))                                  # expect: ""
IO.inspect(Enum.map_join([1, 2], fn x -> [?a, to_string(x)] end))         # expect: "a1a2"
IO.inspect(Enum.map_join(%{a: 1, b: 2}, "&", fn {k, v} -> "#{k}=#{v}" end))   # expect: "a=1&b=2"
IO.inspect(byte_size(Enum.join(List.duplicate(String.duplicate("x", 1000), 3000), ",")))   # expect: 3002999
<<_::5, unaligned::bitstring>> = <<0::5, "ab">>
IO.inspect(Enum.join([unaligned, unaligned], unaligned))                  # expect: "ababab"

# case: what can not be joined
for list <- [[{1}], ["a", <<1::1>>], [1, self()]] do
  IO.inspect(try do Enum.join(list, ",") rescue error -> error.__struct__ end)
end
# expect: Protocol.UndefinedError
# expect: Protocol.UndefinedError
# expect: Protocol.UndefinedError
IO.inspect(try do Enum.map_join([1, 2], fn 1 -> {} ; 2 -> raise "late" end) rescue error -> error.__struct__ end)   # expect: Protocol.UndefinedError
