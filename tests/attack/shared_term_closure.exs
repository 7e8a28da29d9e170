# expect: budget memory
bomb = Enum.reduce(1..60, {1}, fn _, t -> {t, t} end)
Task.await(Task.async(fn -> tuple_size(bomb) end))
