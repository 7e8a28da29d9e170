# expect: budget reductions
a = Enum.reduce(1..60, {1}, fn _, t -> {t, t} end)
b = Enum.reduce(1..60, {1}, fn _, t -> {t, t} end)
case b do
  ^a -> :same
  _ -> :other
end
