# expect: budget reductions
# budget: time=30s
loop = fn loop -> IO.puts("spam spam spam"); loop.(loop) end
loop.(loop)
