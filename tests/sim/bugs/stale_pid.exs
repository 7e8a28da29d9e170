# A stale pid: the client keeps a worker's pid over its restart.
defmodule Counter do
  use Agent
  def start_link(_), do: Agent.start_link(fn -> 0 end, name: __MODULE__)
end

{:ok, _} = Supervisor.start_link([Counter], strategy: :one_for_one)

killer = spawn(fn -> receive do: (:go -> Process.exit(Process.whereis(Counter), :kill)) end)
client = Task.async(fn ->
  pid = Process.whereis(Counter)
  # Some thinking.
  for _ <- 1..3, do: Process.get(:x)

  try do
    Agent.update(pid, &(&1 + 1))
    :ok
  catch
    :exit, _ -> :stale
  end
end)

send(killer, :go)
if Task.await(client) == :stale, do: raise("the worker had been replaced")
