# expect: value {:error, {:budget, :memory}}
Phial.Budget.run(fn -> Enum.to_list(1..1_000_000_000) end, memory: 4_000_000)
