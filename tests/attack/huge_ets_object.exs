# expect: budget ets
table = :ets.new(:t, [:public])
list = Enum.to_list(1..900_000)
:ets.insert(table, {1, list})
:ets.insert(table, {2, list})
:ets.insert(table, {3, list})
:ets.insert(table, {4, list})
:ets.insert(table, {5, list})
