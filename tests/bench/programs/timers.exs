# answer: 200000 200000 50000
# group: processes
# Timers started, cancelled and fired: send_after, receive with a timeout.
defmodule Timers do
  def fired(0, n), do: n
  def fired(left, n) do
    receive do
      {:tick, _} -> fired(left - 1, n + 1)
    end
  end

  def waits(0, n), do: n
  def waits(left, n) do
    receive do
      :never -> n
    after
      0 -> waits(left - 1, n + 1)
    end
  end
end

refs = for i <- 1..200_000, do: Process.send_after(self(), {:never, i}, 60_000 + rem(i, 1000))
cancelled = Enum.count(refs, &is_integer(Process.cancel_timer(&1)))
for i <- 1..200_000, do: Process.send_after(self(), {:tick, i}, rem(i, 50))
fired = Timers.fired(200_000, 0)
for i <- 1..50_000, do: spawn(fn -> Process.sleep(rem(i, 20)) end)
IO.puts("#{cancelled} #{fired} #{Timers.waits(50_000, 0)}")
