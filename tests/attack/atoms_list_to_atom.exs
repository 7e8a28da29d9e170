# expect: error SystemLimitError
# budget: atoms=500
for i <- 1..1_000_000, do: List.to_atom(~c"attack_list_#{i}")
