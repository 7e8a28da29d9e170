# expect: budget memory
List.duplicate(0, 1_000_000_000_000)
