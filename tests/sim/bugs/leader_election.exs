# Leader election: the leader is who reads no leader and writes itself.
:ets.new(:cluster, [:named_table, :public])
parent = self()

for node <- 1..3 do
  spawn(fn ->
    leads =
      if :ets.lookup(:cluster, :leader) == [] do
        :ets.insert(:cluster, {:leader, node})
        true
      end

    send(parent, {node, leads == true})
  end)
end

leaders = for _ <- 1..3, {node, true} <- [receive(do: (vote -> vote))], do: node
if length(leaders) != 1, do: raise("leaders: #{inspect(Enum.sort(leaders))}")
