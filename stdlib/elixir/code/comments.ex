# Comments are no part of quoted code. `extract/2` finds them in the source, `attach/2` puts them into the metadata of the
# expressions they stand before, where Code.Formatter looks for them.

defmodule Code.Comments do
  @moduledoc false

  ## Finding comments

  # Everything that may hold a `#` without starting a comment has to be known: strings, heredocs, sigils, quoted atoms and
  # characters such as ?#. In interpolations the code goes on, so what is open is kept on a stack.
  def extract(source, line \\ 1), do: code(source, line, 1, [], line, [], nil) |> with_gaps(source, line)

  # rest, line, column, stack of closers, line of the last token, comments found (newest first), previous character
  defp code("", _line, _column, _stack, _last, acc, _previous), do: Enum.reverse(acc)

  defp code("#" <> rest, line, column, stack, last, acc, _previous) do
    {text, rest} = to_end_of_line(rest, "#")
    comment = %{line: line, column: column, text: String.trim_trailing(text), token_line: last}
    code(rest, line, column, stack, last, [comment | acc], nil)
  end

  defp code("\r\n" <> rest, line, _column, stack, last, acc, _previous), do: code(rest, line + 1, 1, stack, last, acc, nil)
  defp code("\n" <> rest, line, _column, stack, last, acc, _previous), do: code(rest, line + 1, 1, stack, last, acc, nil)
  defp code(" " <> rest, line, column, stack, last, acc, _), do: code(rest, line, column + 1, stack, last, acc, ?\s)
  defp code("\t" <> rest, line, column, stack, last, acc, _), do: code(rest, line, column + 1, stack, last, acc, ?\s)

  defp code("?\\" <> <<char::utf8, rest::binary>>, line, column, stack, _last, acc, previous) when previous in [nil, ?\s, ?(, ?[, ?{, ?,] or not is_integer(previous) do
    _ = char
    code(rest, line, column + 3, stack, line, acc, ?a)
  end

  defp code("?" <> <<char::utf8, rest::binary>>, line, column, stack, _last, acc, previous)
       when previous not in ?a..?z and previous not in ?A..?Z and previous not in ?0..?9 and previous != ?_ and char != ?\n do
    code(rest, line, column + 2, stack, line, acc, ?a)
  end

  defp code(<<quotes::binary-size(3), rest::binary>>, line, column, stack, _last, acc, _) when quotes in ["\"\"\"", "'''"] do
    text(rest, line, column + 3, quotes, true, stack, acc)
  end

  defp code(<<quotes, rest::binary>>, line, column, stack, _last, acc, _) when quotes in [?", ?'] do
    text(rest, line, column + 1, <<quotes>>, true, stack, acc)
  end

  defp code(<<?~, char, rest::binary>>, line, column, stack, _last, acc, _) when char in ?a..?z or char in ?A..?Z do
    {name, rest} = sigil_name(rest, <<char>>)
    column = column + 1 + byte_size(name)

    case rest do
      <<quotes::binary-size(3), rest::binary>> when quotes in ["\"\"\"", "'''"] ->
        text(rest, line, column + 3, quotes, char in ?a..?z, stack, acc)

      <<opening, rest::binary>> when opening in [?/, ?|, ?", ?', ?(, ?[, ?{, ?<] ->
        text(rest, line, column + 1, <<closing(opening)>>, char in ?a..?z, stack, acc)

      rest ->
        code(rest, line, column, stack, line, acc, ?a)
    end
  end

  # The end of an interpolation, unless the brace was opened inside of it.
  defp code("}" <> rest, line, column, [{:text, closing, interpolates?} | stack], _last, acc, _) do
    text(rest, line, column + 1, closing, interpolates?, stack, acc)
  end

  defp code("}" <> rest, line, column, [:brace | stack], _last, acc, _), do: code(rest, line, column + 1, stack, line, acc, ?})
  defp code("{" <> rest, line, column, stack, _last, acc, _), do: code(rest, line, column + 1, [:brace | stack], line, acc, ?{)

  defp code(<<char::utf8, rest::binary>>, line, column, stack, _last, acc, _) do
    code(rest, line, column + 1, stack, line, acc, char)
  end

  defp sigil_name(<<char, rest::binary>>, name) when char in ?A..?Z or char in ?0..?9, do: sigil_name(rest, name <> <<char>>)
  defp sigil_name(rest, name), do: {name, rest}

  defp closing(?(), do: ?)
  defp closing(?[), do: ?]
  defp closing(?{), do: ?}
  defp closing(?<), do: ?>
  defp closing(other), do: other

  defp text("", _line, _column, _closing, _interpolates?, _stack, acc), do: Enum.reverse(acc)

  defp text("\\" <> <<char::utf8, rest::binary>>, line, column, closing, interpolates?, stack, acc) when char != ?\n do
    text(rest, line, column + 2, closing, interpolates?, stack, acc)
  end

  defp text("\#{" <> rest, line, column, closing, true, stack, acc) do
    code(rest, line, column + 2, [{:text, closing, true} | stack], line, acc, nil)
  end

  defp text("\n" <> rest, line, _column, closing, interpolates?, stack, acc) do
    text(rest, line + 1, 1, closing, interpolates?, stack, acc)
  end

  defp text(source, line, column, closing, interpolates?, stack, acc) do
    size = byte_size(closing)

    case source do
      <<^closing::binary-size(size), rest::binary>> -> code(rest, line, column + size, stack, line, acc, ?a)
      <<_::utf8, rest::binary>> -> text(rest, line, column + 1, closing, interpolates?, stack, acc)
      <<_, rest::binary>> -> text(rest, line, column + 1, closing, interpolates?, stack, acc)
    end
  end

  defp to_end_of_line(<<char, _::binary>> = rest, acc) when char == ?\n, do: {acc, rest}
  defp to_end_of_line(<<"\r\n", _::binary>> = rest, acc), do: {acc, rest}
  defp to_end_of_line(<<char, rest::binary>>, acc), do: to_end_of_line(rest, <<acc::binary, char>>)
  defp to_end_of_line("", acc), do: {acc, ""}

  # New lines before and after each comment, up to the next text.
  defp with_gaps(comments, source, first) do
    lines = source |> String.split("\n") |> Enum.with_index(first) |> Map.new(fn {text, n} -> {n, String.trim(text) == ""} end)

    for %{line: line} = comment <- comments do
      {token_line, comment} = Map.pop!(comment, :token_line)
      before = if token_line == line and not starts_line?(source, comment, first), do: 0, else: gap(lines, line - 1, -1, 1)
      Map.merge(comment, %{previous_eol_count: before, next_eol_count: following(lines, line)})
    end
  end

  defp starts_line?(source, %{line: line, column: column}, first) do
    text = source |> String.split("\n") |> Enum.at(line - first)
    text |> String.slice(0, column - 1) |> String.trim() == ""
  end

  defp following(lines, line), do: if(is_map_key(lines, line + 1), do: gap(lines, line + 1, 1, 1), else: 0)

  defp gap(lines, line, step, count) do
    case lines do
      %{^line => true} -> if(is_map_key(lines, line + step), do: gap(lines, line + step, step, count + 1), else: count + if(step == 1, do: 0, else: 1))
      _ -> count
    end
  end

  ## Attaching comments

  # Walks the places where lines stand below each other: blocks, clauses, elements of containers and arguments. Each takes the
  # comments that begin before its line; what is left when it ends stands before its end.
  def attach(quoted, []), do: quoted

  def attach(quoted, comments) do
    exprs =
      case quoted do
        {:__block__, meta, exprs} -> if(literal?(quoted) or meta[:closing], do: [quoted], else: exprs)
        other -> [other]
      end

    {exprs, rest} = sequence(exprs, comments, :infinity)
    {:__block__, trailing([], rest), exprs}
  end

  defp literal?({:__block__, _, [literal]}) do
    not is_tuple(literal) or tuple_size(literal) == 2
  end

  defp literal?(_), do: false

  defp trailing(meta, []), do: meta
  defp trailing(meta, comments), do: [{:trailing_comments, comments} | meta]

  # Elements in order; comments beyond `last` are not theirs.
  defp sequence(nodes, comments, last) do
    Enum.map_reduce(nodes, comments, fn node, comments -> place(node, comments, last) end)
  end

  defp place({key, value}, comments, last) do
    case line(key) do
      nil ->
        {value, comments} = place(value, comments, last)
        {{key, value}, comments}

      _ ->
        {key, comments} = place(key, comments, last)
        {value, comments} = inside(value, comments)
        {{key, value}, comments}
    end
  end

  defp place({form, meta, args} = node, comments, last) when is_list(meta) do
    {before, comments} = Enum.split_while(comments, &(starts_before?(&1, node) and (inside_limit?(&1, last) or &1.line == line(node))))
    node = if before == [], do: node, else: {form, [{:leading_comments, before} | meta], args}
    inside(node, comments)
  end

  defp place(node, comments, _last), do: {node, comments}

  defp starts_before?(comment, node) do
    case line(node) do
      nil -> false
      line -> comment.line < line or (comment.line == line and comment.previous_eol_count == 0 and comment.line <= end_line(node))
    end
  end

  defp inside_limit?(_comment, :infinity), do: true
  defp inside_limit?(comment, last), do: comment.line < last

  defp line({:->, meta, [args, _body]}), do: first_line(args) || meta[:line]

  defp line({_, meta, args} = node) when is_list(meta) do
    own = meta[:line]
    below = if operator?(node), do: first_line(args), else: target_line(node)
    if below && (own == nil or below < own), do: below, else: own
  end

  defp line({left, _right}), do: line(left)
  defp line(_), do: nil

  defp target_line({{:., _, [target | _]}, _, _}), do: line(target)
  defp target_line(_), do: nil

  defp operator?({name, _, [_, _]}) when is_atom(name), do: Macro.operator?(name, 2)
  defp operator?({:__block__, _, _}), do: true
  defp operator?(_), do: false

  defp first_line([node | _]), do: line(node)
  defp first_line(_), do: nil

  # The last line of a node, as far as the metadata tells.
  defp end_line({_, meta, _} = node) when is_list(meta) do
    [meta[:line], get_in(meta, [:closing, :line]), get_in(meta, [:end, :line]) | child_lines(node)]
    |> Enum.reject(&is_nil/1)
    |> Enum.max(fn -> 0 end)
  end

  defp end_line({left, right}), do: max(end_line(left), end_line(right))
  defp end_line(list) when is_list(list), do: list |> Enum.map(&end_line/1) |> Enum.max(fn -> 0 end)
  defp end_line(_), do: 0

  defp child_lines({form, _, args}) do
    [if(is_tuple(form), do: end_line(form), else: 0) | if(is_list(args), do: Enum.map(args, &end_line/1), else: [])]
  end

  # Comments inside of a node.
  defp inside({_, _, _} = node, comments) do
    if comments == [] or hd(comments).line > end_line(node) do
      {node, comments}
    else
      enter(node, comments)
    end
  end

  defp inside({left, right}, comments) do
    {left, comments} = inside(left, comments)
    {right, comments} = inside(right, comments)
    {{left, right}, comments}
  end

  defp inside([{:->, _, _} | _] = clauses, comments), do: clauses(clauses, comments, :infinity)
  defp inside(list, comments) when is_list(list), do: sequence(list, comments, :infinity)
  defp inside(node, comments), do: {node, comments}

  defp enter({:fn, meta, clauses}, comments) do
    last = get_in(meta, [:closing, :line]) || :infinity
    {clauses, comments} = clauses(clauses, comments, last)
    {{:fn, meta, clauses}, comments}
  end

  defp enter({:__block__, meta, [literal]} = node, comments) do
    if literal?(node) do
      case literal do
        list when is_list(list) -> container(node, list, comments, fn _, meta, list -> {:__block__, meta, [list]} end)
        {left, right} -> container(node, [left, right], comments, fn _, meta, [l, r] -> {:__block__, meta, [{l, r}]} end)
        _ -> {node, comments}
      end
    else
      {literal, comments} = inside(literal, comments)
      {{:__block__, meta, [literal]}, comments}
    end
  end

  defp enter({:__block__, meta, exprs}, comments) do
    last = get_in(meta, [:closing, :line]) || :infinity
    {exprs, comments} = sequence(exprs, comments, last)
    {{:__block__, meta, exprs}, comments}
  end

  defp enter({_form, meta, args} = node, comments) when is_list(args) do
    cond do
      meta[:do] != nil -> do_call(node, comments)
      operator?(node) -> operands(node, comments)
      meta[:closing] != nil -> container(node, args, comments, fn form, meta, args -> {form, meta, args} end)
      true -> operands(node, comments)
    end
  end

  defp enter(node, comments), do: {node, comments}

  # Comments between the steps of a pipeline stand before the step.
  defp operands({operator, meta, [left, right]}, comments) when operator in [:|>, :~>>, :<<~, :~>, :<~, :<~>, :"<|>", :|] do
    {left, comments} = inside(left, comments)
    {right, comments} = place(right, comments, :infinity)
    {{operator, meta, [left, right]}, comments}
  end

  defp operands({form, meta, args}, comments) do
    {form, comments} = if is_tuple(form), do: inside(form, comments), else: {form, comments}
    {args, comments} = Enum.map_reduce(args, comments, &inside(&1, &2))
    {{form, meta, args}, comments}
  end

  defp container({form, meta, _}, args, comments, build) do
    last = get_in(meta, [:closing, :line]) || :infinity
    {form, comments} = if is_tuple(form), do: inside(form, comments), else: {form, comments}
    {args, comments} = sequence_args(args, comments, last)
    {own, comments} = if last == :infinity, do: {[], comments}, else: Enum.split_while(comments, &(&1.line < last))
    {build.(form, trailing(meta, own), args), comments}
  end

  defp sequence_args(args, comments, last) do
    Enum.map_reduce(args, comments, fn
      list, comments when is_list(list) -> sequence(list, comments, last)
      node, comments -> place(node, comments, last)
    end)
  end

  defp do_call({form, meta, args}, comments) do
    {args, [sections]} = Enum.split(args, -1)
    do_line = meta[:do][:line]
    {args, comments} = sequence_args(args, comments, do_line)
    last = get_in(meta, [:end, :line]) || :infinity
    starts = for {key, _} <- tl(sections), do: line(key)

    {sections, comments} =
      Enum.map_reduce(Enum.zip(sections, starts ++ [last]), comments, fn {{key, body}, last}, comments ->
        {body, comments} = section(body, comments, last)
        {{key, body}, comments}
      end)

    {{form, meta, args ++ [sections]}, comments}
  end

  defp section([{:->, _, _} | _] = clauses, comments, last), do: clauses(clauses, comments, last)

  defp section(body, comments, last) do
    {meta, exprs} =
      case body do
        {:__block__, meta, exprs} -> if(literal?(body), do: {[], [body]}, else: {meta, exprs})
        other -> {[], [other]}
      end

    {exprs, comments} = sequence(exprs, comments, last)
    {own, comments} = if last == :infinity, do: {[], comments}, else: Enum.split_while(comments, &(&1.line < last))

    case {exprs, own} do
      {[expr], []} -> {expr, comments}
      _ -> {{:__block__, trailing(meta, own), exprs}, comments}
    end
  end

  # Comments before a clause stand before its head; the last clause takes those up to the end.
  defp clauses(clauses, comments, last) do
    starts = for clause <- tl(clauses), do: line(clause)

    Enum.map_reduce(Enum.zip(clauses, starts ++ [last]), comments, fn {{:->, meta, [args, body]} = clause, next}, comments ->
      {before, comments} = Enum.split_while(comments, &starts_before?(&1, clause))
      meta = if before == [], do: meta, else: [{:leading_comments, before} | meta]
      {args, comments} = Enum.map_reduce(args, comments, &inside(&1, &2))
      body_end = end_line(body)
      {exprs, comments} = body_comments(body, comments)
      # A comment after the last expression on its own lines belongs to the next clause unless there is none.
      limit = if next == last, do: last, else: body_end + 1
      {own, comments} = if limit == :infinity, do: {[], comments}, else: Enum.split_while(comments, &(&1.line < limit))
      {{:->, trailing(meta, own), [args, exprs]}, comments}
    end)
  end

  defp body_comments({:__block__, meta, exprs} = body, comments) do
    if literal?(body) do
      place(body, comments, :infinity)
    else
      {exprs, comments} = sequence(exprs, comments, :infinity)
      {{:__block__, meta, exprs}, comments}
    end
  end

  defp body_comments(body, comments), do: place(body, comments, :infinity)
end
