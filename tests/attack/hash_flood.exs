# expect: budget reductions
data = String.duplicate("x", 20_000_000)
for _ <- Stream.iterate(0, & &1 + 1), do: :crypto.hash(:sha512, data)
