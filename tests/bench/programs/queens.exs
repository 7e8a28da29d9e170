# answer: 2680
# group: lists
# All ways to put eleven queens on a board: backtracking on lists.
defmodule Queens do
  def solve(n), do: place(n, n, [])

  defp place(0, _n, _placed), do: 1
  defp place(left, n, placed), do: columns(n, left, n, placed, 0)

  defp columns(0, _left, _n, _placed, count), do: count

  defp columns(column, left, n, placed, count) do
    if safe?(column, 1, placed) do
      columns(column - 1, left, n, placed, count + place(left - 1, n, [column | placed]))
    else
      columns(column - 1, left, n, placed, count)
    end
  end

  defp safe?(_column, _distance, []), do: true
  defp safe?(column, distance, [q | rest]) when q != column and q != column + distance and q != column - distance,
    do: safe?(column, distance + 1, rest)
  defp safe?(_column, _distance, _placed), do: false
end

IO.puts(Queens.solve(11))
