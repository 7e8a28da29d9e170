# answer: 2000000 20001000000
# group: processes
# A hundred producers send to one consumer.
defmodule FanIn do
  def produce(_to, 0), do: :ok
  def produce(to, n) do
    send(to, {:item, self(), n})
    produce(to, n - 1)
  end

  def consume(0, count, sum), do: {count, sum}
  def consume(left, count, sum) do
    receive do
      {:item, pid, n} when is_pid(pid) -> consume(left - 1, count + 1, sum + n)
    end
  end
end

me = self()
for _ <- 1..100, do: spawn(fn -> FanIn.produce(me, 20_000) end)
{count, sum} = FanIn.consume(2_000_000, 0, 0)
IO.puts("#{count} #{sum}")
