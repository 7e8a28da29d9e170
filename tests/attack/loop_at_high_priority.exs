# expect: budget reductions
Process.flag(:priority, :max)
loop = fn loop -> loop.(loop) end
for _ <- 1..8, do: spawn(fn -> Process.flag(:priority, :max); loop.(loop) end)
loop.(loop)
