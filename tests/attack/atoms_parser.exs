# expect: error SyntaxError
# budget: atoms=500
for i <- 1..1000, do: Code.string_to_quoted!(Enum.map_join(1..100, ";", &":attack_parsed_#{i}_#{&1}"))
