# case: ets: folds go over all objects, also while they are deleted
table = :ets.new(:table, [:ordered_set])
:ets.insert(table, for(i <- 1..5, do: {i, i * i}))
IO.inspect :ets.foldl(fn {key, _}, acc -> [key | acc] end, [], table)
IO.inspect :ets.foldr(fn {key, _}, acc -> :ets.delete(table, key); [key | acc] end, [], table)
IO.inspect :ets.info(table, :size)
bag = :ets.new(:bag, [:bag])
:ets.insert(bag, [{1, 2}, {1, 3}, {2, 4}])
IO.inspect :ets.foldl(fn {_, value}, acc -> value + acc end, 0, bag)
# expect: [5, 4, 3, 2, 1]
# expect: [1, 2, 3, 4, 5]
# expect: 0
# expect: 9
