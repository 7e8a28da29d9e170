# expect: budget memory
table = :ets.new(:t, [])
for i <- 1..20_000, do: :ets.insert(table, {i, i, i, i})
for _ <- Stream.iterate(0, & &1 + 1), reduce: [] do
  all -> [:ets.tab2list(table) | all]
end
