# expect: value [SystemLimitError]
for f <- [fn -> <<0::size(10_000_000_000_00)>> end, fn -> String.duplicate("x", 1_000_000_000_000) end, fn -> Tuple.duplicate(0, 10_000_000) end,
          fn -> Bitwise.bsl(1, 1_000_000_000_000) end, fn -> :binary.copy("xyz", 5_000_000_000_000) end, fn -> Integer.pow(10, 100_000_000) end,
          fn -> String.pad_trailing("x", 1_000_000_000_000) end, fn -> :binary.encode_unsigned(Bitwise.bsl(1, 100_000_000)) end,
          fn -> <<1::size(9_000_000_000_000_000_000)>> end], uniq: true do
  try do
    f.()
  rescue
    e -> e.__struct__
  end
end
