# answer: 148933
# group: integer loops
# The sieve of Eratosthenes to two million on an :atomics array.
defmodule Sieve do
  def run(limit) do
    marks = :atomics.new(limit, [])
    strike(2, limit, marks)
    count(2, limit, marks, 0)
  end

  defp strike(n, limit, _marks) when n * n > limit, do: :ok

  defp strike(n, limit, marks) do
    if :atomics.get(marks, n) == 0, do: mark(n * n, n, limit, marks)
    strike(n + 1, limit, marks)
  end

  defp mark(i, _step, limit, _marks) when i > limit, do: :ok

  defp mark(i, step, limit, marks) do
    :atomics.put(marks, i, 1)
    mark(i + step, step, limit, marks)
  end

  defp count(n, limit, _marks, found) when n > limit, do: found
  defp count(n, limit, marks, found), do: count(n + 1, limit, marks, found + 1 - :atomics.get(marks, n))
end

IO.puts(Sieve.run(2_000_000))
