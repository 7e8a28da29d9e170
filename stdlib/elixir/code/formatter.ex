# From quoted code to a document of Inspect.Algebra, for Macro.to_string/1 and Code.format_string!/2.
#
# Quoted code comes in two forms. From macros it has plain literals and little metadata: then calls whose last argument
# is a list of `do` sections are laid out as blocks. From the parser, for format_string!, literals are wrapped in
# `{:__block__, meta, [literal]}` with their source text, and the metadata says what stood in the source (`:do`, `:closing`,
# `:delimiter`, `:newlines`): that is kept. `source?` in the state tells the two apart.
#
# Comments were put into the metadata before, by Code.Comments: `:leading_comments` of an expression stand before it,
# `:trailing_comments` of a container or block before its end.
#
# Every expression is laid out for a context: `:block` (a line of its own), `:operand` (beside an operator), `:one_arg` (the only
# argument of a call), `:no_parens_arg` (an argument of a call without parentheses) or `:arg` (of one with them, an element of
# a container). It decides where parentheses may be left out.

defmodule Code.Formatter do
  @moduledoc false

  import Inspect.Algebra, except: [format: 2, surround: 3, surround_many: 5]

  @block_keys [:do, :else, :rescue, :catch, :after]

  @locals_without_parens [
    alias: 1,
    alias: 2,
    case: 2,
    cond: 1,
    for: :*,
    import: 1,
    import: 2,
    quote: 1,
    quote: 2,
    receive: 1,
    require: 1,
    require: 2,
    try: 1,
    with: :*,
    def: 1,
    def: 2,
    defp: 1,
    defp: 2,
    defguard: 1,
    defguardp: 1,
    defmacro: 1,
    defmacro: 2,
    defmacrop: 1,
    defmacrop: 2,
    defmodule: 2,
    defdelegate: 2,
    defimpl: 2,
    defimpl: 3,
    defprotocol: 2,
    defexception: 1,
    defoverridable: 1,
    defstruct: 1,
    destructure: 2,
    raise: 1,
    raise: 2,
    reraise: 2,
    reraise: 3,
    if: 2,
    unless: 2,
    use: 1,
    use: 2,
    defrecord: 2,
    defrecord: 3,
    defrecordp: 2,
    defrecordp: 3,
    assert: 1,
    assert: 2,
    assert_in_delta: 3,
    assert_in_delta: 4,
    assert_raise: 2,
    assert_raise: 3,
    assert_receive: 1,
    assert_receive: 2,
    assert_receive: 3,
    assert_received: 1,
    assert_received: 2,
    doctest: 1,
    doctest: 2,
    refute: 1,
    refute: 2,
    refute_in_delta: 3,
    refute_in_delta: 4,
    refute_receive: 1,
    refute_receive: 2,
    refute_receive: 3,
    refute_received: 1,
    refute_received: 2,
    setup: 1,
    setup: 2,
    setup_all: 1,
    setup_all: 2,
    test: 1,
    test: 2,
    config: 2,
    config: 3,
    import_config: 1
  ]

  # Operators that break before themselves, at the start of a line.
  @leading_operators [:|>, :~>>, :<<~, :~>, :<~, :<~>, :"<|>", :|, :when]
  @no_newline_operators [:\\, :in]
  @no_space_operators [:.., :"//"]
  # Beside these, a container or function on the right stays on the line and breaks inside.
  @hugging_operators [:<-, :==, :!=, :=~, :===, :!==, :=, :\\, :"::"]
  @logical_operators [:||, :|||, :or, :&&, :&&&, :and]
  @parens_operators [:|>, :<<<, :>>>, :<~, :~>, :<<~, :~>>, :<~>, :"<|>", :"^^^", :+++, :---, :in, :++, :--, :.., :<>]

  @doc false
  def locals_without_parens(), do: @locals_without_parens

  @doc false
  def to_algebra(quoted, opts \\ []) do
    state = %{
      source?: Keyword.get(opts, :source, false),
      locals: Keyword.get(opts, :locals_without_parens, []) ++ @locals_without_parens,
      force_do_end_blocks?: Keyword.get(opts, :force_do_end_blocks, false)
    }

    case quoted do
      {:__block__, meta, []} -> comment_lines(meta[:trailing_comments] || [])
      _ -> group(body(quoted, state))
    end
  end

  ## Blocks

  # One or more expressions, each on a line of its own.
  defp body({:__block__, meta, exprs} = block, state) do
    if literal_block?(block), do: lines([block], [], state), else: lines(exprs, meta, state)
  end

  defp body(expr, state), do: lines([expr], [], state)

  defp lines(exprs, meta, state) do
    docs = Enum.flat_map(exprs, &line_item(&1, state))
    trailing = for comment <- meta[:trailing_comments] || [], do: comment_item(comment)
    join_lines(docs ++ trailing)
  end

  # {document, what stands after it before the next line, new lines after it in the source, new lines before it or :code}
  defp line_item(expr, state) do
    doc = expr(expr, :block, state)
    meta = meta(expr)
    newlines = get_in(meta, [:end_of_expression, :newlines]) || 1
    next_line = if attribute?(expr), do: empty(), else: maybe_empty_line()
    with_comments(meta[:leading_comments] || [], {doc, next_line, newlines, :code})
  end

  # What follows a comment beside code is what follows the code.
  defp comment_item(%{text: text, previous_eol_count: 0}), do: {text, empty(), 1, 1}
  defp comment_item(%{text: text, previous_eol_count: before, next_eol_count: after_it}), do: {text, empty(), after_it, before}

  defp with_comments([], item), do: [item]
  defp with_comments([comment | rest], item), do: [comment_item(comment) | with_comments(rest, item)]

  # An expression of several lines stands between empty lines, and so does what did in the source.
  defp join_lines(items), do: items |> join_lines(empty()) |> fold(&line(&1, &2))

  defp join_lines([{doc, next_line, newlines, _before} | rest], left) do
    right = if lines_between(newlines, rest) >= 2, do: line(), else: next_line
    doc = next_break_fits(doc, :disabled)
    doc = if left == empty(), do: doc, else: concat(left, doc)
    doc = if rest == [] or right == empty(), do: doc, else: concat(doc, concat(collapse_lines(2), right))
    [group(doc) | join_lines(rest, right)]
  end

  defp join_lines([], _left), do: []

  # A comment knows how many lines are before it.
  defp lines_between(newlines, [{_, _, _, :code} | _]), do: newlines
  defp lines_between(_newlines, [{_, _, _, before} | _]), do: before
  defp lines_between(newlines, []), do: newlines

  # An empty line if the group around it breaks.
  defp maybe_empty_line(), do: break("")

  defp multi_line?(:doc_line), do: true
  defp multi_line?({:doc_force, _}), do: true
  defp multi_line?({:doc_cons, left, right}), do: multi_line?(left) or multi_line?(right)
  defp multi_line?({:doc_nest, doc, _, _}), do: multi_line?(doc)
  defp multi_line?({:doc_group, doc, _}), do: multi_line?(doc)
  defp multi_line?({:doc_fits, doc, _}), do: multi_line?(doc)
  defp multi_line?(_), do: false

  defp attribute?({:@, _, [_]}), do: true
  defp attribute?(_), do: false

  defp comment_lines(comments), do: join_lines(for comment <- comments, do: comment_item(comment))

  defp meta({_, meta, _}) when is_list(meta), do: meta
  defp meta(_), do: []

  # A literal that the parser wrapped.
  defp literal_block?({:__block__, _, [literal]}) do
    is_number(literal) or is_atom(literal) or is_binary(literal) or is_list(literal) or
      (is_tuple(literal) and tuple_size(literal) == 2)
  end

  defp literal_block?(_), do: false

  ## Expressions

  defp expr({:__block__, meta, [literal]} = block, context, state) do
    if literal_block?(block), do: literal(literal, meta, state), else: expr(literal, context, state)
  end

  defp expr({:__block__, _, []}, _context, _state), do: "nil"

  defp expr({:__block__, _, [_ | _]} = block, _context, state) do
    force_unfit(group(concat([nest(concat(["(", line(), body(block, state)]), 2), line(), ")"])))
  end

  defp expr({:__aliases__, _, [head | rest]}, _context, state) do
    head = if is_atom(head), do: Atom.to_string(head), else: target(head, state)
    concat([head | for(part <- rest, do: "." <> Atom.to_string(part))])
  end

  defp expr({:{}, meta, args}, _context, state), do: container("{", args, "}", meta, :flex, state)
  defp expr({:%{}, meta, args}, _context, state), do: map("%{", args, meta, state)

  defp expr({:%, _, [name, {:%{}, meta, args}]}, _context, state) do
    map(concat(["%", expr(name, :operand, state), "{"]), args, meta, state)
  end

  defp expr({:<<>>, meta, parts}, _context, state) do
    if interpolated?(parts) do
      string(parts, meta[:delimiter] || "\"", state)
    else
      bitstring(parts, meta, state)
    end
  end

  defp expr({{:., _, [:erlang, function]}, meta, [{:<<>>, _, parts}, :utf8]}, _context, state)
       when function in [:binary_to_atom, :binary_to_existing_atom] do
    concat(":", string(parts, meta[:delimiter] || "\"", state))
  end

  defp expr({{:., _, [List, :to_charlist]}, meta, [parts]} = call, context, state) when is_list(parts) do
    if charlist_parts?(parts) do
      charlist(parts, meta[:delimiter] || "'", state)
    else
      call(call, context, state)
    end
  end

  defp expr({:fn, _, [_ | _] = clauses}, _context, state), do: function(clauses, state)

  defp expr([{:->, _, [args, _]} | _] = clauses, _context, state) when is_list(args) do
    case clauses do
      [clause] -> group(concat(["(", nest(clause(clause, state), 1), ")"]))
      _ -> group(concat([nest(concat(["(", line(), clauses(clauses, state)]), 2), line(), ")"]))
    end
  end

  defp expr({:not, _, [{:in, meta, [left, right]}]}, context, state) do
    binary(:"not in", :in, meta, left, right, context, state)
  end

  defp expr({:"..//", _, [first, last, step]}, _context, state) do
    concat([
      operand(first, :.., {:right, 200}, :left, state),
      "..",
      operand(last, :.., {:right, 200}, :right, state),
      "//",
      operand(step, :.., {:right, 200}, :right, state)
    ])
  end

  defp expr({:.., _, []}, _context, _state), do: ".."
  defp expr({:..., _, []}, _context, _state), do: "..."

  defp expr({:&, _, [index]}, _context, _state) when is_integer(index), do: "&" <> Integer.to_string(index)

  defp expr({:&, _, [{:__block__, meta, [index]}]}, _context, _state) when is_integer(index) do
    "&" <> (meta[:token] || Integer.to_string(index))
  end

  defp expr({:&, _, [arg]}, _context, state), do: capture(arg, state)
  defp expr({:@, _, [arg]}, context, state), do: attribute(arg, context, state)

  defp expr({operator, meta, [arg]} = call, context, state) when is_atom(operator) do
    if unary?(operator), do: unary(operator, arg, context, state), else: call_or_sigil(call, meta, context, state)
  end

  defp expr({operator, meta, [left, right]} = call, context, state) when is_atom(operator) do
    if binary?(operator) do
      binary(operator, operator, meta, left, right, context, state)
    else
      call_or_sigil(call, meta, context, state)
    end
  end

  defp expr({name, meta, context}, _context, state) when is_atom(name) and is_atom(context) do
    _ = meta
    _ = state
    Atom.to_string(name)
  end

  defp expr({_, meta, args} = call, context, state) when is_list(args) and is_list(meta), do: call(call, context, state)

  defp expr({left, right}, _context, state), do: container("{", [left, right], "}", [], :flex, state)
  defp expr(other, _context, state), do: literal(other, [], state)

  ## Literals

  defp literal(list, meta, state) when is_list(list) do
    cond do
      meta[:delimiter] in ["'", "'''"] -> charlist([List.to_string(list)], meta[:delimiter], state)
      clauses?(list) -> expr(list, :arg, state)
      not state.source? and list != [] and List.ascii_printable?(list) -> charlist([List.to_string(list)], "'", state)
      improper?(list) -> inspect(list)
      true -> container("[", list, "]", meta, :break, state)
    end
  end

  defp literal(binary, meta, state) when is_binary(binary) do
    case meta[:delimiter] do
      nil -> string([escape_plain(binary)], "\"", state)
      delimiter -> string([binary], delimiter, state)
    end
  end

  defp literal(atom, meta, state) when is_atom(atom) do
    case meta[:delimiter] do
      delimiter when is_binary(delimiter) ->
        text = Atom.to_string(atom)
        if Macro.classify_atom(atom) in [:quoted, :alias], do: concat(":", string([text], delimiter, state)), else: inspect(atom)

      _ ->
        Macro.inspect_atom(:literal, atom)
    end
  end

  defp literal(number, meta, _state) when is_integer(number), do: integer(meta[:token] || Integer.to_string(number))
  defp literal(number, meta, _state) when is_float(number), do: float(meta[:token] || Float.to_string(number))
  defp literal({left, right}, meta, state), do: container("{", [left, right], "}", meta, :flex, state)
  defp literal(other, _meta, _state), do: inspect(other, limit: :infinity, printable_limit: :infinity)

  defp clauses?([{:->, _, [args, _]} | rest]) when is_list(args), do: rest == [] or clauses?(rest)
  defp clauses?(_), do: false

  defp improper?([_ | tail]), do: improper?(tail)
  defp improper?(tail), do: tail != []

  defp integer("0x" <> digits), do: "0x" <> String.upcase(digits)
  defp integer(<<"0", base, _::binary>> = text) when base in [?b, ?o], do: text
  defp integer(<<??, _::binary>> = text), do: text
  defp integer("-" <> digits), do: "-" <> integer(digits)
  defp integer(text), do: underscores(text)

  defp float(text) do
    [whole, fraction] = String.split(text, ".", parts: 2)
    underscores(whole) <> "." <> String.downcase(fraction)
  end

  # Six digits or more get underscores, unless there are some already.
  defp underscores(digits) do
    if byte_size(digits) >= 6 and not String.contains?(digits, "_") do
      digits |> String.to_charlist() |> Enum.reverse() |> Enum.chunk_every(3) |> Enum.join("_") |> String.reverse()
    else
      digits
    end
  end

  defp escape_plain(binary) do
    {escaped, ""} = Inspect.Escape.string(binary, ?", :infinity)
    escaped
  end

  ## Strings and sigils

  defp interpolated?([_ | _] = parts), do: Enum.all?(parts, &string_part?/1) and Enum.any?(parts, &is_tuple/1)
  defp interpolated?(_), do: false

  defp string_part?({:"::", _, [{{:., _, [Kernel, :to_string]}, _, [_]}, {:binary, _, context}]}), do: is_atom(context)
  defp string_part?(part), do: is_binary(part)

  defp charlist_parts?(parts), do: Enum.all?(parts, &charlist_part?/1)
  defp charlist_part?({{:., _, [Kernel, :to_string]}, _, [_]}), do: true
  defp charlist_part?(part), do: is_binary(part)

  defp charlist(parts, "'''", state), do: heredoc("~c\"\"\"", parts, "\"\"\"", state)

  defp charlist(parts, _delimiter, state) do
    parts = for part <- parts, do: if(is_binary(part) and not state.source?, do: escape_plain(part), else: requote(part))
    concat(["~c\"", inner(parts, state), "\""])
  end

  # Between double quotes instead of single ones.
  defp requote(part) when is_binary(part), do: part |> String.replace("\\'", "'") |> String.replace("\"", "\\\"")
  defp requote(part), do: part

  defp string(parts, delimiter, state) when delimiter in ["\"\"\"", "'''"], do: heredoc(delimiter, parts, delimiter, state)
  defp string(parts, "'", state), do: concat(["\"", inner(for(part <- parts, do: requote(part)), state), "\""])

  defp string(parts, delimiter, state) do
    parts = if state.source?, do: for(part <- parts, do: escape_terminator(part, delimiter)), else: parts
    concat([delimiter, inner(parts, state), delimiter])
  end

  # The parser may have taken the backslash from an escaped terminator.
  defp escape_terminator(text, <<terminator>>) when is_binary(text), do: escape_terminator(text, terminator, "")
  defp escape_terminator(part, _terminator), do: part

  defp escape_terminator(<<?\\, char, rest::binary>>, terminator, acc) do
    escape_terminator(rest, terminator, <<acc::binary, ?\\, char>>)
  end

  defp escape_terminator(<<terminator, rest::binary>>, terminator, acc) do
    escape_terminator(rest, terminator, <<acc::binary, ?\\, terminator>>)
  end

  defp escape_terminator(<<char, rest::binary>>, terminator, acc), do: escape_terminator(rest, terminator, <<acc::binary, char>>)
  defp escape_terminator("", _terminator, acc), do: acc

  defp inner(parts, state) do
    concat(
      for part <- parts do
        case part do
          {:"::", _, [{{:., _, [Kernel, :to_string]}, _, [expr]}, _]} -> interpolation(expr, state)
          {{:., _, [Kernel, :to_string]}, _, [expr]} -> interpolation(expr, state)
          text -> raw_lines(if(state.source?, do: text, else: escape_interpolated(text, parts)))
        end
      end
    )
  end

  defp escape_interpolated(text, [_]), do: text
  defp escape_interpolated(text, _parts), do: escape_plain(text)

  defp interpolation(expr, state), do: concat(["\#{", inline(body(expr, state)), "}"])

  # Interpolated code stays on its line however long it is.
  defp inline(doc), do: doc |> Inspect.Algebra.format(:infinity) |> IO.iodata_to_binary() |> raw_lines()

  # Lines of text start at the margin whatever the indentation.
  defp raw_lines(text) do
    case String.split(text, "\n") do
      [line] -> string(line)
      lines -> nest(fold(for(line <- lines, do: string(line)), &concat([&1, line(), &2])), :reset)
    end
  end

  defp heredoc(opening, parts, closing, state) do
    lines =
      parts
      |> Enum.flat_map(fn
        text when is_binary(text) -> text |> String.split("\n") |> Enum.intersperse(:newline)
        part -> [part]
      end)
      |> split_lines([[]])

    docs =
      for line <- lines do
        concat(for part <- line, do: if(is_binary(part), do: string(part), else: inner([part, ""], state)))
      end

    {last, docs} = List.pop_at(docs, -1)
    docs = if last == empty(), do: docs, else: docs ++ [last]
    text = for {doc, line} <- Enum.zip(docs, lines), do: if(blank?(line), do: nest(line(), :reset), else: concat(line(), doc))
    force_unfit(concat([opening] ++ text ++ [line(), closing]))
  end

  defp split_lines([:newline | rest], [current | done]), do: split_lines(rest, [[], Enum.reverse(current) | done])
  defp split_lines(["" | rest], lines), do: split_lines(rest, lines)
  defp split_lines([part | rest], [current | done]), do: split_lines(rest, [[part | current] | done])
  defp split_lines([], [current | done]), do: Enum.reverse([Enum.reverse(current) | done])

  defp blank?(line), do: line == []

  defp call_or_sigil({name, meta, [{:<<>>, _, parts}, modifiers]} = call, _, context, state) when is_list(modifiers) do
    case Atom.to_string(name) do
      "sigil_" <> sigil when sigil != "" -> sigil(sigil, parts, modifiers, meta, state)
      _ -> call(call, context, state)
    end
  end

  defp call_or_sigil(call, _meta, context, state), do: call(call, context, state)

  @closing %{"(" => ")", "[" => "]", "{" => "}", "<" => ">"}

  defp sigil(name, parts, modifiers, meta, state) do
    case meta[:delimiter] || "\"" do
      delimiter when delimiter in ["\"\"\"", "'''"] ->
        concat(heredoc("~" <> name <> delimiter, parts, delimiter, %{state | source?: true}), List.to_string(modifiers))

      delimiter ->
        closing = Map.get(@closing, delimiter, delimiter)
        parts = for part <- parts, do: if(is_binary(part), do: sigil_text(part, closing), else: part)
        concat(["~", name, delimiter, inner(parts, %{state | source?: true}), closing, List.to_string(modifiers)])
    end
  end

  defp sigil_text(text, closing), do: escape_terminator(text, closing)

  defp bitstring(parts, meta, state) do
    last = length(parts) - 1

    docs =
      for {part, index} <- Enum.with_index(parts) do
        doc = segment(part, state)
        if (index == 0 or index == last) and angled?(part), do: concat(["(", doc, ")"]), else: doc
      end

    surround("<<", docs, ">>", meta, :flex, state)
  end

  defp angled?({:<<>>, _, parts}), do: not interpolated?(parts)
  defp angled?({:"::", _, [left, _]}), do: angled?(left)
  defp angled?({:<-, _, [left, right]}), do: angled?(left) or angled?(right)
  defp angled?(_), do: false

  defp segment({:"::", _, [left, right]}, state) do
    concat([operand(left, :"::", {:right, 60}, :left, state), "::", segment_spec(right, state)])
  end

  defp segment({:<-, _, [left, right]}, state), do: concat([segment(left, state), " <- ", expr(right, :operand, state)])
  defp segment(part, state), do: expr(part, :arg, state)

  defp segment_spec({:-, _, [left, right]}, state), do: concat([segment_spec(left, state), "-", segment_spec(right, state)])
  defp segment_spec({:*, _, [left, right]}, state), do: concat([segment_spec(left, state), "*", segment_spec(right, state)])
  defp segment_spec(other, state), do: operand(other, :-, {:left, 1000}, :right, state)

  ## Containers

  # Elements, of which the last may be keywords without brackets.
  defp container(left, args, right, meta, mode, state) do
    split = if left == "[", do: split_trailing(args), else: split_keywords(args)
    surround(left, elements(split, state, if(left == "[", do: &list_element/2, else: &element/2)), right, meta, mode, state, hugging_last?(args))
  end

  defp elements({plain, keywords}, state, element \\ &element/2) do
    docs = for arg <- plain, do: commented(arg, element.(arg, state))
    docs ++ for(pair <- keywords, do: commented(elem(pair, 0), keyword_pair(pair, state)))
  end

  # A keyword list as last argument; a list without brackets comes as a plain list.
  defp split_keywords(args) do
    case List.last(args) do
      [{_, _} | _] = last when is_list(last) ->
        if keyword?(last), do: {Enum.drop(args, -1), last}, else: {args, []}

      _ ->
        {args, []}
    end
  end

  # In lists and maps the pairs stand beside the other elements.

  defp split_trailing(args) do
    trailing = args |> Enum.reverse() |> Enum.take_while(&keyword_pair?/1) |> Enum.reverse()
    {Enum.drop(args, -length(trailing)), trailing}
  end

  defp keyword?(list), do: Enum.all?(list, &keyword_pair?/1)

  defp keyword_pair?({key, _value}), do: keyword_key?(key)
  defp keyword_pair?(_), do: false

  defp keyword_key?({:__block__, meta, [key]}) when is_atom(key), do: meta[:format] == :keyword

  defp keyword_key?({{:., _, [:erlang, function]}, meta, [{:<<>>, _, _}, _]})
       when function in [:binary_to_atom, :binary_to_existing_atom],
       do: meta[:format] == :keyword

  defp keyword_key?(key) when is_atom(key), do: not match?("Elixir." <> _, Atom.to_string(key))
  defp keyword_key?(_), do: false

  defp keyword_pair({key, value}, state) do
    key = key_text(key, state)
    value_doc = expr(value, :arg, state)

    if hugging?(value) do
      group(concat([key, " ", value_doc]))
    else
      group(nest(glue(key, next_break_fits(group(value_doc), :disabled)), 2))
    end
  end

  defp key_text({:__block__, meta, [key]}, state) do
    case meta[:delimiter] do
      nil ->
        Macro.inspect_atom(:key, key)

      delimiter ->
        if Macro.classify_atom(key) in [:quoted, :alias] do
          concat(string([Atom.to_string(key)], delimiter, state), ":")
        else
          Macro.inspect_atom(:key, key)
        end
    end
  end

  defp key_text({_, meta, [{:<<>>, _, parts}, _]}, state), do: concat(string(parts, meta[:delimiter] || "\"", state), ":")
  defp key_text(key, _state), do: Macro.inspect_atom(:key, key)

  defp element({:->, _, _} = clause, state), do: concat(["(", clause(clause, state), ")"])

  defp element(arg, state), do: argument(arg, :arg, state)

  # The tail of a list.
  defp list_element({:|, _, [head, tail]}, state) do
    tail = next_break_fits(group(expr(tail, :operand, state)), :disabled)
    head = next_break_fits(group(expr(head, :operand, state)), :disabled)
    group(glue(head, concat("| ", nest(tail, 2))))
  end

  defp list_element(arg, state), do: element(arg, state)

  # Only the last of several arguments may start on the line and break inside, and only if it is a container or function.
  defp argument(arg, context, state) do
    doc = group(expr(arg, context, state))
    if hugging?(arg), do: doc, else: next_break_fits(doc, :disabled)
  end

  defp commented(node, doc) do
    case meta(node)[:leading_comments] do
      nil -> doc
      comments -> concat([comment_lines(comments), line(), doc])
    end
  end

  defp map(left, args, meta, state) do
    {update, args} =
      case args do
        [{:|, _, [map, fields]}] -> {group(updated(map, state)), fields}
        _ -> {empty(), args}
      end

    {pairs, keywords} = split_trailing(args)
    docs = for pair <- pairs, do: commented(first_node(pair), map_pair(pair, state))
    docs = docs ++ for(pair <- keywords, do: commented(elem(pair, 0), keyword_pair(pair, state)))

    if update == empty() do
      surround(left, docs, "}", meta, :break, state)
    else
      inner = nest(join(docs, :break), 2)
      doc = concat([nest(concat([left, break(""), glue(update, concat("| ", inner))]), 2), break(""), "}"])
      group(if newlines?(meta) or multi_line?(inner), do: force_unfit(doc), else: doc)
    end
  end

  defp updated(map, state) do
    doc = expr(map, :operand, state)
    if operator?(map), do: parens(doc), else: doc
  end

  defp first_node({:__block__, _, [{key, _}]}), do: key
  defp first_node({key, _}), do: key
  defp first_node(node), do: node

  defp map_pair({:__block__, _, [{key, value}]}, state), do: map_pair({key, value}, state)

  defp map_pair({key, value}, state) do
    key = group(operand(key, :"=>", {:left, 45}, :left, state))
    doc = expr(value, :arg, state)

    if hugging?(value) do
      group(concat([key, " => ", doc]))
    else
      group(concat(key, nest(glue(" =>", next_break_fits(group(doc), :disabled)), 2)))
    end
  end

  defp map_pair(other, state), do: expr(other, :arg, state)

  defp surround(left, docs, right, meta, mode, state, hugging? \\ false)

  defp surround(left, [], right, meta, _mode, _state, _hugging?) do
    case meta[:trailing_comments] do
      nil -> concat(left, right)
      comments -> force_unfit(concat([nest(concat([left, line(), comment_lines(comments)]), 2), line(), right]))
    end
  end

  defp surround(left, docs, right, meta, mode, _state, hugging?) do
    trailing = meta[:trailing_comments]
    mode = if trailing || newlines?(meta) || Enum.any?(docs, &has_comment?/1), do: :break, else: mode
    inner = join(docs, mode)
    inner = if trailing, do: concat([inner, line(), comment_lines(trailing)]), else: inner
    force? = newlines?(meta) or trailing != nil

    doc =
      case mode do
        :flex when not force? -> concat([left, nest(inner, byte_size(left)), right])
        _ -> concat([nest(concat([left, break(""), inner]), 2), break(""), right])
      end

    doc = if force? or (mode == :break and not hugging? and multi_line?(inner)), do: force_unfit(doc), else: doc
    group(doc)
  end

  defp has_comment?(doc), do: multi_line_comment?(doc)
  defp multi_line_comment?({:doc_cons, {:doc_cons, _, _}, _}), do: false
  defp multi_line_comment?({:doc_cons, text, {:doc_cons, :doc_line, _}}) when is_binary(text), do: String.starts_with?(text, "#")
  defp multi_line_comment?(_), do: false

  # The source had a new line after the opening bracket.
  defp newlines?(meta), do: (meta[:newlines] || 0) > 0

  defp join(docs, mode) do
    fold(docs, fn doc, rest ->
      if mode == :flex, do: flex_glue(followed_by(doc, ","), rest), else: glue(followed_by(doc, ","), rest)
    end)
  end

  # What follows a group on its line has to fit as well, so it goes into the last group, and the last inside of that.
  defp followed_by({:doc_group, doc, mode}, text) do
    {:doc_group, if(ends_in_group?(doc), do: followed_by(doc, text), else: concat(doc, text)), mode}
  end

  defp followed_by({:doc_fits, doc, mode}, text), do: {:doc_fits, followed_by(doc, text), mode}
  defp followed_by({:doc_cons, left, right}, text), do: {:doc_cons, left, followed_by(right, text)}
  defp followed_by(doc, text), do: concat(doc, text)

  defp ends_in_group?({:doc_group, _, _}), do: true
  defp ends_in_group?({:doc_fits, doc, _}), do: ends_in_group?(doc)
  defp ends_in_group?({:doc_cons, _, right}), do: ends_in_group?(right)
  defp ends_in_group?(_), do: false

  ## Functions and clauses

  defp function([{:->, meta, [args, body]}] = clauses, state) do
    body = if meta[:trailing_comments], do: with_trailing(body, meta[:trailing_comments]), else: body

    head =
      case args do
        [] -> "fn ->"
        _ -> concat("fn ", followed_by(group(nest(clause_args(args, state), :cursor)), " ->"))
      end

    doc = glue(concat(head, nest(concat(break(), clause_body(body, state)), 2)), "end")
    group(if forced?(clauses), do: force_unfit(doc), else: doc)
  end

  defp function(clauses, state) do
    force_unfit(group(concat([nest(concat(["fn", line(), clauses(clauses, state)]), 2), line(), "end"])))
  end

  # One clause a line; if one needs several lines, all get their body on lines of their own with an empty line between. So
  # the breaks of all belong to one group.
  defp clauses(clauses, state) do
    docs = for clause <- clauses, do: commented(clause, clause(clause, state))
    doc = fold(docs, &concat([&1, collapse_lines(2), maybe_empty_line(), line(), &2]))
    group(if forced?(clauses), do: force_unfit(doc), else: doc)
  end

  defp forced?(clauses) do
    Enum.any?(clauses, fn {:->, meta, [_, body]} ->
      newlines?(meta) or block_of_many?(body) or meta(body)[:leading_comments] != nil or meta[:trailing_comments] != nil
    end)
  end

  defp block_of_many?({:__block__, _, [_, _ | _]}), do: true
  defp block_of_many?({_, _, args} = call) when is_list(args), do: match?({_, [_ | _]}, do_sections(call, %{source?: false})) and has_do?(call)
  defp block_of_many?(_), do: false

  defp has_do?({_, meta, _}), do: meta[:do] != nil

  defp clause({:->, meta, [args, body]}, state) do
    head = if args == [], do: "() ->", else: followed_by(group(clause_head(args, state)), " ->")
    body = if meta[:trailing_comments], do: with_trailing(body, meta[:trailing_comments]), else: body
    concat(head, nest(concat(break(), clause_body(body, state)), 2))
  end

  defp with_trailing({:__block__, meta, [_, _ | _] = exprs}, comments) do
    {:__block__, [trailing_comments: comments] ++ meta, exprs}
  end

  defp with_trailing(expr, comments), do: {:__block__, [trailing_comments: comments], [expr]}

  defp clause_body(body, state), do: next_break_fits(group(body(body, state)), :disabled)

  defp clause_args([{:when, meta, args}], state) do
    {args, [guard]} = Enum.split(args, -1)

    if args == [] do
      concat("() when ", expr(guard, :operand, state))
    else
      _ = meta
      glue(group(arguments_line(args, state)), concat("when ", nest(operand(guard, :when, {:right, 50}, :right, state), 5)))
    end
  end

  defp clause_args(args, state), do: arguments_line(args, state)

  defp clause_head([{operator, _, [_, _]} = arg], state) when is_atom(operator) do
    doc = clause_args([arg], state)
    if binary?(operator) and operator not in [:when | @no_newline_operators], do: nest(doc, 2), else: doc
  end

  defp clause_head(args, state), do: clause_args(args, state)

  defp arguments_line(args, state), do: join(elements(split_keywords(args), state), :break)

  ## Operators

  defp unary?(operator), do: operator in [:!, :^, :not, :+, :-, :~~~]

  defp unary(operator, arg, _context, state) do
    text = Atom.to_string(operator)
    doc = expr(arg, :operand, state)

    cond do
      operator?(arg) and operator == :not -> concat(["not (", doc, ")"])
      operator?(arg) -> concat([text, "(", doc, ")"])
      operator == :not -> concat("not ", doc)
      true -> concat(text, doc)
    end
  end

  defp operator?({:__block__, _, [expr]} = block), do: not literal_block?(block) and operator?(expr)
  defp operator?({:not, _, [{:in, _, [_, _]}]}), do: true
  defp operator?({:"..//", _, [_, _, _]}), do: true
  defp operator?({:&, _, [index]}) when is_integer(index), do: false
  defp operator?({:&, _, [{:__block__, _, [index]}]}) when is_integer(index), do: false
  defp operator?({:&, _, [_]}), do: true
  defp operator?({operator, _, [_]}) when is_atom(operator), do: unary?(operator)
  defp operator?({operator, _, [_, _]}) when is_atom(operator), do: binary?(operator)
  defp operator?(_), do: false

  defp binary?(operator), do: binary_op(operator) != nil

  defp binary_op(operator) do
    case Code.Identifier.binary_op(operator) do
      :error -> nil
      info -> info
    end
  end

  defp binary(name, operator, meta, left, right, _context, state) do
    binary(name, operator, meta, left, right, nil, 2, state)
  end

  # `parent` is the precedence of the same chain of operators around, if any.
  defp binary(name, operator, meta, left, right, parent, nesting, state) do
    info = binary_op(operator)
    text = Atom.to_string(name)
    left_doc = operand(left, operator, info, :left, state)
    right_doc = operand(right, operator, info, :right, state)

    cond do
      operator in @no_space_operators ->
        concat([group(left_doc), text, group(right_doc)])

      operator in @no_newline_operators ->
        concat([group(left_doc), " " <> text <> " ", group(right_doc)])

      operator in @leading_operators ->
        text = text <> " "

        # In a chain each guard is indented, not what follows it.
        left_doc =
          case operator do
            :when when parent == info -> nest(left_doc, 5)
            :| when parent == info -> nest(left_doc, 2)
            _ -> left_doc
          end

        right_doc =
          case operator do
            :when -> if(match?({:when, _, [_, _]}, right), do: right_doc, else: nest(right_doc, 5))
            :| -> if(match?({:|, _, [_, _]}, right), do: right_doc, else: nest(right_doc, 2))
            _ -> right_doc
          end

        # The last call of a pipeline does not stay on the line to break inside.
        right_doc = next_break_fits(right_doc, :disabled)
        comments = meta(right)[:leading_comments]
        right_doc = concat(text, right_doc)
        right_doc = if comments, do: concat([comment_lines(comments), line(), right_doc]), else: right_doc
        doc = glue(next_break_fits(left_doc, :disabled), right_doc)
        doc = if newlines?(meta) or comments != nil, do: force_unfit(doc), else: doc
        if parent == info, do: doc, else: group(doc)

      operator in @hugging_operators and hugging?(right) and (operator != :"::" or map?(right) or list?(right)) and not newlines?(meta) ->
        concat([group(left_doc), " " <> text <> " ", next_break_fits(group(right_doc))])

      true ->
        right_doc = nest(glue(" " <> text, next_break_fits(group(right_doc), :disabled)), nesting, :break)
        right_doc = if newlines?(meta), do: force_unfit(right_doc), else: right_doc
        concat(group(left_doc), group(right_doc))
    end
  end

  defp list?({:__block__, _, [list]}), do: list?(list)
  defp list?(other), do: is_list(other) and not clauses?(other)

  defp map?({form, _, _}), do: form in [:%{}, :%]
  defp map?(_), do: false

  defp operand({:not, _, [{:in, meta, [left, right]}]}, parent, {_, precedence}, _side, state) do
    doc = binary(:"not in", :in, meta, left, right, nil, 2, state)
    if precedence > 170 or parent in @parens_operators, do: parens(doc), else: doc
  end

  defp operand({operator, meta, [left, right]} = call, parent, {association, precedence} = info, side, state)
       when is_atom(operator) do
    case binary_op(operator) do
      nil ->
        outer_call(call, side, state)

      {_, own} = own_info ->
        cond do
          # A chain of one operator.
          parent == operator and association == side ->
            binary(operator, operator, meta, left, right, info, if(side == :right, do: 0, else: 2), state)

          precedence == own and association == side and parent in @leading_operators ->
            binary(operator, operator, meta, left, right, info, 2, state)

          precedence == own and association == side and (side == :left or parent not in @parens_operators) ->
            binary(operator, operator, meta, left, right, info, 2, state)

          (parent in @parens_operators and operator not in @no_space_operators) or
            (operator in @logical_operators and parent in @logical_operators) or precedence > own or
              (precedence == own and association != side) ->
            parens(binary(operator, operator, meta, left, right, nil, 2, state))

          true ->
            _ = own_info
            binary(operator, operator, meta, left, right, if(own_info == info, do: info), 2, state)
        end
    end
  end

  defp operand({:&, _, [arg]} = capture, _parent, {_, precedence}, side, state) do
    doc = expr(capture, :operand, state)
    if is_integer(arg) or literal_block?(arg) or (side == :right and precedence <= 100), do: doc, else: parens(doc)
  end

  # The right side of `when` in a typespec is a keyword list without brackets.
  defp operand([{_, _} | _] = list, :when, _info, :right, state) do
    if keyword?(list), do: group(join(for(pair <- list, do: keyword_pair(pair, state)), :break)), else: operand_expr(list, state)
  end

  defp operand(expr, _parent, _info, side, state), do: outer_call(expr, side, state)

  # On the left of an operator a call needs its parentheses: else the operator would belong to its last argument.
  defp outer_call({name, meta, [_ | _]} = call, :left, state) when is_atom(name) do
    if state.source? and meta[:closing] == nil and not with_do?(call, state), do: expr(call, :arg, state), else: operand_expr(call, state)
  end

  defp outer_call(expr, _side, state), do: operand_expr(expr, state)

  defp operand_expr(expr, state), do: expr(expr, :operand, state)

  defp parens(doc), do: concat(["(", nest(doc, 1), ")"])

  ## Captures and attributes

  defp capture({:/, _, [{name, _, context}, arity]}, _state) when is_atom(name) and is_atom(context) do
    "&" <> function_name(name) <> "/" <> arity_text(arity)
  end

  defp capture({:/, _, [{{:., _, [target, name]}, _, []}, arity]}, state) when is_atom(name) do
    concat(["&", target(target, state), ".", Macro.inspect_atom(:remote_call, name), "/", arity_text(arity)])
  end

  defp capture(arg, state) do
    doc = expr(arg, :operand, state)

    cond do
      starts_with_capture?(arg) and not operator?(arg) -> concat("& ", doc)
      operator?(arg) or block?(arg) -> concat(["&(", nest(doc, 2), ")"])
      true -> concat("&", doc)
    end
  end

  defp starts_with_capture?({:&, _, [_]}), do: true
  defp starts_with_capture?({{:., _, [Access, :get]}, _, [left, _]}), do: starts_with_capture?(left)
  defp starts_with_capture?({{:., _, [left | _]}, _, _}), do: starts_with_capture?(left)
  defp starts_with_capture?(_), do: false

  defp block?({:__block__, _, [_, _ | _]}), do: true
  defp block?(_), do: false

  defp arity_text({:__block__, meta, [arity]}), do: meta[:token] || Integer.to_string(arity)
  defp arity_text(arity) when is_integer(arity), do: Integer.to_string(arity)
  defp arity_text(other), do: Macro.to_string(other)

  defp function_name(name) do
    case Macro.classify_atom(name) do
      :identifier -> Atom.to_string(name)
      _ -> if Macro.operator?(name, 1) or Macro.operator?(name, 2), do: Atom.to_string(name), else: "unquote(#{inspect(name)})"
    end
  end

  defp attribute({name, meta, [arg]}, context, state) when is_atom(name) and name not in [:__block__, :__aliases__] do
    if state.source? and (context == :arg or (meta[:closing] != nil and not unparenthesized_attribute?(name))) do
      concat(["@", Atom.to_string(name), parens_arguments(without_brackets([arg]), meta, state)])
    else
      text = "@" <> Atom.to_string(name) <> " "

      doc =
        case split_keywords([arg]) do
          {[], [_ | _] = keywords} when is_list(arg) and state.source? ->
            join(for(pair <- keywords, do: keyword_pair(pair, state)), :break)

          _ ->
            expr(arg, :one_arg, state)
        end

      bare_keywords? = state.source? and is_list(arg) and match?({[], [_ | _]}, split_keywords([arg]))
      doc = if hugging?(arg) and not bare_keywords?, do: next_break_fits(group(doc)), else: doc
      if bare_keywords?, do: concat(text, nest(group(doc), byte_size(text))), else: concat(text, nest(doc, byte_size(text), if(heredoc?(arg), do: :break, else: :always)) |> unnest_heredoc(doc, arg))
    end
  end

  defp attribute({name, _, context}, _context, _state) when is_atom(name) and is_atom(context) do
    "@" <> Atom.to_string(name)
  end

  defp attribute(other, _context, state), do: concat(["@", "(", expr(other, :operand, state), ")"])

  defp unparenthesized_attribute?(name), do: name in [:doc, :moduledoc, :typedoc, :spec, :type, :typep, :opaque, :callback, :impl]

  # Containers and heredocs start on the attribute's line and are indented from its start.
  defp unnest_heredoc(nested, doc, arg), do: if(hugging?(arg), do: doc, else: nested)

  defp heredoc?({_, meta, _}) when is_list(meta), do: meta[:delimiter] in ["\"\"\"", "'''"]
  defp heredoc?(_), do: false

  # What may start on a line and break inside.
  defp hugging?({:__block__, meta, [literal]}) do
    (is_list(literal) and (literal != [] or meta[:trailing_comments] != nil)) or meta[:delimiter] in ["\"\"\"", "'''"] or (is_tuple(literal) and newlines?(meta))
  end

  defp hugging?({:%{}, meta, []}), do: meta[:trailing_comments] != nil
  defp hugging?({form, _, _}) when form in [:%{}, :fn], do: true
  defp hugging?({:{}, meta, _}), do: newlines?(meta)
  defp hugging?({{:., _, [_, :{}]}, _, _}), do: true
  defp hugging?({:%, _, [_, _]}), do: true
  defp hugging?({:<<>>, meta, _}), do: meta[:delimiter] in ["\"\"\"", "'''"]

  defp hugging?({name, meta, [{:<<>>, _, _}, modifiers]}) when is_atom(name) and is_list(modifiers) do
    meta[:delimiter] in ["\"\"\"", "'''"]
  end

  defp hugging?(list) when is_list(list), do: list != [] and not clauses?(list)
  defp hugging?(_), do: false

  defp hugging_last?([]), do: false
  defp hugging_last?([arg]), do: hugging?(arg)
  defp hugging_last?(_), do: false

  ## Calls

  defp call({{:., _, [Access, :get]}, meta, [container, key]}, _context, state) do
    _ = meta
    concat([target(container, state), group(concat(["[", nest(concat(break(""), expr(key, :arg, state)), 2), break(""), "]"]))])
  end

  defp call({{:., _, [target, :{}]}, meta, args}, _context, state) do
    concat([target(target, state), ".", container("{", args, "}", meta, :break, state)])
  end

  defp call({{:., _, [target]}, meta, args}, context, state) do
    arguments(concat(target(target, state), "."), true, args, meta, context, state, {nil, meta, args})
  end

  defp call({{:., _, [target, name]}, meta, []}, _context, state) when is_atom(name) do
    doc = remote(target, name, state)

    cond do
      # A function of a module, whatever the source says.
      state.source? and module?(target) -> concat(doc, "()")
      meta[:no_parens] -> doc
      true -> maybe_parens_call(doc, meta, state)
    end
  end

  defp call({{:., _, [target, name]}, meta, args} = call, context, state) when is_atom(name) do
    parens? = meta[:closing] != nil or not match?({_, [_ | _]}, do_sections(call, state))
    parens? = parens? or context not in [:block, :operand, :one_arg]
    arguments(remote(target, name, state), parens?, args, meta, context, state, call)
  end

  # foo.unquote(name)(args)
  defp call({{:., _, [target, {:unquote, _, _} = name]}, meta, args} = call, context, state) do
    doc = concat([target(target, state), ".", expr(name, :arg, state)])
    if meta[:no_parens], do: doc, else: arguments(doc, true, args, meta, context, state, call)
  end

  defp call({name, meta, args} = call, context, state) when is_atom(name) do
    doc = function_name(name)

    cond do
      args == [] and meta[:do] == nil -> concat(doc, "()")
      true -> arguments(doc, parens?(name, args, meta, context, state), args, meta, context, state, call)
    end
  end

  # The result of a call is called: unquote(name)(args).
  defp call({target, meta, args} = call, context, state) do
    arguments(target(target, state), true, args, meta, context, state, call)
  end

  defp maybe_parens_call(doc, meta, state) do
    if state.source? and meta[:closing] == nil and meta[:do] == nil, do: doc, else: concat(doc, "()")
  end

  defp module?({:__aliases__, _, _}), do: true
  defp module?({:__block__, _, [atom]}), do: is_atom(atom)
  defp module?(target), do: is_atom(target)

  defp remote(target, name, state), do: concat([target(target, state), ".", Macro.inspect_atom(:remote_call, name)])

  defp target(target, state) do
    doc = expr(target, :operand, state)
    if operator?(target) or block?(target) or function?(target), do: concat(["(", nest(doc, 1), ")"]), else: doc
  end

  defp function?({:fn, _, _}), do: true
  defp function?(_), do: false

  defp parens?(name, args, meta, context, state) do
    arity = length(args)
    without? = Enum.any?(state.locals, fn {local, n} -> local == name and (n == :* or n == arity) end)

    cond do
      context in [:arg, :no_parens_arg] and not with_do?({name, meta, args}, state) -> true
      state.source? and meta[:closing] != nil -> true
      state.source? and meta[:do] != nil -> false
      without? -> false
      with_do?({name, meta, args}, state) -> match?({[_ | _], _}, do_sections({name, meta, args}, state))
      true -> true
    end
  end

  defp with_do?(call, state), do: match?({_, [_ | _]}, do_sections(call, state))

  # The arguments and the sections of the do block, if the call has one.
  defp do_sections({_, meta, args}, state) when is_list(args) and args != [] do
    {plain, [last]} = Enum.split(args, -1)

    if (meta[:do] != nil or not state.source?) and sections?(last) do
      {plain, for({key, value} <- last, do: {section_key(key), value})}
    else
      {args, []}
    end
  end

  defp do_sections({_, _, args}, _state), do: {args, []}

  defp sections?([{key, _} | _] = list) do
    section_key(key) == :do and Enum.all?(list, fn pair -> match?({_, _}, pair) and section_key(elem(pair, 0)) in @block_keys end)
  end

  defp sections?(_), do: false

  defp section_key({:__block__, _, [key]}), do: key
  defp section_key(key), do: key

  defp arguments(name, parens?, args, meta, context, state, call) do
    {args, sections} = do_sections(call || {nil, meta, args}, state)
    args = without_brackets(args)

    head =
      cond do
        args == [] and sections != [] and not (state.source? and meta[:closing] != nil) -> name
        args == [] -> concat(name, "()")
        parens? -> concat(name, parens_arguments(args, meta, state))
        true -> concat([name, " ", no_parens_arguments(args, doc_length(name) + 1, state)])
      end

    case sections do
      [] ->
        group(head)

      _ ->
        doc = concat([group(concat(head, " do")), sections(sections, state), line(), "end"])
        doc = force_unfit(doc)
        if context == :no_parens_arg, do: concat(["(", doc, ")"]), else: doc
    end
  end

  # The brackets of keywords that come last in a call.
  defp without_brackets([]), do: []

  defp without_brackets(args) do
    case List.pop_at(args, -1) do
      {{:__block__, meta, [[_ | _] = list]}, rest} ->
        if keyword?(list) and meta[:leading_comments] == nil and meta[:trailing_comments] == nil, do: rest ++ [list], else: args

      _ ->
        args
    end
  end

  defp doc_length(doc), do: IO.iodata_length(Inspect.Algebra.format(doc, :infinity))

  defp parens_arguments(args, meta, state) do
    {plain, keywords} = split_keywords(args)

    cond do
      keywords != [] and plain != [] and not newlines?(meta) and not generators?(plain) ->
        keyword_docs = join(for(pair <- keywords, do: commented(elem(pair, 0), keyword_pair(pair, state))), :break)
        # Arguments that need several lines begin on one of their own.
        plain_docs = for arg <- plain, do: commented(arg, next_break_fits(group(expr(arg, :arg, state)), :disabled))
        left = group(concat(break(""), next_break_fits(join(plain_docs, :break), :disabled)))
        inner = nest(concat([followed_by(left, ","), break(), keyword_docs]), 2)
        # The closing parenthesis may stand beyond the line's end, as in Elixir.
        concat(group(force(concat(["(", inner, break("")]), own_lines?(plain, keywords))), ")")

      true ->
        docs = elements_of_call(args, plain, keywords, state)
        {last, rest} = List.pop_at(docs, -1)
        last = if hugging?(List.last(args)) and keywords == [], do: next_break_fits(last), else: last
        doc = concat([nest(concat(["(", break(""), join(rest ++ [last], :break)]), 2, :break), break(""), ")"])
        doc = concat_trailing(doc, meta)
        huggable? = keywords == [] and hugging?(List.last(args))
        group(if newlines?(meta) or own_lines?(plain, keywords) or (multi_line?(join(rest, :break)) and rest != []) or (not huggable? and multi_line?(last)), do: force_unfit(doc), else: doc)
    end
  end

  defp force(doc, true), do: force_unfit(doc)
  defp force(doc, false), do: doc

  # Each of several arguments began on a line of its own in the source: that is kept.
  defp own_lines?(plain, keywords) do
    lines = for(arg <- plain, do: meta(arg)[:line]) ++ for({key, _} <- keywords, do: meta(key)[:line])
    match?([_, _ | _], lines) and nil not in lines and Enum.uniq(lines) == lines
  end

  defp concat_trailing(doc, meta) do
    case meta[:trailing_comments] do
      nil -> doc
      comments -> concat([doc, comment_lines(comments)])
    end
  end

  # The breaks of a pipeline that is the only argument are those of the call.
  defp elements_of_call([{operator, meta, [left, right]} = arg], _plain, [], state) when operator in @leading_operators do
    [commented(arg, binary(operator, operator, meta, left, right, binary_op(operator), 2, state))]
  end

  defp elements_of_call([arg], _plain, [], state), do: [commented(arg, argument(arg, :one_arg, state))]
  defp elements_of_call(_args, plain, keywords, state), do: elements({plain, keywords}, state)

  defp no_parens_arguments([arg] = args, length, state) do
    case split_keywords(args) do
      {[], keywords} when is_list(arg) and keywords != [] ->
        nest(join(for(pair <- keywords, do: keyword_pair(pair, state)), :break), length)

      _ ->
        doc = lone_argument(arg, state)
        if hugging?(arg), do: next_break_fits(doc), else: next_break_fits(nest(doc, length), :disabled)
    end
  end

  defp no_parens_arguments(args, length, state) do
    {plain, keywords} = split_keywords(args)
    docs =
      for arg <- plain do
        doc = if plain == [arg], do: lone_argument(arg, state), else: argument(arg, :no_parens_arg, state)
        doc = if plain == [arg] and generators?(plain) and keywords != [], do: next_break_fits(doc, :disabled), else: doc
        commented(arg, doc)
      end

    {last, rest} = List.pop_at(docs, -1)

    cond do
      generators?(plain) ->
        pairs = for pair <- keywords, do: keyword_pair(pair, state)
        nest(force(join(docs ++ pairs, :break), own_lines?(plain, keywords)), length)

      keywords != [] and plain != [] ->
        # The keywords go to the next line, indented by two, or below the arguments if those need several lines.
        pairs = join(for(pair <- keywords, do: commented(elem(pair, 0), keyword_pair(pair, state))), :break)
        pairs = next_break_fits(group(force(concat(break(), pairs), own_lines?(plain, keywords)), :inherit))
        nest(group(nest(concat(next_break_fits(followed_by(join(docs, :break), ","), :disabled), pairs), :cursor, :break)), 2)

      keywords == [] and hugging?(List.last(plain)) ->
        nest(join(rest ++ [next_break_fits(last)], :break), length, :break)

      true ->
        nest(force(join(docs, :break), own_lines?(plain, [])), length)
    end
  end

  # The break before a guard belongs to the call around.
  defp lone_argument({:when, meta, [left, right]}, state) do
    left = operand(left, :when, {:right, 50}, :left, state)
    right_doc = operand(right, :when, {:right, 50}, :right, state)
    right_doc = if match?({:when, _, [_, _]}, right), do: right_doc, else: nest(right_doc, 5)
    force(glue(next_break_fits(group(left), :disabled), concat("when ", right_doc)), newlines?(meta))
  end

  defp lone_argument(arg, state), do: group(expr(arg, :one_arg, state))

  defp generators?(args), do: Enum.any?(args, &match?({:<-, _, [_, _]}, &1))

  defp sections([{:do, body} | rest], state) do
    concat([section_body(body, state) | for({key, body} <- rest, do: concat([line(), Atom.to_string(key), section_body(body, state)]))])
  end

  defp section_body({:__block__, meta, []}, _state) do
    case meta[:trailing_comments] do
      nil -> empty()
      comments -> nest(concat(line(), comment_lines(comments)), 2)
    end
  end

  defp section_body(body, state) do
    if clauses?(body) do
      nest(concat(line(), clauses(body, state)), 2)
    else
      nest(concat(line(), body(body, state)), 2)
    end
  end
end
