defmodule ExUnit.Diff do
  @moduledoc false
  # What differs between the two sides of a failed assertion, as two documents for
  # `Inspect.Algebra` in which differing parts carry the colors `:diff_delete` and `:diff_insert`.
  #
  # The left side is a value, or the quoted pattern of a match. `compare/3` returns
  # `{equal?, left_doc, right_doc}`; lists and strings are aligned by a shortest edit script.

  import Inspect.Algebra

  @doc """
  Returns `{left_doc, right_doc}`. `context` is `:==`, `:===` or `{:match, pins}`; `opts` are
  `Inspect.Opts` whose syntax colors have `:diff_delete` and `:diff_insert`.
  """
  def compute(left, right, {:match, pins}, opts) do
    env = %{pins: Map.new(pins), opts: opts, strict?: true}
    {_, left, right} = match(strip_guard(left), right, env)
    {left, right}
  end

  def compute(left, right, context, opts) do
    env = %{pins: %{}, opts: opts, strict?: context == :===}
    {_, left, right} = compare(left, right, env)
    {left, right}
  end

  defp strip_guard({:when, _, [left, _]}), do: left
  defp strip_guard(left), do: left

  # ---- Values ----

  defp compare(left, right, env) do
    if equal?(left, right, env), do: same(left, right, env), else: different(left, right, env)
  end

  defp equal?(left, right, %{strict?: true}), do: left === right
  defp equal?(left, right, _env), do: left == right

  defp same(left, right, env), do: {true, value_doc(left, env), value_doc(right, env)}

  defp different(left, right, env) when is_binary(left) and is_binary(right), do: strings(left, right, env)
  defp different(left, right, env) when is_list(left) and is_list(right), do: lists(left, right, env)

  defp different(left, right, env) when is_tuple(left) and is_tuple(right) do
    {left, right} = edit(Tuple.to_list(left), Tuple.to_list(right), env)
    {false, container("{", left, "}", env), container("{", right, "}", env)}
  end

  defp different(%module{} = left, %module{} = right, env) do
    if Inspect.impl_for(left) == Inspect.Any do
      {left, right} = pairs(Map.from_struct(left), Map.from_struct(right), env)
      open = "%" <> inspect(module) <> "{"
      {false, container(open, left, "}", env), container(open, right, "}", env)}
    else
      inspected(left, right, env)
    end
  end

  defp different(%_{} = left, right, env), do: whole(left, right, env)
  defp different(left, %_{} = right, env), do: whole(left, right, env)

  defp different(left, right, env) when is_map(left) and is_map(right) do
    {left, right} = pairs(left, right, env)
    {false, container("%{", left, "}", env), container("%{", right, "}", env)}
  end

  defp different(left, right, env), do: whole(left, right, env)

  defp whole(left, right, env),
    do: {false, delete(value_doc(left, env), env), insert(value_doc(right, env), env)}

  defp lists(left, right, env) do
    cond do
      printable?(left) and printable?(right) ->
        {left, right} = edit_text(List.to_string(left), List.to_string(right), env)
        {false, concat("~c", quoted(left)), concat("~c", quoted(right))}

      proper?(left) and proper?(right) ->
        if Keyword.keyword?(left) and Keyword.keyword?(right) and left != [] and right != [] do
          {left, right} = edit_keywords(left, right, env)
          {false, container("[", left, "]", env), container("[", right, "]", env)}
        else
          {left, right} = edit(left, right, env)
          {false, container("[", left, "]", env), container("[", right, "]", env)}
        end

      true ->
        whole(left, right, env)
    end
  end

  defp printable?(list), do: list != [] and proper?(list) and List.ascii_printable?(list)

  defp proper?([_ | rest]), do: proper?(rest)
  defp proper?([]), do: true
  defp proper?(_), do: false

  # Aligns two lists; a deletion beside an insertion is one element that changed.
  defp edit(left, right, env) do
    left |> List.myers_difference(right) |> edit_script([], [], env)
  end

  defp edit_script([{:eq, items} | rest], left, right, env) do
    docs = Enum.map(items, &value_doc(&1, env))
    edit_script(rest, Enum.reverse(docs, left), Enum.reverse(docs, right), env)
  end

  defp edit_script([{:del, deleted}, {:ins, inserted} | rest], left, right, env),
    do: edit_changed(deleted, inserted, rest, left, right, env)

  defp edit_script([{:ins, inserted}, {:del, deleted} | rest], left, right, env),
    do: edit_changed(deleted, inserted, rest, left, right, env)

  defp edit_script([{:del, items} | rest], left, right, env),
    do: edit_script(rest, Enum.reverse(marked(items, :diff_delete, env), left), right, env)

  defp edit_script([{:ins, items} | rest], left, right, env),
    do: edit_script(rest, left, Enum.reverse(marked(items, :diff_insert, env), right), env)

  defp edit_script([], left, right, _env), do: {Enum.reverse(left), Enum.reverse(right)}

  defp edit_changed([old | olds], [new | news], rest, left, right, env) do
    {_, old, new} = compare(old, new, env)
    edit_changed(olds, news, rest, [old | left], [new | right], env)
  end

  defp edit_changed(olds, news, rest, left, right, env) do
    left = Enum.reverse(marked(olds, :diff_delete, env), left)
    right = Enum.reverse(marked(news, :diff_insert, env), right)
    edit_script(rest, left, right, env)
  end

  defp edit_keywords(left, right, env) do
    if Keyword.keys(left) == Keyword.keys(right) do
      Enum.zip(left, right)
      |> Enum.map(fn {{key, left}, {_, right}} ->
        {_, left, right} = compare(left, right, env)
        {keyed(key, left, true, env), keyed(key, right, true, env)}
      end)
      |> Enum.unzip()
    else
      left
      |> List.myers_difference(right)
      |> Enum.reduce({[], []}, fn {kind, items}, {left, right} ->
        docs = for {key, value} <- items, do: keyed(key, value_doc(value, env), true, env)

        case kind do
          :eq -> {left ++ docs, right ++ docs}
          :del -> {left ++ Enum.map(docs, &delete(&1, env)), right}
          :ins -> {left, right ++ Enum.map(docs, &insert(&1, env))}
        end
      end)
    end
  end

  defp marked(items, color, env), do: for(item <- items, do: color(value_doc(item, env), color, env.opts))

  # Maps: keys of one side alone are marked whole.
  defp pairs(left, right, env) do
    atoms? = Enum.all?(Map.keys(left), &is_atom/1) and Enum.all?(Map.keys(right), &is_atom/1)
    common = left |> Map.keys() |> Enum.filter(&is_map_key(right, &1)) |> Enum.sort()

    {left_docs, right_docs} =
      common
      |> Enum.map(fn key ->
        {_, left, right} = compare(Map.fetch!(left, key), Map.fetch!(right, key), env)
        {keyed(key, left, atoms?, env), keyed(key, right, atoms?, env)}
      end)
      |> Enum.unzip()

    left_only =
      for {key, value} <- Enum.sort(Map.drop(left, common)),
          do: delete(keyed(key, value_doc(value, env), atoms?, env), env)

    right_only =
      for {key, value} <- Enum.sort(Map.drop(right, common)),
          do: insert(keyed(key, value_doc(value, env), atoms?, env), env)

    {left_docs ++ left_only, right_docs ++ right_only}
  end

  defp keyed(key, doc, true, _env) when is_atom(key), do: concat(Macro.inspect_atom(:key, key) <> " ", doc)
  defp keyed(key, doc, _atoms?, env), do: concat([value_doc(key, env), " => ", doc])

  defp strings(left, right, env) do
    if String.printable?(left) and String.printable?(right) and similar?(left, right) do
      {left, right} = edit_text(left, right, env)
      {false, quoted(left), quoted(right)}
    else
      whole(left, right, env)
    end
  end

  # Values with an inspection of their own, such as dates and sets, are compared as they are shown.
  defp inspected(left, right, env) do
    left_text = inspect(left, limit: :infinity)
    right_text = inspect(right, limit: :infinity)

    if left_text != right_text and byte_size(left_text) < 1000 and similar?(left_text, right_text) do
      {left, right} = edit_raw(left_text, right_text, & &1, env)
      {false, concat(Enum.reverse(left)), concat(Enum.reverse(right))}
    else
      whole(left, right, env)
    end
  end

  # The parts of both texts, in reverse.
  defp edit_text(left, right, env), do: edit_raw(left, right, &escaped/1, env)

  defp edit_raw(left, right, show, env) do
    left
    |> String.myers_difference(right)
    |> Enum.reduce({[], []}, fn
      {:eq, text}, {left, right} -> {[show.(text) | left], [show.(text) | right]}
      {:del, text}, {left, right} -> {[delete(show.(text), env) | left], right}
      {:ins, text}, {left, right} -> {left, [insert(show.(text), env) | right]}
    end)
  end

  defp similar?(left, right), do: String.bag_distance(left, right) > 0.4

  defp quoted(parts), do: concat(["\"" | Enum.reverse(["\"" | parts])])

  defp escaped(text) do
    inspected = inspect(text, printable_limit: :infinity)
    binary_part(inspected, 1, byte_size(inspected) - 2)
  end

  # ---- Patterns ----

  defp match({:_, _, context} = var, right, env) when is_atom(context), do: bound(var, right, env)

  defp match({name, _, context} = var, right, env) when is_atom(name) and is_atom(context),
    do: bound(var, right, env)

  defp match({:^, _, [{name, _, context}]} = pin, right, env) when is_atom(context) do
    pinned = Map.get(env.pins, {name, context})

    if pinned === right do
      {true, code_doc(pin), value_doc(right, env)}
    else
      {_, _, right} = compare(pinned, right, env)
      {false, delete(code_doc(pin), env), right}
    end
  end

  defp match({:=, _, [left, right]} = pattern, value, env) do
    {left?, _, _} = match(left, value, env)
    {right?, _, doc} = match(right, value, env)

    if left? and right?,
      do: {true, code_doc(pattern), value_doc(value, env)},
      else: {false, delete(code_doc(pattern), env), doc}
  end

  defp match({:<>, _, [prefix, rest]} = pattern, right, env) when is_binary(prefix) and is_binary(right) do
    {part, remainder} = String.split_at(right, String.length(prefix))

    cond do
      part == prefix ->
        {rest?, _, _} = match(rest, remainder, env)
        if rest?, do: {true, code_doc(pattern), value_doc(right, env)}, else: match_leaf(pattern, right, env)

      String.printable?(right) ->
        {left_parts, right_parts} = edit_text(prefix, part, env)
        left_doc = concat([quoted(left_parts), " <> ", code_doc(rest)])
        {false, left_doc, quoted([escaped(remainder) | right_parts])}

      true ->
        match_leaf(pattern, right, env)
    end
  end

  defp match({left1, left2}, right, env), do: match({:{}, [], [left1, left2]}, right, env)

  defp match({:{}, _, args}, right, env) when is_tuple(right) do
    {equal?, left, right} = match_lists(args, Tuple.to_list(right), env)
    {equal?, container("{", left, "}", env), container("{", right, "}", env)}
  end

  defp match(left, right, env) when is_list(left) and is_list(right) do
    if proper?(right), do: match_list(left, right, env), else: match_leaf(left, right, env)
  end

  defp match({:%{}, _, pairs}, right, env) when is_map(right) and not is_struct(right),
    do: match_map("%{", pairs, right, env)

  defp match({:%, _, [module, {:%{}, _, pairs}]} = pattern, %struct{} = right, env) do
    name = Macro.to_string(module)

    if is_atom(module) or name == inspect(struct) or String.ends_with?(inspect(struct), "." <> name) or
         not match?({:__aliases__, _, _}, module) do
      match_map("%" <> inspect(struct) <> "{", pairs, Map.from_struct(right), env)
    else
      match_leaf(pattern, right, env)
    end
  end

  defp match(left, right, env), do: match_leaf(left, right, env)

  defp match_leaf(left, right, env) do
    if Macro.quoted_literal?(left) and literal(left) === {:ok, right} do
      {true, code_doc(left), value_doc(right, env)}
    else
      {false, delete(code_doc(left), env), insert(value_doc(right, env), env)}
    end
  end

  defp literal(left) when is_atom(left) or is_number(left) or is_binary(left), do: {:ok, left}
  defp literal([]), do: {:ok, []}
  defp literal({:-, _, [number]}) when is_number(number), do: {:ok, -number}
  defp literal({:%{}, _, []}), do: {:ok, %{}}

  defp literal({:__aliases__, _, parts}),
    do: if(Enum.all?(parts, &is_atom/1), do: {:ok, Module.concat(parts)}, else: :error)

  defp literal(_), do: :error

  defp bound(var, right, env), do: {true, code_doc(var), value_doc(right, env)}

  defp match_lists(patterns, values, env), do: match_lists(patterns, values, true, [], [], env)

  defp match_lists([pattern | patterns], [value | values], equal?, left, right, env) do
    {same?, pattern, value} = match(pattern, value, env)
    match_lists(patterns, values, equal? and same?, [pattern | left], [value | right], env)
  end

  defp match_lists([], [], equal?, left, right, _env), do: {equal?, Enum.reverse(left), Enum.reverse(right)}

  defp match_lists(patterns, values, _equal?, left, right, env) do
    left = Enum.reverse(for(pattern <- patterns, do: delete(code_doc(pattern), env)), left)
    right = Enum.reverse(for(value <- values, do: insert(value_doc(value, env), env)), right)
    {false, Enum.reverse(left), Enum.reverse(right)}
  end

  # `[a, b | rest]` is `[a, {:|, _, [b, rest]}]`.
  defp match_list(patterns, values, env) do
    case List.last(patterns) do
      {:|, _, [last, tail]} ->
        heads = :lists.droplast(patterns) ++ [last]
        {head_values, rest} = Enum.split(values, length(heads))

        if length(head_values) < length(heads) do
          {_, left, right} = match_lists(heads, head_values, env)
          left = concat([container_open("[", left), " | ", code_doc(tail), "]"])
          {false, left, container("[", right, "]", env)}
        else
          {heads?, left, right} = match_lists(heads, head_values, env)
          {tail?, tail_doc, rest_docs} = match_tail(tail, rest, env)
          left = concat([container_open("[", left), " | ", tail_doc, "]"])
          {heads? and tail?, left, container("[", right ++ rest_docs, "]", env)}
        end

      _ ->
        {equal?, left, right} = match_lists(patterns, values, env)
        {equal?, container("[", left, "]", env), container("[", right, "]", env)}
    end
  end

  defp match_tail(tail, rest, env) do
    {equal?, tail_doc, _} = match(tail, rest, env)
    docs = Enum.map(rest, &value_doc(&1, env))
    {equal?, tail_doc, if(equal?, do: docs, else: Enum.map(docs, &insert(&1, env)))}
  end

  defp container_open(open, docs), do: concat([open | Enum.intersperse(docs, ", ")])

  defp match_map(open, pairs, right, env) do
    atoms? = Enum.all?(pairs, fn {key, _} -> is_atom(key) end) and Enum.all?(Map.keys(right), &is_atom/1)

    {equal?, left_docs, right_docs, seen} =
      Enum.reduce(pairs, {true, [], [], []}, fn {key, pattern}, {equal?, left, right_docs, seen} ->
        case pattern_key(key, env) do
          {:ok, key_value} when is_map_key(right, key_value) ->
            {same?, pattern, value} = match(pattern, Map.fetch!(right, key_value), env)
            left_doc = pattern_pair(key, pattern, atoms?)

            {equal? and same?, [left_doc | left], [keyed(key_value, value, atoms?, env) | right_docs],
             [key_value | seen]}

          _ ->
            {false, [delete(pattern_pair(key, code_doc(pattern), atoms?), env) | left], right_docs, seen}
        end
      end)

    others =
      for {key, value} <- Enum.sort(Map.drop(right, seen)), do: keyed(key, value_doc(value, env), atoms?, env)

    left = container(open, Enum.reverse(left_docs), "}", env)
    {equal?, left, container(open, Enum.reverse(right_docs) ++ others, "}", env)}
  end

  defp pattern_key({:^, _, [{name, _, context}]}, env) when is_atom(context),
    do: Map.fetch(env.pins, {name, context})

  defp pattern_key(key, _env), do: literal(key)

  defp pattern_pair(key, doc, true) when is_atom(key), do: concat(Macro.inspect_atom(:key, key) <> " ", doc)
  defp pattern_pair(key, doc, _atoms?), do: concat([code_doc(key), " => ", doc])

  # ---- Documents ----

  defp container(open, docs, close, env),
    do: container_doc(open, docs, close, %{env.opts | limit: :infinity}, fn doc, _ -> doc end)

  defp value_doc(value, env), do: to_doc(value, %{env.opts | syntax_colors: []})
  defp code_doc(code), do: Macro.to_string(code)

  defp delete(doc, env), do: color(doc, :diff_delete, env.opts)
  defp insert(doc, env), do: color(doc, :diff_insert, env.opts)
end
