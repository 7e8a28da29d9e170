# answer: 2147482932 1999995 442068 715827644
# group: sorting
# Lists of integers and floats put in order: Enum.sort, :desc, dedup, uniq, own quicksort and merge sort.
defmodule SortNumbers do
  def numbers(n, x), do: Enum.map_reduce(1..n, x, fn _, x -> x = rem(x * 16807, 2_147_483_647); {x, x} end) |> elem(0)

  def quick([]), do: []
  def quick([pivot | rest]) do
    {less, more} = Enum.split_with(rest, &(&1 < pivot))
    quick(less) ++ [pivot | quick(more)]
  end

  def merge_sort([]), do: []
  def merge_sort([x]), do: [x]
  def merge_sort(list) do
    {a, b} = split(list, [], [])
    merge(merge_sort(a), merge_sort(b))
  end
  defp split([], a, b), do: {a, b}
  defp split([x | rest], a, b), do: split(rest, b, [x | a])
  defp merge([], b), do: b
  defp merge(a, []), do: a
  defp merge([x | a], [y | _] = b) when x <= y, do: [x | merge(a, b)]
  defp merge(a, [y | b]), do: [y | merge(a, b)]
end

list = SortNumbers.numbers(500_000, 42)
sorted = Enum.sort(list)
floats = list |> Enum.map(&(&1 / 3)) |> Enum.sort(:desc)
short = Enum.take(list, 150_000)
true = SortNumbers.quick(short) == Enum.sort(short)
true = SortNumbers.merge_sort(short) == Enum.sort(short)
unique = list |> Enum.map(&rem(&1, 2_000_000)) |> Enum.uniq() |> Enum.sort() |> Enum.dedup()
IO.puts("#{List.last(sorted)} #{List.last(unique)} #{length(unique)} #{trunc(hd(floats))}")
