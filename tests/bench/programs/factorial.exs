# answer: 149346 35660 true
# group: big integers
# Factorials by a loop and by halves, their digits summed, greatest common divisors.
defmodule Factorial do
  def plain(0, acc), do: acc
  def plain(n, acc), do: plain(n - 1, acc * n)

  def halves(a, a), do: a
  def halves(a, b) do
    middle = div(a + b, 2)
    halves(a, middle) * halves(middle + 1, b)
  end
end

big = Factorial.halves(1, 18_000)
text = Integer.to_string(Factorial.plain(10_000, 1))
digits = text |> String.to_charlist() |> Enum.reduce(0, fn c, sum -> sum + c - ?0 end)
same = Factorial.plain(12_000, 1) == Factorial.halves(1, 12_000)
IO.puts("#{digits} #{byte_size(text)} #{same and Integer.gcd(big, Factorial.halves(1, 3000)) == Factorial.halves(1, 3000)}")
