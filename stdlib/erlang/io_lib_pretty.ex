defmodule :io_lib_pretty do
  @moduledoc """
  Terms in Erlang's syntax over several lines: what `~p` does.

  The term is first measured: each node becomes `{shape, width}` with the width it has on one line. A node that
  fits stands on one line. In one that does not, atoms, numbers and other plain elements fill the lines, while
  each compound element begins a line of its own, under the first. A tuple whose first element is an
  atom keeps its tag in the first line and sets the others beside it or, where that leaves too little room, below.
  """

  @doc """
  Prints `term`. Options: `:column` where it begins (1), `:line_length` (80), `:line_max_chars` without the
  indentation (-1: no limit), `:depth` (-1: all), `:encoding` (`:latin1`), `:strings` (true: lists of printable characters
  show as strings).

      iex> to_string(:io_lib_pretty.print([:aaaa, {:b, 1}], line_length: 8))
      "[aaaa,\\n {b,1}]"
  """
  def print(term, options \\ []) do
    column = max(Keyword.get(options, :column, 1), 1)
    line = Keyword.get(options, :line_length, 80)
    ribbon = Keyword.get(options, :line_max_chars, -1)
    ribbon = if ribbon < 0, do: 1_000_000_000, else: ribbon
    depth = Keyword.get(options, :depth, -1)
    encoding = Keyword.get(options, :encoding, :latin1)
    strings = Keyword.get(options, :strings, true)

    node = measure(term, depth, {encoding, strings})
    context = %{line: line, ribbon: ribbon, tag_indent: nil}

    if line == 0 or fits?(node, column, 0, 0, context) do
      flat(node)
    else
      broken(node, column, 0, 0, %{context | tag_indent: tag_indent(node, column, context)})
    end
  end

  ## Measuring

  # Shapes: {:text, chars}, {:list, nodes, tail}, {:tuple, nodes}, {:tagged, tag node, nodes}, {:map, pairs},
  # {:pair, key, value}.
  defp measure(term, 0, _) when is_list(term) or is_tuple(term) or is_map(term), do: text(~c"...")
  defp measure([], _, _), do: text(~c"[]")
  defp measure({}, _, _), do: text(~c"{}")
  defp measure(term, _, _) when term == %{}, do: text(~c"\#{}")
  defp measure([_ | _], 1, _), do: text(~c"[...]")
  defp measure(tuple, 1, _) when is_tuple(tuple), do: text(~c"{...}")
  defp measure(map, 1, _) when is_map(map), do: text(~c"\#{...}")

  defp measure([_ | _] = list, depth, options) do
    if string?(list, options) do
      string(list, options)
    else
      {nodes, tail} = list_nodes(list, depth, options)
      width = total(nodes) + 1 + if(tail, do: width(tail) + 1, else: 0)
      {{:list, nodes, tail}, width}
    end
  end

  defp measure(tuple, depth, options) when is_tuple(tuple) do
    nodes = tuple_nodes(:erlang.tuple_to_list(tuple), depth, options)

    case nodes do
      [tag | rest] when rest != [] and is_atom(:erlang.element(1, tuple)) ->
        {{:tagged, tag, rest}, total(nodes) + 1}

      _ ->
        {{:tuple, nodes}, total(nodes) + 1}
    end
  end

  defp measure(map, depth, options) when is_map(map) do
    pairs = map_nodes(:maps.to_list(map), depth, options)
    {{:map, pairs}, total(pairs) + 2}
  end

  defp measure(<<_, _::binary>>, 1, {_, true}), do: text(~c"<<...>>")

  defp measure(<<_, _::binary>> = binary, depth, {encoding, true} = options) do
    cond do
      (chars = :erlang.binary_to_list(binary)) && :io_lib.printable_latin1_list(chars) and
          (encoding == :latin1 or ascii?(chars)) ->
        quoted_binary(chars, ~c">>", options)

      encoding == :unicode and printable_utf8?(binary) ->
        quoted_binary(:unicode.characters_to_list(binary), ~c"/utf8>>", options)

      true ->
        text(:io_lib.write_term(binary, depth, encoding))
    end
  end

  defp measure(term, depth, {encoding, _}), do: text(:io_lib.write_term(term, depth, encoding))

  defp ascii?(chars), do: Enum.all?(chars, &(&1 < 128))

  defp printable_utf8?(binary) do
    case :unicode.characters_to_list(binary) do
      chars when is_list(chars) -> :io_lib.printable_list(chars)
      _ -> false
    end
  end

  defp string?(_, {_, false}), do: false
  defp string?(list, {:latin1, _}), do: :io_lib.printable_latin1_list(list)
  defp string?(list, {:unicode, _}), do: :io_lib.printable_list(list)

  defp string(chars, {encoding, _}), do: quoted_text(chars, ~c"", ~c"", encoding)
  defp quoted_binary(chars, suffix, {encoding, _}), do: quoted_text(chars, ~c"<<", suffix, encoding)

  defp quoted_text(chars, prefix, suffix, encoding) do
    text([prefix, :io_lib.quoted(chars, ?", encoding) | suffix])
  end

  defp text(chars), do: {{:text, chars}, :io_lib.chars_length(chars)}

  defp width({_, width}), do: width

  # The elements with a comma or bracket each.
  defp total([]), do: 0
  defp total([{_, width} | rest]), do: width + 1 + total(rest)

  defp list_nodes([], _, _), do: {[], nil}
  defp list_nodes(_, 1, _), do: {[], text(~c"...")}

  defp list_nodes([head | tail], depth, options) do
    {nodes, last} = list_nodes(tail, depth - 1, options)
    {[measure(head, depth - 1, options) | nodes], last}
  end

  defp list_nodes(other, depth, options), do: {[], measure(other, depth - 1, options)}

  defp tuple_nodes([], _, _), do: []
  defp tuple_nodes(_, 1, _), do: [text(~c"...")]

  defp tuple_nodes([head | tail], depth, options),
    do: [measure(head, depth - 1, options) | tuple_nodes(tail, depth - 1, options)]

  defp map_nodes([], _, _), do: []
  defp map_nodes(_, 1, _), do: [text(~c"...")]

  defp map_nodes([{key, value} | rest], depth, options) do
    key = measure(key, depth - 1, options)
    value = measure(value, depth - 1, options)
    [{{:pair, key, value}, width(key) + 4 + width(value)} | map_nodes(rest, depth - 1, options)]
  end

  ## One line

  defp flat({{:text, chars}, _}), do: chars
  defp flat({{:list, nodes, nil}, _}), do: [?[, flat_all(nodes), ?]]
  defp flat({{:list, [], tail}, _}), do: [?[, flat(tail), ?]]
  defp flat({{:list, nodes, tail}, _}), do: [?[, flat_all(nodes), ?|, flat(tail), ?]]
  defp flat({{:tuple, nodes}, _}), do: [?{, flat_all(nodes), ?}]
  defp flat({{:tagged, tag, nodes}, _}), do: [?{, flat_all([tag | nodes]), ?}]
  defp flat({{:map, pairs}, _}), do: [~c"\#{", flat_all(pairs), ?}]
  defp flat({{:pair, key, value}, _}), do: [flat(key), ~c" => " | flat(value)]

  defp flat_all([]), do: []
  defp flat_all([node]), do: flat(node)
  defp flat_all([node | rest]), do: [flat(node), ?, | flat_all(rest)]

  ## Several lines

  # `used` is what the line holds already beside the indentation, `closing` how many brackets must follow the node.
  defp fits?({_, width}, column, used, closing, context),
    do: width < context.line - column - closing and width + used + closing <= context.ribbon

  defp plain?({{kind, _}, _}) when kind == :text, do: true
  defp plain?({{:pair, key, value}, _}), do: plain?(key) and plain?(value)
  defp plain?(_), do: false

  defp node_at(node, column, used, closing, context) do
    if fits?(node, column, used, closing, context),
      do: flat(node),
      else: broken(node, column, used, closing, context)
  end

  defp broken({{:text, chars}, _}, _, _, _, _), do: chars

  defp broken({{:list, nodes, tail}, _}, column, used, closing, context),
    do: [?[, elements(nodes, tail, column + 1, used + 1, closing + 1, context), ?]]

  defp broken({{:tuple, nodes}, _}, column, used, closing, context),
    do: [?{, elements(nodes, nil, column + 1, used + 1, closing + 1, context), ?}]

  defp broken({{:tagged, tag, nodes}, tag_width}, column, used, closing, context) do
    _ = tag_width
    width = width(tag)

    case context.tag_indent do
      :beside ->
        inner = column + width + 2
        [?{, flat(tag), ?,, elements(nodes, nil, inner, used + width + 2, closing + 1, context), ?}]

      indent ->
        inner = column + indent

        [
          ?{,
          flat(tag),
          ?,,
          line_break(inner),
          elements(nodes, nil, inner, used + indent, closing + 1, context),
          ?}
        ]
    end
  end

  defp broken({{:map, pairs}, _}, column, used, closing, context),
    do: [~c"\#{", elements(pairs, nil, column + 2, used + 2, closing + 1, context), ?}]

  defp broken({{:pair, key, value}, _}, column, used, closing, context) do
    key_text = node_at(key, column, used, 0, context)
    after_key = column + width(key) + 4

    if fits?(value, after_key, used + width(key) + 4, closing, context) do
      [key_text, ~c" => " | flat(value)]
    else
      inner = column + 4
      [key_text, ~c" =>", line_break(inner) | node_at(value, inner, used + 4, closing, context)]
    end
  end

  defp line_break(column), do: [?\n | :lists.duplicate(column - 1, ?\s)]

  defp elements([], tail, column, used, closing, context), do: node_at(tail, column, used, closing, context)

  defp elements([first | rest], tail, column, used, closing, context) do
    last = if rest == [] and tail == nil, do: closing, else: 1
    text = node_at(first, column, used, last, context)
    here = if plain?(first) and width(first) <= context.line, do: column + width(first), else: nil
    [text | more(rest, tail, here, column, used, used + width(first), closing, context)]
  end

  # `here` is where the line ends, nil when a compound element has just ended.
  defp more([], nil, _, _, _, _, _, _), do: []

  defp more([], tail, _, column, used, _, closing, context),
    do: [?|, line_break(column) | node_at(tail, column, used, closing, context)]

  defp more([node | rest], tail, here, column, used, line_used, closing, context) do
    last = if rest == [] and tail == nil, do: closing, else: 1

    if here != nil and plain?(node) and fits?(node, here + 1, line_used + 1, last, context) do
      [
        ?,,
        flat(node)
        | more(
            rest,
            tail,
            here + 1 + width(node),
            column,
            used,
            line_used + 1 + width(node),
            closing,
            context
          )
      ]
    else
      text = node_at(node, column, used, last, context)
      here = if plain?(node), do: column + width(node), else: nil

      [
        ?,,
        line_break(column),
        text | more(rest, tail, here, column, used, used + width(node), closing, context)
      ]
    end
  end

  # Where the elements of tagged tuples stand: beside the tag if every element then has room on its line, else
  # four columns in, else one.
  defp tag_indent(node, column, context) do
    cond do
      room?(node, column, 0, :beside, context) -> :beside
      room?(node, column, 0, 4, context) -> 4
      true -> 1
    end
  end

  defp room?({{:tagged, tag, nodes}, _} = node, column, closing, indent, context) do
    inner = if indent == :beside, do: width(tag) + 2, else: indent
    fits?(node, column, 0, closing, context) or all_room?(nodes, column + inner, closing + 1, indent, context)
  end

  defp room?({{:tuple, nodes}, _}, column, closing, indent, context),
    do: all_room?(nodes, column + 1, closing + 1, indent, context)

  defp room?({{:list, nodes, _}, _}, column, closing, indent, context),
    do: all_room?(nodes, column + 1, closing + 1, indent, context)

  defp room?({{:map, pairs}, _}, column, closing, indent, context),
    do: all_room?(pairs, column + 2, closing + 1, indent, context)

  defp room?({{:pair, key, value}, _}, column, closing, indent, context),
    do: room?(key, column, 0, indent, context) and room?(value, column + 4, closing, indent, context)

  # A text that no line can hold does not count against a place with some room.
  defp room?({_, width}, column, closing, _, context),
    do: width + closing <= context.line - column or column + 10 < context.line

  # Only the last element has the closing brackets behind it.
  defp all_room?([], _, _, _, _), do: true
  defp all_room?([node], column, closing, indent, context), do: room?(node, column, closing, indent, context)

  defp all_room?([node | rest], column, closing, indent, context),
    do: room?(node, column, 1, indent, context) and all_room?(rest, column, closing, indent, context)
end
