# Chardata of every form, as text and as charlists, and what is wrong with it.

# case: chardata as text
for data <- [[], ["a", ?b, [~c"c" | "d"]], [[[]], [], ["é" | [0x20AC]]], [?a | "b"], [["x", [?y, ["z" | []]]] | ["é"]], [0x65E5, "本"], [["a"] | "b"]] do
  IO.inspect({:unicode.characters_to_binary(data), IO.chardata_to_string(data), List.to_string(data)})
end
# expect: {"", "", ""}
# expect: {"abcd", "abcd", "abcd"}
# expect: {"é€", "é€", "é€"}
# expect: {"ab", "ab", "ab"}
# expect: {"xyzé", "xyzé", "xyzé"}
# expect: {"日本", "日本", "日本"}
# expect: {"ab", "ab", "ab"}
deep = Enum.reduce(1..20_000, [], fn i, acc -> [acc, Integer.to_string(i)] end)
IO.inspect(byte_size(IO.chardata_to_string(deep)))                # expect: 88894
IO.inspect(IO.chardata_to_string(deep) == Enum.join(1..20_000))   # expect: true
long = List.duplicate(["ab", ?c, [0xE9]], 50_000)
IO.inspect(byte_size(:unicode.characters_to_binary(long)))        # expect: 250000
<<_::2, unaligned::bitstring>> = <<1::2, "né">>
IO.inspect(:unicode.characters_to_binary([unaligned, unaligned])) # expect: "néné"

# case: what is wrong with chardata
flat = fn {kind, text, rest} -> {kind, text, List.flatten([rest])} end
IO.inspect(flat.(:unicode.characters_to_binary(["a", 0xD800, "b"])))     # expect: {:error, "a", [55296, "b"]}
IO.inspect(flat.(:unicode.characters_to_binary(["a", <<0xFF>>, "b"])))   # expect: {:error, "a", [<<255>>, "b"]}
IO.inspect(:unicode.characters_to_binary(["a", <<0xC3>>]))        # expect: {:incomplete, "a", <<195>>}
bad = fn data ->
  try do
    :unicode.characters_to_binary(data)
  rescue
    error -> error.__struct__
  end
end
IO.inspect(Enum.map([[:a], ["a" | :b], [1.5], [<<1::3>>], :atom], bad))   # expect: [ArgumentError, ArgumentError, ArgumentError, ArgumentError, ArgumentError]
IO.inspect(:unicode.characters_to_binary([-1]) == {:error, "", [-1]})     # expect: true

# case: sets take in what is collected
IO.inspect(Enum.into([3, 1, 3], MapSet.new([2])))                 # expect: MapSet.new([1, 2, 3])
IO.inspect(for(x <- 1..4, rem(x, 2) == 0, into: MapSet.new(), do: x))     # expect: MapSet.new([2, 4])
IO.inspect(MapSet.size(Enum.into(1..1000, MapSet.new(500..2000))))        # expect: 2000
IO.inspect(Enum.into([1, 2], MapSet.new(), &(&1 * 2)))            # expect: MapSet.new([2, 4])
IO.inspect(try do Enum.into([1], MapSet.new(), fn _ -> raise "no" end) rescue error -> error.message end)   # expect: "no"
IO.inspect(Stream.into([1, 2], MapSet.new()) |> Enum.to_list())   # expect: [1, 2]

# case: natives that are called the short way
long = for i <- 1..10_000, do: {:"k#{rem(i, 50)}", i}
IO.inspect({List.keyfind(long, 10_000, 1), List.keyfind(long, 0, 1), List.keymember?(long, 9_999, 1), :lists.member({:k1, 9951}, long), :lists.member(:none, long)})
# expect: {{:k0, 10000}, nil, true, true, false}
wrong = fn fun ->
  try do
    fun.()
  rescue
    error -> {error.__struct__, hd(__STACKTRACE__) |> Tuple.to_list() |> Enum.take(3)}
  end
end
IO.inspect(wrong.(fn -> :lists.keyfind(:a, 0, [{1}]) end))        # expect: {ArgumentError, [:lists, :keyfind, [:a, 0, [{1}]]]}
IO.inspect(wrong.(fn -> :lists.member(1, [2 | 3]) end))           # expect: {ArgumentError, [:lists, :member, [1, [2 | 3]]]}
IO.inspect(wrong.(fn -> :ets.member(:no_table, 1) end))           # expect: {ArgumentError, [:ets, :member, [:no_table, 1]]}
IO.inspect(wrong.(fn -> :erlang.whereis("x") end))                # expect: {ArgumentError, [:erlang, :whereis, ["x"]]}
IO.inspect({Process.get(:nothing), Process.put(:a, [1]), Process.get(:a), node()})   # expect: {nil, nil, [1], :nonode@nohost}

# case: finding clusters
for {text, pattern} <- [{"hello", "l"}, {"hello", "z"}, {"", "a"}, {"ae\u0301e", "e"}, {"e\u0301 e", "e"}, {"日a本a", "a"}, {"a\u200Db ab", "ab"}, {"xaab", "aa"}, {"a b", ""}, {"x\r\ny", "\r\n"}, {"aéb", "é"}] do
  IO.inspect({:string.find(text, pattern), :string.find(text, pattern, :trailing)})
end
# expect: {"llo", "lo"}
# expect: {:nomatch, :nomatch}
# expect: {:nomatch, :nomatch}
# expect: {"e", "e"}
# expect: {"e", "e"}
# expect: {"a本a", "a"}
# expect: {"ab", "ab"}
# expect: {"aab", "aab"}
# expect: {"a b", "a b"}
# expect: {"\r\ny", "\r\ny"}
# expect: {"éb", "éb"}
