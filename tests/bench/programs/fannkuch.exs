# answer: 8629 30
# group: lists
# Fannkuch: prefixes of permutations reversed, on lists, for all permutations of nine.
defmodule Fannkuch do
  def run(n), do: permute(Enum.to_list(1..n), n, {0, 0, 0})

  # Every permutation by rotating prefixes, as the benchmark orders them.
  defp permute(list, n, result), do: loop(list, List.duplicate(0, n), n, result)

  defp loop(list, counts, n, {index, sum, most}) do
    flips = flips(list, 0)
    sum = if rem(index, 2) == 0, do: sum + flips, else: sum - flips
    result = {index + 1, sum, max(most, flips)}

    case next(list, counts, 1, []) do
      nil -> {sum, max(most, flips)}
      {list, counts} -> loop(list, counts, n, result)
    end
  end

  defp next(_list, [_], _r, _done), do: nil

  defp next(list, [_ | [count | rest]], r, done) do
    list = rotate(list, r + 1)

    if count < r do
      {list, zeros(done, [0, count + 1 | rest])}
    else
      next(list, [0 | rest], r + 1, [0 | done])
    end
  end

  defp zeros([], list), do: list
  defp zeros([zero | done], list), do: zeros(done, [zero | list])

  defp rotate([first | rest], r), do: insert(rest, r - 1, first)
  defp insert(rest, 0, first), do: [first | rest]
  defp insert([x | rest], r, first), do: [x | insert(rest, r - 1, first)]

  defp flips([1 | _], count), do: count
  defp flips([first | _] = list, count), do: flips(reverse(list, first, []), count + 1)

  defp reverse(rest, 0, done), do: done ++ rest
  defp reverse([x | rest], left, done), do: reverse(rest, left - 1, [x | done])
end

{sum, most} = Fannkuch.run(9)
IO.puts("#{sum} #{most}")
