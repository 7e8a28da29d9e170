# expect: budget reductions
text = "a" <> String.duplicate("\u200d", 5_000_000)
for _ <- Stream.iterate(0, & &1 + 1), do: String.next_grapheme(text)
