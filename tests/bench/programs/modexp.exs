# answer: 50 1999
# group: integer loops
# Miller-Rabin with products past 61 bits: primes just below 2^61 in a range, and a check sum of residues.
defmodule ModExp do
  import Bitwise

  def pow(_b, 0, _m, acc), do: acc
  def pow(b, e, m, acc) when (e &&& 1) == 1, do: pow(rem(b * b, m), e >>> 1, m, rem(acc * b, m))
  def pow(b, e, m, acc), do: pow(rem(b * b, m), e >>> 1, m, acc)

  def prime?(n) do
    {d, s} = split(n - 1, 0)
    Enum.all?([2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37], fn a -> witness(pow(a, d, n, 1), s, n) end)
  end

  defp split(d, s) when (d &&& 1) == 0, do: split(d >>> 1, s + 1)
  defp split(d, s), do: {d, s}

  defp witness(1, _s, _n), do: true
  defp witness(x, _s, n) when x == n - 1, do: true
  defp witness(_x, 1, _n), do: false
  defp witness(x, s, n), do: witness(rem(x * x, n), s - 1, n)

  def sum(0, acc), do: acc
  def sum(i, acc), do: sum(i - 1, rem(acc + pow(i + 2, 0x1FFFFFFFFFFFFFFE, 0x1FFFFFFFFFFFFFFF, 1), 1_000_003))
end

base = Bitwise.bsl(1, 61)
count = Enum.count(1..1999//2, fn i -> ModExp.prime?(base - i) end)
IO.puts("#{count} #{ModExp.sum(1_999, 0)}")
