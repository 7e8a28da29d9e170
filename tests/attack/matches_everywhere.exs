# expect: budget memory
text = :binary.copy("a", 20_000_000)
length(:binary.matches(text, "a"))
