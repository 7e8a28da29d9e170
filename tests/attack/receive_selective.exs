# expect: budget reductions
for i <- 1..15_000, do: send(self(), {:no, i})
for _ <- Stream.iterate(0, & &1 + 1), do: receive(do: ({:yes, _} -> 1), after: (0 -> 0))
