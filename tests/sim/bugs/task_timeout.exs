# Task.await's timeout: the task that was given up still acts.
{:ok, log} = Agent.start_link(fn -> [] end)

task =
  Task.async(fn ->
    Process.sleep(20)
    Agent.update(log, &[:written | &1])
  end)

result =
  case Task.yield(task, 22) do
    {:ok, _} -> :done
    nil ->
      # Forgotten: Task.shutdown(task)
      Process.unlink(task.pid)
      Agent.update(log, &[:gave_up | &1])
  end

if result != :done do
  Process.sleep(50)
  if :written in Agent.get(log, & &1), do: raise("it was given up, and wrote all the same")
end
