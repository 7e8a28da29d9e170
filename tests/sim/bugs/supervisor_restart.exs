# A supervisor's restart: the client calls right after it has killed the worker and finds nobody.
defmodule Worker do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def init(nil), do: {:ok, nil}
  def handle_call(:ping, _from, state), do: {:reply, :pong, state}
end

{:ok, _} = Supervisor.start_link([Worker], strategy: :one_for_one)
worker = Process.whereis(Worker)
monitor = Process.monitor(worker)
Process.exit(worker, :kill)
receive do: ({:DOWN, ^monitor, _, _, _} -> :ok)
# Long enough, it seems.
for _ <- 1..80, do: Process.whereis(Worker)
:pong = GenServer.call(Worker, :ping)
