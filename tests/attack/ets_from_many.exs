# expect: budget ets | budget memory | value _ | budget time
# budget: time=1s
table = :ets.new(:t, [:public, :named_table])
for k <- 1..8, do: spawn(fn -> for i <- Stream.iterate(0, & &1 + 1), do: :ets.insert(table, {{k, i}, i}) end)
Process.sleep(:infinity)
