# answer: 8388607 1864143
# group: calls and recursion
# The towers of Hanoi: recursion that carries atoms and a result of two parts.
defmodule Hanoi do
  def move(0, _from, _to, _over, counts), do: counts

  def move(n, from, to, over, counts) do
    counts = move(n - 1, from, over, to, counts)
    move(n - 1, over, to, from, count(from, to, counts))
  end

  defp count(:left, :right, {all, straight}), do: {all + 1, straight + 1}
  defp count(_from, _to, {all, straight}), do: {all + 1, straight}
end

{all, straight} = Hanoi.move(23, :left, :right, :middle, {0, 0})
IO.puts("#{all} #{straight}")
