# expect: budget memory
big = Enum.to_list(1..10_000)
loop = fn loop -> send(self(), big); loop.(loop) end
loop.(loop)
