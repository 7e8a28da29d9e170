# Shutdown: the queue is told to stop while casts are still on their way from another process.
defmodule Queue do
  use GenServer
  def init(log), do: {:ok, log}

  def handle_cast({:work, n}, log) do
    :ets.insert(log, {n})
    {:noreply, log}
  end
end

log = :ets.new(:log, [:public])
{:ok, queue} = GenServer.start(Queue, log)
producer = spawn(fn -> for n <- 1..3, do: GenServer.cast(queue, {:work, n}) end)
# The producer is quick.
for _ <- 1..10, do: Process.alive?(producer)
GenServer.stop(queue)
Process.sleep(10)
done = :ets.info(log, :size)
if done != 3, do: raise("#{done} of 3 were done")
