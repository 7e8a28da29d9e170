# expect: budget time
# budget: time=150ms reductions=0
loop = fn loop -> loop.(loop) end
loop.(loop)
