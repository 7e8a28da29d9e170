# answer: 1969788
# group: strings
# CSV with quotes, byte by byte, grouped and summed up.
defmodule CSV do
  def parse(text), do: rows(text, "", [], [])
  defp rows(<<>>, "", [], acc), do: Enum.reverse(acc)
  defp rows(<<>>, f, row, acc), do: Enum.reverse([Enum.reverse([f | row]) | acc])
  defp rows(<<?", r::binary>>, "", row, acc), do: quoted(r, "", row, acc)
  defp rows(<<?,, r::binary>>, f, row, acc), do: rows(r, "", [f | row], acc)
  defp rows(<<?\n, r::binary>>, f, row, acc), do: rows(r, "", [], [Enum.reverse([f | row]) | acc])
  defp rows(<<c, r::binary>>, f, row, acc), do: rows(r, <<f::binary, c>>, row, acc)
  defp quoted(<<?", ?", r::binary>>, f, row, acc), do: quoted(r, <<f::binary, ?">>, row, acc)
  defp quoted(<<?", r::binary>>, f, row, acc), do: rows(r, f, row, acc)
  defp quoted(<<c, r::binary>>, f, row, acc), do: quoted(r, <<f::binary, c>>, row, acc)
end

line = fn i -> "#{i},\"Name, #{i}\",#{rem(i, 50)}.#{rem(i, 10)},\"say \"\"hi\"\"\",dept#{rem(i, 7)}\n" end
text = Enum.map(1..40_000, line) |> IO.iodata_to_binary()
rows = CSV.parse(text)

by =
  rows
  |> Enum.map(fn [id, name, amt, q, dept] ->
    %{id: String.to_integer(id), name: name, amount: String.to_float(amt), quote: q, dept: dept}
  end)
  |> Enum.group_by(& &1.dept)

for {d, rs} <- Enum.sort(by) do
  IO.puts("#{d}: #{length(rs)} #{rs |> Enum.map(& &1.amount) |> Enum.sum() |> Float.round(2)} #{Enum.max_by(rs, & &1.id).name}")
end

simple = text |> String.split("\n", trim: true) |> Enum.map(&String.split(&1, ",")) |> Enum.map(&length/1) |> Enum.sum()
IO.puts(simple)
out = rows |> Enum.map(fn r -> [Enum.intersperse(Enum.map(r, &inspect/1), ";"), ?\n] end) |> IO.iodata_length()
IO.puts(out)
