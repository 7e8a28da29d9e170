# expect: budget reductions
Enum.reduce(Stream.iterate(1, & &1 + 1), 3, fn _, n -> if n > Bitwise.bsl(1, 1_000_000), do: rem(n, Bitwise.bsl(1, 100_000) - 1), else: n * n + 1 end)
