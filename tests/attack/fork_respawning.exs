# expect: budget reductions
# budget: reductions=5000000
loop = fn loop -> spawn(fn -> Process.sleep(1); loop.(loop) end); spawn(fn -> loop.(loop) end) end
loop.(loop)
spin = fn spin -> spin.(spin) end
spin.(spin)
