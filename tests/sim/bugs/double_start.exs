# Double start: the connection is made by whoever finds none, perhaps by two.
defmodule Pool do
  def get do
    case :ets.lookup(:pool, :connection) do
      [{:connection, pid}] ->
        pid

      [] ->
        {:ok, pid} = Agent.start(fn -> :connection end)
        :counters.add(:persistent_term.get(:opened), 1, 1)
        :ets.insert(:pool, {:connection, pid})
        pid
    end
  end
end

:ets.new(:pool, [:named_table, :public])
:persistent_term.put(:opened, :counters.new(1, []))

for _ <- 1..2 do
  spawn(&Pool.get/0)
  for _ <- 1..40, do: Process.whereis(:nobody)
end

Process.sleep(50)
opened = :counters.get(:persistent_term.get(:opened), 1)
if opened != 1, do: raise("#{opened} connections were opened")
