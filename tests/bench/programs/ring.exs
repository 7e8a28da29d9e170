# answer: 2000000
# group: processes
# operations: 2000000 hops
# A token goes 2,000 times around a ring of a thousand processes.
defmodule Ring do
  def relay(next) do
    receive do
      {:token, n} ->
        send(next, {:token, n + 1})
        relay(next)

      :stop ->
        send(next, :stop)
    end
  end

  def run(size, rounds) do
    me = self()
    first = Enum.reduce(2..size, me, fn _, next -> spawn(fn -> relay(next) end) end)
    n = rounds(first, rounds, 0, size)
    send(first, :stop)
    n
  end

  defp rounds(_first, 0, n, _size), do: n

  defp rounds(first, left, n, size) do
    send(first, {:token, n + 1})

    receive do
      {:token, m} -> rounds(first, left - 1, m, size)
    end
  end
end

IO.puts(Ring.run(1000, 2000))
