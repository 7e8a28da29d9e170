# expect: budget memory
:lists.duplicate(1_000_000_000_000, 0)
