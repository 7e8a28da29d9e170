# The update is one operation of the table.
:ets.new(:stock, [:named_table, :public])
:ets.insert(:stock, {:sold, 0})
sell = fn -> :ets.update_counter(:stock, :sold, 1) end
for task <- [Task.async(sell), Task.async(sell)], do: Task.await(task)
[{:sold, sold}] = :ets.lookup(:stock, :sold)
if sold != 2, do: raise("sold 2, counted #{sold}")
