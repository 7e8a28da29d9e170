# expect: exit false
bomb = Enum.reduce(1..60, {}, fn _, t -> {t, t} end)
{_, ref} = spawn_monitor(fn -> exit(Enum.reduce(1..60, {}, fn _, t -> {t, t} end)) end)
receive do
  {:DOWN, ^ref, _, _, reason} -> exit(is_tuple(reason))
end
