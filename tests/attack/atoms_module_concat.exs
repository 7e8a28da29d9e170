# expect: error SystemLimitError
# budget: atoms=500
for i <- 1..100_000, do: Module.concat(["AttackModule#{i}"])
