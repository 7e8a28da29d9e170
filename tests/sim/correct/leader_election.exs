# insert_new decides.
:ets.new(:cluster, [:named_table, :public])
parent = self()
for node <- 1..3, do: spawn(fn -> send(parent, {node, :ets.insert_new(:cluster, {:leader, node})}) end)
leaders = for _ <- 1..3, {node, true} <- [receive(do: (vote -> vote))], do: node
if length(leaders) != 1, do: raise("leaders: #{inspect(Enum.sort(leaders))}")
