# answer: 32762
# group: calls and recursion
# Ackermann's function: deep recursion beside tail calls.
defmodule Ackermann do
  def ack(0, n), do: n + 1
  def ack(m, 0), do: ack(m - 1, 1)
  def ack(m, n), do: ack(m - 1, ack(m, n - 1))

  def repeat(0, sum), do: sum
  def repeat(left, sum), do: repeat(left - 1, sum + ack(3, 11))
end

IO.puts(Ackermann.repeat(2, 0))
