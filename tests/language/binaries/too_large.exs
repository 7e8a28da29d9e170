# case: too large: requests by a number raise SystemLimitError
for {name, f} <- [
      bits: fn -> <<0::size(10_000_000_000_000)>> end,
      beyond: fn -> <<1::size(9_000_000_000_000_000_000)>> end,
      duplicate: fn -> String.duplicate("ab", 3_000_000_000_000_000) end,
      pad: fn -> String.pad_trailing("x", 1_000_000_000_000) end,
      shift: fn -> Bitwise.bsl(1, 1_000_000_000_000) end
    ] do
  IO.inspect({name, try(do: f.(), rescue: (e -> e.__struct__))})
end
# expect: {:bits, SystemLimitError}
# expect: {:beyond, SystemLimitError}
# expect: {:duplicate, SystemLimitError}
# expect: {:pad, SystemLimitError}
# expect: {:shift, SystemLimitError}

# case: too large: padding of several parts
IO.inspect(String.pad_leading("x", 7, ["a", "bc", "d"]))
IO.inspect(String.pad_trailing("x", 3, ["a", "b", :not_needed]))
# expect: "abcdabcdx"
# expect: "xab"

# case: too large: marks are ordered by their class, those of one class as they came
IO.inspect(String.normalize("e\u0301\u0327\u0301\u0323", :nfd) |> String.to_charlist())
IO.inspect(String.normalize("e\u0301\u0327\u0301\u0323", :nfc) |> String.to_charlist())
long = "e" <> String.duplicate("\u0327\u0301", 50_000)
points = long |> String.normalize(:nfd) |> String.to_charlist()
IO.inspect({length(points), Enum.dedup(points)})
# expect: [101, 807, 803, 769, 769]
# expect: [553, 803, 769, 769]
# expect: {100001, [101, 807, 769]}
