# expect: budget memory
text = String.duplicate("a,", 500_000)
f = fn f -> :binary.split(text, ",", [:global]); f.(f) end
f.(f)
