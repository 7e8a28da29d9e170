# expect: budget reductions
n = Bitwise.bsl(1, 4_000_000) - 1
for _ <- Stream.iterate(0, & &1 + 1), do: String.to_integer(Integer.to_string(n))
