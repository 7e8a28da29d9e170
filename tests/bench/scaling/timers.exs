# n: 50000
# Timers set, all alive at once, then cancelled in the order of their making.
defmodule Timers do
  def run(n) do
    refs = for i <- 1..n, do: Process.send_after(self(), {:late, i}, 600_000 + rem(i * 7919, 100_000))
    ^n = Enum.count(refs, &is_integer(Process.cancel_timer(&1)))
  end
end

[n] = System.argv()
n = String.to_integer(n)
Timers.run(div(n, 8))
start = System.monotonic_time(:microsecond)
Timers.run(n)
IO.puts(System.monotonic_time(:microsecond) - start)
