# answer: 13261460 [{"active":false,"id":1,
# group: JSON
# A JSON encoder: a protocol-free walk over terms to iodata.
defmodule Encoder do
  def encode(nil), do: "null"
  def encode(true), do: "true"
  def encode(false), do: "false"
  def encode(atom) when is_atom(atom), do: string(Atom.to_string(atom))
  def encode(text) when is_binary(text), do: string(text)
  def encode(n) when is_integer(n), do: Integer.to_string(n)
  def encode(x) when is_float(x), do: Float.to_string(x)
  def encode([]), do: "[]"
  def encode([first | rest]), do: [?[, encode(first), Enum.map(rest, &[?,, encode(&1)]), ?]]

  def encode(map) when is_map(map) do
    case Map.to_list(map) do
      [] -> "{}"
      [first | rest] -> [?{, pair(first), Enum.map(rest, &[?,, pair(&1)]), ?}]
    end
  end

  defp pair({key, value}), do: [string(to_string(key)), ?:, encode(value)]

  defp string(text), do: [?", escape(text, text, 0, 0), ?"]

  defp escape(<<c, rest::binary>>, all, from, size) when c in [?", ?\\, ?\n] do
    [binary_part(all, from, size), escape_char(c) | escape(rest, all, from + size + 1, 0)]
  end

  defp escape(<<_, rest::binary>>, all, from, size), do: escape(rest, all, from, size + 1)
  defp escape(<<>>, all, from, size), do: binary_part(all, from, size)

  defp escape_char(?"), do: "\\\""
  defp escape_char(?\\), do: "\\\\"
  defp escape_char(?\n), do: "\\n"
end

items = for i <- 1..5_000, do: %{id: i, name: "item \"#{i}\"", price: i + 0.25, tags: ["a", "b\n", :c], stock: %{"here" => rem(i, 7), "there" => -i}, active: rem(i, 2) == 0, note: nil}
size = Enum.reduce(1..20, 0, fn _, size -> size + IO.iodata_length(Encoder.encode(items)) end)
IO.puts("#{size} #{items |> Enum.take(1) |> Encoder.encode() |> IO.iodata_to_binary() |> binary_part(0, 24)}")
