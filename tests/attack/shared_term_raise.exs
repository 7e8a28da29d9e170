# expect: budget memory
bomb = Enum.reduce(1..60, {1}, fn _, t -> {t, t} end)
:erlang.error(bomb)
