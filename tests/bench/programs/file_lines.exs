# answer: name, 36 24802520.16 3769964238
# group: whole programs
# A file written line by line, read as a stream, taken apart, and written again in capitals.
dir = Path.join(System.tmp_dir!(), "phial_prog_#{System.pid()}"); File.mkdir_p!(dir)
path = Path.join(dir, "data.csv")
File.open!(path, [:write], fn f -> IO.puts(f, "id,name,amount"); for i <- 1..40_000, do: IO.write(f, "#{i},\"name, #{rem(i, 97)}\",#{i * 3}.#{rem(i, 100)}\n") end)
defmodule Csv do
  def line(s), do: field(s, "", [])
  defp field("\"" <> rest, "", acc), do: quoted(rest, "", acc)
  defp field("," <> rest, cur, acc), do: field(rest, "", [cur | acc])
  defp field(end_of, cur, acc) when end_of in ["", "\n"], do: Enum.reverse([cur | acc])
  defp field(<<c::utf8, rest::binary>>, cur, acc), do: field(rest, <<cur::binary, c::utf8>>, acc)
  defp quoted("\"\"" <> rest, cur, acc), do: quoted(rest, cur <> "\"", acc)
  defp quoted("\"" <> rest, cur, acc), do: field(rest, cur, acc)
  defp quoted(<<c::utf8, rest::binary>>, cur, acc), do: quoted(rest, <<cur::binary, c::utf8>>, acc)
end
rows = path |> File.stream!() |> Stream.drop(1) |> Stream.map(&Csv.line/1) |> Stream.map(fn [id, n, a] -> {String.to_integer(id), n, String.to_float(a)} end)
totals = Enum.reduce(rows, %{}, fn {_, n, a}, acc -> Map.update(acc, n, a, &(&1 + a)) end)
out = Path.join(dir, "upper.csv")
path |> File.stream!() |> Stream.map(&String.upcase/1) |> Stream.into(File.stream!(out)) |> Stream.run()
{name, total} = Enum.max_by(totals, fn {k, v} -> {v, k} end)
IO.puts("#{name} #{Float.round(total, 2)} #{:erlang.crc32(File.read!(out))}")
File.rm_rf!(dir)
