# expect: budget reductions
loop = fn loop -> loop.(loop) end
loop.(loop)
