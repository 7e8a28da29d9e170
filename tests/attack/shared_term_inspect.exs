# expect: budget memory
a = Enum.reduce(1..60, {1}, fn _, t -> {t, t} end)
inspect(a, limit: :infinity, printable_limit: :infinity)
