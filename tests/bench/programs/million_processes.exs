# answer: 1000000
# group: memory per process
# operations: 1000000 processes
# elixir: --erl|+P 3000000
# A million processes alive at once, each waiting; the peak memory over the count is the size of one.
defmodule Million do
  def run(count) do
    pids = for _ <- 1..count, do: spawn(fn -> wait() end)
    me = self()
    Enum.each(pids, &send(&1, {:stop, me}))
    collect(count, 0)
  end

  defp wait do
    receive do
      {:stop, from} -> send(from, :stopped)
    end
  end

  defp collect(0, done), do: done

  defp collect(left, done) do
    receive do
      :stopped -> collect(left - 1, done + 1)
    end
  end
end

IO.puts(Million.run(1_000_000))
