# expect: budget reductions
# budget: time=30s
loop = fn loop, i ->
  try do
    apply(:"Elixir.NoModule", :none, [i])
  rescue
    UndefinedFunctionError -> :ok
  end
  loop.(loop, i + 1)
end
loop.(loop, 0)
