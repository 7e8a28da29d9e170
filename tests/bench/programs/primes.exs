# answer: 41538
# group: integer loops
# Primes below half a million by trial division.
defmodule Primes do
  def count(n, limit, found) when n > limit, do: found
  def count(n, limit, found), do: if(prime?(n, 3), do: count(n + 2, limit, found + 1), else: count(n + 2, limit, found))

  defp prime?(n, d) when d * d > n, do: true
  defp prime?(n, d) when rem(n, d) == 0, do: false
  defp prime?(n, d), do: prime?(n, d + 2)
end

IO.puts(Primes.count(3, 500_000, 1))
