# expect: budget reductions
loop = fn loop -> IO.puts("spam spam spam"); loop.(loop) end
loop.(loop)
