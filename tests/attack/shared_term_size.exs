# expect: budget reductions
a = Enum.reduce(1..60, {1}, fn _, t -> {t, t} end)
:erts_debug.flat_size(a)
