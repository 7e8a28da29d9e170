# expect: budget mailbox
loop = fn loop -> send(self(), :x); loop.(loop) end
loop.(loop)
