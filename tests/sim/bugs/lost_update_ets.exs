# Lost update: two workers read a counter from a table, then write it back.
:ets.new(:stock, [:named_table, :public])
:ets.insert(:stock, {:sold, 0})

sell = fn ->
  [{:sold, sold}] = :ets.lookup(:stock, :sold)
  :ets.insert(:stock, {:sold, sold + 1})
end

for task <- [Task.async(sell), Task.async(sell)], do: Task.await(task)
[{:sold, sold}] = :ets.lookup(:stock, :sold)
if sold != 2, do: raise("sold 2, counted #{sold}")
