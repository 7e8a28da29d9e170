# expect: budget memory
Enum.reduce(1..100, "aa", fn _, text -> String.replace(text, "a", text <> text) end)
