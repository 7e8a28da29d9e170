# expect: budget memory
bomb = Enum.reduce(1..60, {}, fn _, t -> {t, t} end)
table = :ets.new(:t, [])
:ets.insert(table, {1, bomb})
