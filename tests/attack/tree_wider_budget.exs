# expect: budget memory
Phial.Budget.run(fn -> Enum.to_list(1..1_000_000_000) end, memory: 1_000_000_000_000)
|> then(fn {:error, reason} -> exit(reason) end)
