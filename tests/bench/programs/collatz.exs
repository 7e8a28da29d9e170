# answer: 837799 525
# group: integer loops
# The longest Collatz chain that starts below a million.
defmodule Collatz do
  import Bitwise
  def longest(limit, limit, best, length), do: {best, length}

  def longest(n, limit, best, length) do
    case chain(n, 1) do
      longer when longer > length -> longest(n + 1, limit, n, longer)
      _ -> longest(n + 1, limit, best, length)
    end
  end

  defp chain(1, length), do: length
  defp chain(n, length) when (n &&& 1) == 0, do: chain(n >>> 1, length + 1)
  defp chain(n, length), do: chain(3 * n + 1, length + 1)
end

{best, length} = Collatz.longest(1, 1_000_000, 0, 0)
IO.puts("#{best} #{length}")
