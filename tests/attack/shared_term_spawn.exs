# expect: budget memory
bomb = Enum.reduce(1..60, {}, fn _, t -> {t, t} end)
spawn(fn -> bomb end)
