# expect: error SystemLimitError
# budget: atoms=500
for i <- 1..1_000_000 do
  name = "attack_external_#{i}"
  :erlang.binary_to_term(<<131, 119, byte_size(name)>> <> name)
end
