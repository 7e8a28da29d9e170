# answer: 5000 25005000 true
# group: JSON
# A JSON decoder written with binary patterns.
defmodule Decoder do
  def decode(text) do
    {value, rest} = value(space(text))
    "" = space(rest)
    value
  end

  defp space(<<c, rest::binary>>) when c in [?\s, ?\n, ?\t, ?\r], do: space(rest)
  defp space(rest), do: rest

  defp value(<<?{, rest::binary>>), do: object(space(rest), [])
  defp value(<<?[, rest::binary>>), do: array(space(rest), [])
  defp value(<<?", rest::binary>>), do: string(rest, rest, 0, [])
  defp value(<<"true", rest::binary>>), do: {true, rest}
  defp value(<<"false", rest::binary>>), do: {false, rest}
  defp value(<<"null", rest::binary>>), do: {nil, rest}
  defp value(<<?-, rest::binary>>) do
    {n, rest} = number(rest, 0)
    {-n, rest}
  end
  defp value(rest), do: number(rest, 0)

  defp object(<<?}, rest::binary>>, pairs), do: {:maps.from_list(pairs), rest}
  defp object(<<?,, rest::binary>>, pairs), do: object(space(rest), pairs)

  defp object(<<?", rest::binary>>, pairs) do
    {key, rest} = string(rest, rest, 0, [])
    <<?:, rest::binary>> = space(rest)
    {value, rest} = value(space(rest))
    object(space(rest), [{key, value} | pairs])
  end

  defp array(<<?], rest::binary>>, items), do: {:lists.reverse(items), rest}
  defp array(<<?,, rest::binary>>, items), do: array(space(rest), items)

  defp array(rest, items) do
    {value, rest} = value(rest)
    array(space(rest), [value | items])
  end

  defp string(<<?", rest::binary>>, start, size, []), do: {binary_part(start, 0, size), rest}
  defp string(<<?", rest::binary>>, start, size, parts), do: {IO.iodata_to_binary([parts | binary_part(start, 0, size)]), rest}

  defp string(<<?\\, c, rest::binary>>, start, size, parts) do
    char =
      case c do
        ?n -> "\n"
        ?t -> "\t"
        other -> <<other>>
      end

    string(rest, rest, 0, [parts, binary_part(start, 0, size) | char])
  end

  defp string(<<_, rest::binary>>, start, size, parts), do: string(rest, start, size + 1, parts)

  defp number(<<c, rest::binary>>, n) when c in ?0..?9, do: number(rest, n * 10 + c - ?0)
  defp number(<<?., rest::binary>>, n), do: fraction(rest, n, 0.1)
  defp number(rest, n), do: {n, rest}

  defp fraction(<<c, rest::binary>>, n, unit) when c in ?0..?9, do: fraction(rest, n + (c - ?0) * unit, unit / 10)
  defp fraction(rest, n, _unit), do: {n, rest}
end

item = fn i -> ~s({"id": #{i}, "name": "item \\"#{i}\\"", "price": #{i}.25, "tags": ["a", "b\\n", "c"], "stock": {"here": #{rem(i, 7)}, "there": -#{i}}, "active": #{rem(i, 2) == 0}, "note": null}) end
text = "[" <> Enum.map_join(1..5_000, ",\n", item) <> "]"
items = Enum.reduce(1..20, nil, fn _, _ -> Decoder.decode(text) end)
sum = Enum.reduce(items, 0, fn item, sum -> sum + item["id"] - item["stock"]["there"] end)
IO.puts("#{length(items)} #{sum} #{hd(items)["name"] == "item \"1\"" and hd(items)["price"] == 1.25}")
