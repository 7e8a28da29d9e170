# expect: budget reductions
bomb = fn -> Enum.reduce(1..60, {1}, fn _, t -> {t, t} end) end
Enum.uniq([bomb.(), bomb.()])
