# answer: 500000
# group: processes
# operations: 500000 processes
# Half a million short processes, a thousand at a time, each with a monitor.
defmodule Spawn do
  def run(0, done), do: done

  def run(left, done) do
    refs = for i <- 1..1000, do: spawn_monitor(fn -> exit({:done, i}) end)
    run(left - 1000, Enum.reduce(refs, done, fn {_, ref}, sum -> receive(do: ({:DOWN, ^ref, _, _, {:done, _}} -> sum + 1)) end))
  end
end

IO.puts(Spawn.run(500_000, 0))
