# expect: budget memory
# Each result is a tuple of a thousand copies of what the object holds.
table = :ets.new(:t, [])
for i <- 1..20_000, do: :ets.insert(table, {i, Enum.to_list(1..10)})
wide = List.to_tuple(List.duplicate(:"$2", 1000))
:ets.select(table, [{{:_, :"$2"}, [], [{wide}]}]) |> length()
