# expect: budget reductions
# budget: atoms=500 reductions=5000000
f = fn f, i ->
  try do
    String.to_atom("attack_rescued_#{i}")
  rescue
    SystemLimitError -> :ok
  end
  f.(f, i + 1)
end
f.(f, 0)
