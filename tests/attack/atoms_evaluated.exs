# expect: error SyntaxError
# budget: atoms=500
for i <- 1..1000, do: Code.eval_string(Enum.map_join(1..20, ";", &":attack_eval_#{i}_#{&1}"))
