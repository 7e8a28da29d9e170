# expect: budget reductions
table = :ets.new(:t, [])
for i <- 1..20_000, do: :ets.insert(table, {i, i})
spec = for i <- 1..2000, do: {{:"$1", {i, :"$2"}}, [], [:"$_"]}
for _ <- Stream.iterate(0, & &1 + 1), do: :ets.select(table, spec)
