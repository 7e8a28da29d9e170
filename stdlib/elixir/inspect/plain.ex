# `inspect/1` without options, which is what error messages, logs and interpolations use: text is written straight away,
# without documents and layout. It must give what Inspect.Algebra gives with default options on a line without end; structs
# and everything that is rare go that way.

defmodule Inspect.Plain do
  @moduledoc false

  @printable_limit 4096

  def inspect(term), do: :erlang.iolist_to_binary(write(term, 50))

  defp write(atom, _limit) when is_atom(atom), do: Macro.Names.inspect_atom(:literal, atom)
  defp write(integer, _limit) when is_integer(integer), do: :erlang.integer_to_binary(integer)
  defp write(float, _limit) when is_float(float), do: :erlang.float_to_binary(float, [:short])
  defp write(binary, limit) when is_binary(binary), do: string(binary, limit)
  defp write([], _limit), do: "[]"

  defp write(list, limit) when is_list(list) do
    cond do
      List.ascii_printable?(list, @printable_limit) -> by_algebra(list, limit)
      Inspect.List.keyword?(list) -> [?[, keywords(list, limit), ?]]
      true -> [?[, elements(list, limit), ?]]
    end
  end

  defp write({}, _limit), do: "{}"
  defp write(tuple, limit) when is_tuple(tuple), do: [?{, elements(:erlang.tuple_to_list(tuple), limit), ?}]
  defp write(%{__struct__: struct} = term, limit) when is_atom(struct), do: by_algebra(term, limit)

  defp write(map, limit) when is_map(map) do
    pairs = :lists.sort(:maps.to_list(map))

    cond do
      pairs == [] -> "%{}"
      Inspect.List.keyword?(pairs) -> ["%{", keywords(pairs, limit), ?}]
      true -> ["%{", pairs(pairs, limit), ?}]
    end
  end

  defp write(other, limit), do: by_algebra(other, limit)

  defp by_algebra(term, limit) do
    doc = Inspect.Algebra.to_doc(term, %Inspect.Opts{limit: limit})
    Inspect.Algebra.format(doc, :infinity)
  end

  # The limit counts down along the elements, and what is left holds for what is inside of each.
  defp elements(_list, 0), do: "..."
  defp elements([last], limit), do: write(last, limit - 1)
  defp elements([head | tail], limit) when is_list(tail), do: [write(head, limit - 1), ", " | elements(tail, limit - 1)]
  defp elements([head | tail], limit), do: [write(head, limit - 1), " | " | write(tail, limit - 2)]

  defp keywords(_list, 0), do: "..."
  defp keywords([last], limit), do: keyword(last, limit - 1)
  defp keywords([head | tail], limit), do: [keyword(head, limit - 1), ", " | keywords(tail, limit - 1)]

  defp keyword({key, value}, limit), do: [Macro.Names.inspect_atom(:key, key), ?\s | write(value, limit)]

  defp pairs(_list, 0), do: "..."
  defp pairs([last], limit), do: pair(last, limit - 1)
  defp pairs([head | tail], limit), do: [pair(head, limit - 1), ", " | pairs(tail, limit - 1)]

  defp pair({key, value}, limit), do: [write(key, limit), " => " | write(value, limit)]

  defp string(binary, limit) do
    if byte_size(binary) <= @printable_limit and simple?(binary) do
      [?", binary, ?"]
    else
      by_algebra(binary, limit)
    end
  end

  # Printable ASCII in which nothing has to be escaped.
  defp simple?(<<char, rest::binary>>) when char >= ?\s and char < 127 and char != ?" and char != ?\\ and char != ?# do
    simple?(rest)
  end

  defp simple?(rest), do: rest == ""
end
