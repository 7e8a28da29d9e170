# expect: budget time
# budget: time=200ms
Process.flag(:trap_exit, true)
loop = fn loop -> receive do _ -> loop.(loop) end end
for _ <- 1..20, do: spawn(fn -> Process.flag(:trap_exit, true); loop.(loop) end)
loop.(loop)
