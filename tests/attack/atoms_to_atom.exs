# expect: error SystemLimitError
# budget: atoms=500
for i <- 1..1_000_000, do: String.to_atom("attack_atom_#{i}")
