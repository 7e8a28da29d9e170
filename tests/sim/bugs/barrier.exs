# A barrier counts arrivals, and who waits long says again that it is there: it is counted twice.
defmodule Barrier do
  def start(parties), do: spawn(fn -> loop(parties, []) end)

  def wait(barrier) do
    send(barrier, {:arrive, self()})

    receive do
      :go -> :ok
    after
      # The message may have been lost.
      12 -> wait(barrier)
    end
  end

  defp loop(0, waiting), do: for(pid <- Enum.uniq(waiting), do: send(pid, :go))

  defp loop(missing, waiting) do
    receive do
      {:arrive, pid} -> loop(missing - 1, [pid | waiting])
    end
  end
end

barrier = Barrier.start(2)
parent = self()
:ets.new(:ready, [:named_table, :public])

for {name, pause} <- [quick: 0, slow: 10] do
  spawn(fn ->
    Process.sleep(pause)
    :ets.insert(:ready, {name})
    Barrier.wait(barrier)
    send(parent, {name, :ets.info(:ready, :size)})
  end)
end

seen = receive do: ({_, ready} -> ready)
if seen != 2, do: raise("passed with #{seen} of 2 ready")
