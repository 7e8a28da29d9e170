# expect: budget reductions
text = String.duplicate("spam", 100_000)
loop = fn loop -> IO.puts(text); loop.(loop) end
loop.(loop)
