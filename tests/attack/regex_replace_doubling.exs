# expect: budget memory
Enum.reduce(1..100, "a", fn _, text -> Regex.replace(~r/a/, text, "aa\\0a") end)
