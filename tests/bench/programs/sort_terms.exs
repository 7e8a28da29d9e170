# answer: aaabw zzzww {0, "aajas"} bbaaa zzzow zzzow
# group: sorting
# Strings, tuples and maps put in order: sort_by, sort with a function, keysort, mixed terms.
defmodule SortTerms do
  def words(n, x), do: Enum.map_reduce(1..n, x, fn _, x -> {w, x} = word(5, x, ""); {w, x} end) |> elem(0)
  defp word(0, x, acc), do: {acc, x}
  defp word(n, x, acc) do
    x = rem(x * 16807, 2_147_483_647)
    word(n - 1, x, <<acc::binary, ?a + rem(div(x, 64), 26)>>)
  end
end

words = SortTerms.words(200_000, 42)
sorted = Enum.sort(words)
tuples = words |> Enum.with_index() |> Enum.map(fn {w, i} -> {rem(i, 1000), w} end) |> Enum.sort()
by_end = Enum.sort_by(words, &String.reverse/1)
maps = words |> Enum.take(50_000) |> Enum.map(&%{name: &1, size: byte_size(&1)}) |> Enum.sort_by(& &1.name, :desc)
own = words |> Enum.take(60_000) |> Enum.sort(fn a, b -> a >= b end)
mixed = Enum.sort([1, :a, "b", {1}, [1], 1.0, %{}, nil, make_ref() | Enum.take(words, 50_000)])
[1, 1.0, :a | _] = mixed
IO.puts("#{hd(sorted)} #{List.last(sorted)} #{inspect(hd(tuples))} #{hd(by_end)} #{hd(maps).name} #{hd(own)}")
