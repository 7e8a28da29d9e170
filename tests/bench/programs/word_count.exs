# answer: the 31577 34 1485965
# group: strings
# Words of a text counted, put in order, joined.
defmodule Words do
  @words ~w(the quick brown fox jumps over a lazy dog while The rain in Spain falls mainly on the plain And nothing else the matters
            to some of them but those who know how it was before and after)
  def text(n) do
    words = List.to_tuple(@words)
    Enum.map_join(1..n, " ", fn i -> elem(words, rem(i * 7, tuple_size(words))) <> if(rem(i, 9) == 0, do: ",", else: "") end)
  end

  def count(text) do
    text |> String.downcase() |> String.replace(",", "") |> String.split(" ") |> Enum.reduce(%{}, fn w, m -> Map.update(m, w, 1, &(&1 + 1)) end)
  end
end

text = Words.text(300_000)
counts = Enum.reduce(1..3, nil, fn _, _ -> Words.count(text) end)
{word, count} = Enum.max_by(counts, &elem(&1, 1))
IO.puts("#{word} #{count} #{map_size(counts)} #{String.length(text)}")
