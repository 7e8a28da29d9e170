# expect: budget ets
table = :ets.new(:t, [:public])
for i <- Stream.iterate(0, & &1 + 1), do: :ets.insert(table, {i, {i, i, i}})
