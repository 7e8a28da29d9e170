# expect: budget memory
text = String.duplicate("ab", 1_000_000)
f = fn f -> :binary.matches(text, "aba"); f.(f) end
f.(f)
