# expect: value [:killed]
# grants: define
for i <- 1..20, uniq: true do
  Module.create(Turning, quote(do: (def loop(n), do: (if n == unquote(-i), do: :done, else: loop(n + 1)))), __ENV__)
  {pid, ref} = spawn_monitor(fn -> Turning.loop(0) end)
  Process.sleep(1)
  Process.exit(pid, :kill)
  receive(do: ({:DOWN, ^ref, _, _, reason} -> reason))
end
