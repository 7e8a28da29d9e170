# expect: budget reductions
bomb = Enum.reduce(1..60, {1}, fn _, t -> {t, t} end)
table = :ets.new(:t, [])
:ets.insert(table, {1, 2})
:ets.lookup(table, bomb)
