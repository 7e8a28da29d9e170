# expect: budget reductions
text = :binary.copy(<<0>>, 10_000_000)
patterns = for i <- 1..300, do: :binary.copy(<<0>>, i * 7) <> <<1>>
for _ <- Stream.iterate(0, & &1 + 1), do: :binary.matches(text, patterns)
