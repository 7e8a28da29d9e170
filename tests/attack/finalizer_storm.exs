# expect: budget reductions
loop = fn loop -> for _ <- 1..100, do: :atomics.new(100, []); loop.(loop) end
loop.(loop)
