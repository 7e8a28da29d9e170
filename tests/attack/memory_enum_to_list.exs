# expect: budget memory
Enum.to_list(1..1_000_000_000_000)
