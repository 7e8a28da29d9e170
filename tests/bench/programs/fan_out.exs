# answer: 1000000
# group: processes
# One process sends work to a thousand workers, which answer; a thousand rounds.
defmodule FanOut do
  def worker(to) do
    receive do
      {:work, n} ->
        send(to, {:result, n * 2})
        worker(to)
    end
  end

  def rounds(_workers, 0, done), do: done
  def rounds(workers, left, done) do
    Enum.each(workers, &send(&1, {:work, left}))
    rounds(workers, left - 1, collect(length(workers), left * 2, done))
  end

  defp collect(0, _expected, done), do: done
  defp collect(left, expected, done) do
    receive do
      {:result, ^expected} -> collect(left - 1, expected, done + 1)
    end
  end
end

me = self()
workers = for _ <- 1..1000, do: spawn(fn -> FanOut.worker(me) end)
IO.puts(FanOut.rounds(workers, 1000, 0))
