# expect: value {:EXIT, :system_limit}
Process.flag(:trap_exit, true)
spawn_link(fn ->
  bomb = Enum.reduce(1..60, {1}, fn _, t -> {t, t} end)
  exit(bomb)
end)
receive(do: ({:EXIT, _, reason} -> {:EXIT, reason}))
