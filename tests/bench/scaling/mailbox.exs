# n: 100000
# Messages that wait while a tenth as many calls are answered by reference behind them; then all are taken.
defmodule Mailbox do
  def fill(0), do: :ok
  def fill(n) do
    send(self(), {:item, n})
    fill(n - 1)
  end

  def calls(0, n), do: n
  def calls(left, n) do
    ref = make_ref()
    send(self(), {ref, n + 1})
    receive(do: ({^ref, m} -> calls(left - 1, m)))
  end

  def drain(n) do
    receive do
      {:item, _} -> drain(n + 1)
    after
      0 -> n
    end
  end

  def run(n) do
    fill(n)
    _ = calls(div(n, 10), 0)
    ^n = drain(0)
  end
end

[n] = System.argv()
n = String.to_integer(n)
Mailbox.run(div(n, 8))
start = System.monotonic_time(:microsecond)
Mailbox.run(n)
IO.puts(System.monotonic_time(:microsecond) - start)
