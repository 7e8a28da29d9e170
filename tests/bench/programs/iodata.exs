# answer: 15876045 15876045
# group: iodata
# A page rendered as nested lists, measured and flattened.
defmodule Page do
  def render(rows), do: ["<table>", Enum.map(rows, &row/1), "</table>"]
  defp row({id, name, tags}), do: ["<tr><td>", Integer.to_string(id), "</td><td>", escape(name), ?<, "/td><td>", Enum.intersperse(tags, ", "), "</td></tr>\n"]
  defp escape(text), do: for(<<c <- text>>, do: if(c == ?&, do: "&amp;", else: c))
end

rows = for i <- 1..5_000, do: {i, "name & number #{i}", ["a", 'bc', <<"d">>]}
{flat, length} =
  Enum.reduce(1..45, {0, 0}, fn _, {flat, length} ->
    page = Page.render(rows)
    {flat + byte_size(IO.iodata_to_binary(page)), length + IO.iodata_length(page)}
  end)

IO.puts("#{flat} #{length}")
