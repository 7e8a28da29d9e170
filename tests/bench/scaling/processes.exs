# n: 50000
# Processes alive at once: spawned, sent to, answering.
defmodule Processes do
  def run(n) do
    me = self()
    pids = for _ <- 1..n, do: spawn(fn -> receive(do: (:go -> send(me, :done))) end)
    Enum.each(pids, &send(&1, :go))
    collect(n)
  end

  defp collect(0), do: :ok
  defp collect(n), do: receive(do: (:done -> collect(n - 1)))
end

[n] = System.argv()
n = String.to_integer(n)
Processes.run(div(n, 8))
start = System.monotonic_time(:microsecond)
Processes.run(n)
IO.puts(System.monotonic_time(:microsecond) - start)
