# expect: budget reductions
bomb = Enum.reduce(1..60, {}, fn _, t -> {t, t} end)
Process.put(bomb, 1)
Process.get(bomb)
