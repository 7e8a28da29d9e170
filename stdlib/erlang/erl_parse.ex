defmodule :erl_parse do
  @moduledoc """
  Parses the tokens of `:erl_scan` into Erlang's abstract code, and turns terms into abstract code and back.

  Operators by how strongly they bind: `catch`, then `= !` (right), `orelse`, `andalso` (right), comparisons (no chain), `++ --` (right),
  additions, multiplications (left), prefix operators, then calls and accesses.
  """

  @comparisons [:==, :"/=", :"=<", :<, :>=, :>, :"=:=", :"=/="]
  @additions [:+, :-, :bor, :bxor, :bsl, :bsr, :or, :xor]
  @multiplications [:*, :/, :div, :rem, :band, :and]
  @prefixes [:+, :-, :bnot, :not]
  @type_names [:atom, :var]

  @doc """
  Parses one term, which ends with a dot.

      iex> {:ok, tokens, _} = :erl_scan.string(~c"{a, [1, \\"x\\"]}.")
      iex> :erl_parse.parse_term(tokens)
      {:ok, {:a, [1, ~c"x"]}}
  """
  def parse_term(tokens) do
    case parse_exprs(tokens) do
      {:ok, [expr]} ->
        try do
          {:ok, normalise(expr)}
        catch
          _, _ -> {:error, {:erl_anno.location(elem(expr, 1)), :erl_parse, ~c"bad term"}}
        end

      {:ok, [_, expr | _]} ->
        {:error, {:erl_anno.location(elem(expr, 1)), :erl_parse, ~c"bad term"}}

      error ->
        error
    end
  end

  @doc """
  Parses expressions between commas, up to a dot: `{:ok, abstract}` or `{:error, info}`.

      iex> {:ok, tokens, _} = :erl_scan.string(~c"X = 1, X + 2.")
      iex> {:ok, [_, expr]} = :erl_parse.parse_exprs(tokens)
      iex> expr
      {:op, 1, :+, {:var, 1, :X}, {:integer, 1, 2}}
  """
  def parse_exprs(tokens) do
    guarded(tokens, fn ->
      {exprs, rest} = exprs(tokens)
      ended(rest, exprs)
    end)
  end

  @doc """
  Parses a form: a function or an attribute.

      iex> {:ok, tokens, _} = :erl_scan.string(~c"f(X) -> X.")
      iex> :erl_parse.parse_form(tokens)
      {:ok, {:function, 1, :f, 1, [{:clause, 1, [{:var, 1, :X}], [], [{:var, 1, :X}]}]}}
  """
  def parse_form(tokens) do
    guarded(tokens, fn ->
      {form, rest} = form(tokens)
      ended(rest, form)
    end)
  end

  @doc false
  def parse(tokens), do: parse_form(tokens)

  defp guarded(tokens, fun) do
    fun.()
  catch
    {:syntax_error, []} ->
      location = if tokens == [], do: 1, else: :erl_scan.location(:lists.last(tokens))
      {:error, {location, :erl_parse, [~c"syntax error before: ", []]}}

    {:syntax_error, [token | _]} ->
      {:error, {:erl_scan.location(token), :erl_parse, [~c"syntax error before: ", token_text(token)]}}

    {:bad_form, location, text} ->
      {:error, {location, :erl_parse, text}}
  end

  defp ended([{:dot, _}], parsed), do: {:ok, parsed}
  defp ended([{:dot, _} | rest], _parsed), do: failed(rest)
  defp ended(rest, _parsed), do: failed(rest)

  defp failed(rest), do: throw({:syntax_error, rest})

  defp token_text({:dot, _}), do: ~c"'.'"
  defp token_text({:atom, _, atom}), do: :io_lib.write_atom(atom)
  defp token_text({:string, _, string}), do: :io_lib.write_string(string)
  defp token_text({:char, _, char}), do: :io_lib.write_char(char)
  defp token_text({:var, _, name}), do: :erlang.atom_to_list(name)
  defp token_text({_, _, value}), do: :io_lib.write(value)
  defp token_text({other, _}), do: ~c"'" ++ :erlang.atom_to_list(other) ++ ~c"'"

  @doc """
  Says in words what went wrong.

      iex> to_string(:erl_parse.format_error([~c"syntax error before: ", ~c"b"]))
      "syntax error before: b"
  """
  def format_error(message) do
    if :io_lib.deep_char_list(message), do: message, else: :io_lib.write(message)
  end

  ## Forms

  defp form([{:-, anno}, {:atom, _, name}, {:"(", _} | rest]) do
    {args, rest} = separated(rest, :")")
    {{:attribute, anno, name, attribute(name, args)}, rest}
  end

  defp form([{:atom, anno, name}, {:"(", _} | _] = tokens) do
    {clauses, rest} = function_clauses(tokens, name)
    [{:clause, _, patterns, _, _} | _] = clauses
    arity = length(patterns)

    case :lists.search(fn {:clause, _, other, _, _} -> length(other) != arity end, clauses) do
      {:value, {:clause, anno, _, _, _}} -> throw({:bad_form, :erl_anno.location(anno), ~c"head mismatch"})
      false -> {{:function, anno, name, arity, clauses}, rest}
    end
  end

  defp form(tokens), do: failed(tokens)

  defp attribute(:module, [{:atom, _, module}]), do: module
  defp attribute(name, [list]) when name in [:export, :export_type], do: names(list)
  defp attribute(:import, [{:atom, _, module}, list]), do: {module, names(list)}
  defp attribute(:record, [{:atom, _, name}, {:tuple, _, fields}]), do: {name, :lists.map(&record_definition/1, fields)}
  defp attribute(:file, [{:string, _, name}, {:integer, _, line}]), do: {name, line}
  defp attribute(_name, [arg]), do: normalise(arg)
  defp attribute(_name, args), do: throw({:bad_form, :erl_anno.location(elem(hd(args), 1)), ~c"bad attribute"})

  defp names({nil, _}), do: []
  defp names({:cons, _, {:op, _, :/, {:atom, _, name}, {:integer, _, arity}}, tail}), do: [{name, arity} | names(tail)]
  defp names(other), do: throw({:bad_form, :erl_anno.location(elem(other, 1)), ~c"bad function arity"})

  defp record_definition({:match, anno, {:atom, _, _} = name, value}), do: {:record_field, anno, name, value}
  defp record_definition({:atom, anno, _} = name), do: {:record_field, anno, name}

  defp function_clauses([{:atom, anno, name}, {:"(", _} | rest], name) do
    {patterns, rest} = separated(rest, :")")
    {guard, rest} = guard(rest)
    {body, rest} = body(rest)
    clause = {:clause, anno, patterns, guard, body}

    case rest do
      [{:";", _} | rest] ->
        {clauses, rest} = function_clauses(rest, name)
        {[clause | clauses], rest}

      _ ->
        {[clause], rest}
    end
  end

  defp function_clauses(tokens, _name), do: failed(tokens)

  ## Expressions

  defp exprs(tokens) do
    {expr, rest} = expr(tokens)

    case rest do
      [{:",", _} | rest] ->
        {exprs, rest} = exprs(rest)
        {[expr | exprs], rest}

      _ ->
        {[expr], rest}
    end
  end

  defp expr([{:catch, anno} | rest]) do
    {expr, rest} = expr(rest)
    {{:catch, anno, expr}, rest}
  end

  defp expr(tokens) do
    {left, rest} = or_else(tokens)

    case rest do
      [{:=, anno} | rest] ->
        {right, rest} = expr(rest)
        {{:match, anno, left, right}, rest}

      [{:!, anno} | rest] ->
        {right, rest} = expr(rest)
        {{:op, anno, :!, left, right}, rest}

      _ ->
        {left, rest}
    end
  end

  defp or_else(tokens), do: right(tokens, [:orelse], &and_also/1)
  defp and_also(tokens), do: right(tokens, [:andalso], &comparison/1)
  defp list_op(tokens), do: right(tokens, [:++, :--], &addition/1)
  defp addition(tokens), do: left(tokens, @additions, &multiplication/1)
  defp multiplication(tokens), do: left(tokens, @multiplications, &prefix/1)

  defp comparison(tokens) do
    {left, rest} = list_op(tokens)

    case rest do
      [{op, anno} | rest] when op in @comparisons ->
        {right, rest} = list_op(rest)
        {{:op, anno, op, left, right}, rest}

      _ ->
        {left, rest}
    end
  end

  defp right(tokens, ops, next) do
    {left, rest} = next.(tokens)

    with [{op, anno} | rest] <- rest, true <- op in ops do
      {right, rest} = right(rest, ops, next)
      {{:op, anno, op, left, right}, rest}
    else
      _ -> {left, rest}
    end
  end

  defp left(tokens, ops, next) do
    {first, rest} = next.(tokens)
    left_rest(first, rest, ops, next)
  end

  defp left_rest(left, rest, ops, next) do
    with [{op, anno} | after_op] <- rest, true <- op in ops do
      {right, rest} = next.(after_op)
      left_rest({:op, anno, op, left, right}, rest, ops, next)
    else
      _ -> {left, rest}
    end
  end

  defp prefix([{op, anno} | rest]) when op in @prefixes do
    {expr, rest} = prefix(rest)
    {{:op, anno, op, expr}, rest}
  end

  defp prefix(tokens) do
    {expr, rest} = primary(tokens)
    access(expr, rest)
  end

  # Records and maps that follow, then a module's function, then one call.
  defp access(expr, [{:"#", anno}, {:"{", _} | rest]) do
    {fields, rest} = map_fields(rest)
    access({:map, anno, expr, fields}, rest)
  end

  defp access(expr, [{:"#", anno}, {:atom, _, name}, {:., _}, {:atom, _, _} = field | rest]),
    do: access({:record_field, anno, expr, name, field}, rest)

  defp access(expr, [{:"#", anno}, {:atom, _, name}, {:"{", _} | rest]) do
    {fields, rest} = record_fields(rest)
    access({:record, anno, expr, name, fields}, rest)
  end

  defp access(expr, [{:":", anno} | rest]) do
    {function, rest} = primary(rest)
    call({:remote, anno, expr, function}, rest)
  end

  defp access(expr, rest), do: call(expr, rest)

  defp call(function, [{:"(", _} | rest]) do
    {args, rest} = separated(rest, :")")
    {{:call, elem(function, 1) |> called_at(function), function, args}, rest}
  end

  defp call(expr, rest), do: {expr, rest}

  defp called_at(_anno, {:remote, _, module, _}), do: elem(module, 1)
  defp called_at(anno, _function), do: anno

  defp primary([{kind, _, _} = token | rest]) when kind in [:var, :atom, :integer, :float, :char], do: {token, rest}
  defp primary([{:string, anno, string} | rest]), do: strings(rest, anno, string)

  defp primary([{:"(", _} | rest]) do
    {expr, rest} = expr(rest)
    {expr, expect(rest, :")")}
  end

  defp primary([{:"{", anno} | rest]) do
    {elements, rest} = separated(rest, :"}")
    {{:tuple, anno, elements}, rest}
  end

  defp primary([{:"[", anno}, {:"]", _} | rest]), do: {{nil, anno}, rest}

  defp primary([{:"[", anno} | rest]) do
    {head, rest} = expr(rest)

    case rest do
      [{:||, _} | rest] ->
        {qualifiers, rest} = qualifiers(rest)
        {{:lc, anno, head, qualifiers}, expect(rest, :"]")}

      _ ->
        list_tail(head, anno, rest)
    end
  end

  defp primary([{:"<<", anno}, {:">>", _} | rest]), do: {{:bin, anno, []}, rest}
  defp primary([{:"<<", anno} | rest]), do: binary(anno, rest)

  defp primary([{:"#", anno}, {:"{", _} | rest]) do
    {fields, rest} = map_fields(rest)
    {{:map, anno, fields}, rest}
  end

  defp primary([{:"#", anno}, {:atom, _, name}, {:., _}, {:atom, _, _} = field | rest]), do: {{:record_index, anno, name, field}, rest}

  defp primary([{:"#", anno}, {:atom, _, name}, {:"{", _} | rest]) do
    {fields, rest} = record_fields(rest)
    {{:record, anno, name, fields}, rest}
  end

  defp primary([{:begin, anno} | rest]) do
    {body, rest} = exprs(rest)
    {{:block, anno, body}, expect(rest, :end)}
  end

  defp primary([{:if, anno} | rest]) do
    {clauses, rest} = many(rest, &if_clause/1)
    {{:if, anno, clauses}, expect(rest, :end)}
  end

  defp primary([{:case, anno} | rest]) do
    {expr, rest} = expr(rest)
    {clauses, rest} = many(expect(rest, :of), &case_clause/1)
    {{:case, anno, expr, clauses}, expect(rest, :end)}
  end

  defp primary([{:receive, anno}, {:after, _} | rest]) do
    {timeout, body, rest} = timeout(rest)
    {{:receive, anno, [], timeout, body}, expect(rest, :end)}
  end

  defp primary([{:receive, anno} | rest]) do
    {clauses, rest} = many(rest, &case_clause/1)

    case rest do
      [{:after, _} | rest] ->
        {timeout, body, rest} = timeout(rest)
        {{:receive, anno, clauses, timeout, body}, expect(rest, :end)}

      _ ->
        {{:receive, anno, clauses}, expect(rest, :end)}
    end
  end

  defp primary([{:fun, anno} | rest]), do: function(anno, rest)
  defp primary([{:try, anno} | rest]), do: try_expr(anno, rest)
  defp primary(tokens), do: failed(tokens)

  defp strings([{:string, _, more} | rest], anno, string), do: strings(rest, anno, string ++ more)
  defp strings(rest, anno, string), do: {{:string, anno, string}, rest}

  defp expect([{kind, _} | rest], kind), do: rest
  defp expect(tokens, _kind), do: failed(tokens)

  # Expressions between commas up to a closing token.
  defp separated([{close, _} | rest], close), do: {[], rest}

  defp separated(tokens, close) do
    {exprs, rest} = exprs(tokens)
    {exprs, expect(rest, close)}
  end

  defp many(tokens, clause) do
    {first, rest} = clause.(tokens)

    case rest do
      [{:";", _} | rest] ->
        {clauses, rest} = many(rest, clause)
        {[first | clauses], rest}

      _ ->
        {[first], rest}
    end
  end

  defp list_tail(head, anno, [{:",", next} | rest]) do
    {element, rest} = expr(rest)
    {tail, rest} = list_tail(element, next, rest)
    {{:cons, anno, head, tail}, rest}
  end

  defp list_tail(head, anno, [{:|, _} | rest]) do
    {tail, rest} = expr(rest)
    {{:cons, anno, head, tail}, expect(rest, :"]")}
  end

  defp list_tail(head, anno, [{:"]", close} | rest]), do: {{:cons, anno, head, {nil, close}}, rest}
  defp list_tail(_head, _anno, tokens), do: failed(tokens)

  defp qualifiers(tokens) do
    {qualifier, rest} = qualifier(tokens)

    case rest do
      [{:",", _} | rest] ->
        {qualifiers, rest} = qualifiers(rest)
        {[qualifier | qualifiers], rest}

      _ ->
        {[qualifier], rest}
    end
  end

  defp qualifier(tokens) do
    {pattern, rest} = expr(tokens)

    case rest do
      [{:<-, anno} | rest] ->
        {source, rest} = expr(rest)
        {{:generate, anno, pattern, source}, rest}

      [{:<=, anno} | rest] ->
        {source, rest} = expr(rest)
        {{:b_generate, anno, pattern, source}, rest}

      _ ->
        {pattern, rest}
    end
  end

  ## Binaries

  defp binary(anno, tokens) do
    {first, rest} = segment(tokens)

    case {first, rest} do
      {{:bin_element, _, value, :default, :default}, [{:||, _} | rest]} ->
        {qualifiers, rest} = qualifiers(rest)
        {{:bc, anno, value, qualifiers}, expect(rest, :">>")}

      _ ->
        {segments, rest} = segments(first, rest)
        {{:bin, anno, segments}, rest}
    end
  end

  defp segments(segment, [{:",", _} | rest]) do
    {next, rest} = segment(rest)
    {segments, rest} = segments(next, rest)
    {[segment | segments], rest}
  end

  defp segments(segment, [{:">>", _} | rest]), do: {[segment], rest}
  defp segments(_segment, tokens), do: failed(tokens)

  defp segment(tokens) do
    {value, rest} = segment_value(tokens)

    {size, rest} =
      case rest do
        [{:":", _} | rest] -> primary(rest)
        _ -> {:default, rest}
      end

    case rest do
      [{:/, _} | rest] ->
        {types, rest} = segment_types(rest)
        {{:bin_element, elem(value, 1), value, size, types}, rest}

      _ ->
        {{:bin_element, elem(value, 1), value, size, :default}, rest}
    end
  end

  defp segment_value([{op, anno} | rest]) when op in @prefixes do
    {value, rest} = primary(rest)
    {{:op, anno, op, value}, rest}
  end

  defp segment_value(tokens), do: primary(tokens)

  defp segment_types([{:atom, _, name}, {:":", _}, {:integer, _, unit} | rest]), do: more_types({name, unit}, rest)
  defp segment_types([{:atom, _, name} | rest]), do: more_types(name, rest)
  defp segment_types(tokens), do: failed(tokens)

  defp more_types(type, [{:-, _} | rest]) do
    {types, rest} = segment_types(rest)
    {[type | types], rest}
  end

  defp more_types(type, rest), do: {[type], rest}

  ## Maps, records

  defp map_fields([{:"}", _} | rest]), do: {[], rest}

  defp map_fields(tokens) do
    {key, rest} = expr(tokens)

    {kind, anno, rest} =
      case rest do
        [{:"=>", anno} | rest] -> {:map_field_assoc, anno, rest}
        [{:":=", anno} | rest] -> {:map_field_exact, anno, rest}
        _ -> failed(rest)
      end

    {value, rest} = expr(rest)
    more_fields({kind, anno, key, value}, rest, &map_fields/1)
  end

  defp record_fields([{:"}", _} | rest]), do: {[], rest}

  defp record_fields([{kind, anno, _} = name, {:=, _} | rest]) when kind in @type_names do
    {value, rest} = expr(rest)
    more_fields({:record_field, anno, name, value}, rest, &record_fields/1)
  end

  defp record_fields(tokens), do: failed(tokens)

  defp more_fields(_field, [{:",", _}, {:"}", _} = close | _], _next), do: failed([close])

  defp more_fields(field, [{:",", _} | rest], next) do
    {fields, rest} = next.(rest)
    {[field | fields], rest}
  end

  defp more_fields(field, rest, _next), do: {[field], expect(rest, :"}")}

  ## Clauses

  defp guard([{:when, _} | rest]), do: alternatives(rest)
  defp guard(rest), do: {[], rest}

  defp alternatives(tokens) do
    {tests, rest} = exprs(tokens)

    case rest do
      [{:";", _} | rest] ->
        {others, rest} = alternatives(rest)
        {[tests | others], rest}

      _ ->
        {[tests], rest}
    end
  end

  defp body([{:->, _} | rest]), do: exprs(rest)
  defp body(tokens), do: failed(tokens)

  defp if_clause([token | _] = tokens) do
    {guard, rest} = alternatives(tokens)
    {body, rest} = body(rest)
    {{:clause, elem(token, 1), [], guard, body}, rest}
  end

  defp if_clause([]), do: failed([])

  defp case_clause(tokens) do
    {pattern, rest} = expr(tokens)
    {guard, rest} = guard(rest)
    {body, rest} = body(rest)
    {{:clause, elem(pattern, 1), [pattern], guard, body}, rest}
  end

  defp timeout(tokens) do
    {timeout, rest} = expr(tokens)
    {body, rest} = body(rest)
    {timeout, body, rest}
  end

  defp function(anno, [{:atom, _, name}, {:/, _}, {:integer, _, arity} | rest]), do: {{:fun, anno, {:function, name, arity}}, rest}

  defp function(anno, [{kind, _, _} = module, {:":", _}, {kind2, _, _} = name, {:/, _}, {kind3, _, _} = arity | rest])
       when kind in @type_names and kind2 in @type_names and kind3 in [:integer, :var],
       do: {{:fun, anno, {:function, module, name, arity}}, rest}

  defp function(anno, [{:"(", _} | _] = tokens) do
    {clauses, rest} = many(tokens, &fun_clause/1)
    {{:fun, anno, {:clauses, clauses}}, expect(rest, :end)}
  end

  defp function(anno, [{:var, _, name} | _] = tokens) do
    {clauses, rest} =
      many(tokens, fn
        [{:var, _, ^name} | rest] -> fun_clause(rest)
        other -> failed(other)
      end)

    {{:named_fun, anno, name, clauses}, expect(rest, :end)}
  end

  defp function(_anno, tokens), do: failed(tokens)

  defp fun_clause([{:"(", anno} | rest]) do
    {patterns, rest} = separated(rest, :")")
    {guard, rest} = guard(rest)
    {body, rest} = body(rest)
    {{:clause, anno, patterns, guard, body}, rest}
  end

  defp fun_clause(tokens), do: failed(tokens)

  defp try_expr(anno, tokens) do
    {body, rest} = exprs(tokens)

    {clauses, rest} =
      case rest do
        [{:of, _} | rest] -> many(rest, &case_clause/1)
        _ -> {[], rest}
      end

    {handlers, rest} =
      case rest do
        [{:catch, _} | rest] -> many(rest, &handler/1)
        _ -> {[], rest}
      end

    {cleanup, rest} =
      case rest do
        [{:after, _} | rest] -> exprs(rest)
        _ -> {[], rest}
      end

    if handlers == [] and cleanup == [], do: failed(rest)
    {{:try, anno, body, clauses, handlers, cleanup}, expect(rest, :end)}
  end

  defp handler([{kind, anno, _} = class, {:":", _} | rest]) when kind in @type_names do
    {pattern, rest} = and_also(rest)

    # `:Trace` after a reason is read as the module of a call that never comes.
    {pattern, trace, rest} =
      case {pattern, rest} do
        {{:remote, _, reason, {:var, _, _} = trace}, rest} -> {reason, trace, rest}
        {_, rest} -> {pattern, {:var, anno, :_}, rest}
      end

    handler_body(anno, {:tuple, anno, [class, pattern, trace]}, rest)
  end

  defp handler(tokens) do
    {pattern, rest} = and_also(tokens)
    anno = elem(pattern, 1)
    handler_body(anno, {:tuple, anno, [{:atom, anno, :throw}, pattern, {:var, anno, :_}]}, rest)
  end

  defp handler_body(anno, pattern, rest) do
    {guard, rest} = guard(rest)
    {body, rest} = body(rest)
    {{:clause, anno, [pattern], guard, body}, rest}
  end

  ## Terms

  @doc """
  Turns a term into abstract code, with line 0 or the line given.

      iex> :erl_parse.abstract({:a, 1})
      {:tuple, 0, [{:atom, 0, :a}, {:integer, 0, 1}]}
  """
  def abstract(term), do: abstract(term, 0)

  def abstract(term, options) when is_list(options), do: abstract(term, :proplists.get_value(:line, options, :proplists.get_value(:location, options, 0)))
  def abstract(term, anno) when is_integer(term), do: {:integer, anno, term}
  def abstract(term, anno) when is_float(term), do: {:float, anno, term}
  def abstract(term, anno) when is_atom(term), do: {:atom, anno, term}
  def abstract([], anno), do: {nil, anno}
  def abstract(term, anno) when is_tuple(term), do: {:tuple, anno, for(element <- :erlang.tuple_to_list(term), do: abstract(element, anno))}

  def abstract(term, anno) when is_map(term),
    do: {:map, anno, for({key, value} <- :lists.sort(:maps.to_list(term)), do: {:map_field_assoc, anno, abstract(key, anno), abstract(value, anno)})}

  def abstract(term, anno) when is_binary(term),
    do: {:bin, anno, for(<<byte <- term>>, do: {:bin_element, anno, {:integer, anno, byte}, :default, :default})}

  def abstract(term, anno) when is_bitstring(term) do
    bytes = div(bit_size(term), 8)
    <<whole::binary-size(bytes), rest::bitstring>> = term
    bits = bit_size(rest)
    <<last::size(bits)>> = rest
    {:bin, _, segments} = abstract(whole, anno)
    {:bin, anno, segments ++ [{:bin_element, anno, {:integer, anno, last}, {:integer, anno, bits}, :default}]}
  end

  def abstract(term, anno) when is_function(term) do
    case :erlang.fun_info(term, :type) do
      {:type, :external} ->
        {:module, module} = :erlang.fun_info(term, :module)
        {:name, name} = :erlang.fun_info(term, :name)
        {:arity, arity} = :erlang.fun_info(term, :arity)
        {:fun, anno, {:function, {:atom, anno, module}, {:atom, anno, name}, {:integer, anno, arity}}}

      _ ->
        :erlang.error(:function_clause)
    end
  end

  def abstract([head | tail] = list, anno) do
    if characters?(list), do: {:string, anno, list}, else: {:cons, anno, abstract(head, anno), abstract(tail, anno)}
  end

  defp characters?([char | rest]) when is_integer(char) and char in 0..255, do: characters?(rest)
  defp characters?([]), do: true
  defp characters?(_), do: false

  @doc """
  Turns abstract code of a term into the term.

      iex> :erl_parse.normalise({:cons, 1, {:atom, 1, :a}, {nil, 1}})
      [:a]
  """
  def normalise({kind, _, value}) when kind in [:integer, :float, :atom, :string, :char], do: value
  def normalise({nil, _}), do: []
  def normalise({:cons, _, head, tail}), do: [normalise(head) | normalise(tail)]
  def normalise({:tuple, _, elements}), do: :erlang.list_to_tuple(for(element <- elements, do: normalise(element)))
  def normalise({:map, _, fields}), do: :maps.from_list(for({:map_field_assoc, _, key, value} <- fields, do: {normalise(key), normalise(value)}))
  def normalise({:op, _, :+, {kind, _, value}}) when kind in [:integer, :float, :char], do: value
  def normalise({:op, _, :-, {kind, _, value}}) when kind in [:integer, :float, :char], do: -value

  def normalise({:bin, _, _} = bin) do
    {:value, value, _} = :erl_eval.expr(bin, [])
    value
  end

  def normalise({:fun, _, {:function, {:atom, _, module}, {:atom, _, name}, {:integer, _, arity}}}), do: :erlang.make_fun(module, name, arity)
  def normalise(other), do: :erlang.error({:badarg, other})

  @doc """
  Turns abstract code of a term into tokens.

      iex> :erl_parse.tokens({:tuple, 1, [{:atom, 1, :a}]})
      [{:"{", 1}, {:atom, 1, :a}, {:"}", 1}]
  """
  def tokens(abstract), do: tokens(abstract, [])

  @doc "Like `tokens/1`, with tokens to follow."
  def tokens({kind, _, _} = token, more) when kind in [:integer, :float, :atom, :var, :string, :char], do: [token | more]
  def tokens({nil, anno}, more), do: [{:"[", anno}, {:"]", anno} | more]
  def tokens({:op, anno, op, value}, more) when op in [:+, :-], do: [{op, anno} | tokens(value, more)]
  def tokens({:tuple, anno, elements}, more), do: [{:"{", anno} | listed(elements, anno, [{:"}", anno} | more])]
  def tokens({:cons, anno, head, tail}, more), do: [{:"[", anno} | tokens(head, tail_tokens(tail, more))]

  def tokens({:map, anno, fields}, more) do
    fields = for {:map_field_assoc, at, key, value} <- fields, do: {:field, at, key, value}
    [{:"#", anno}, {:"{", anno} | listed(fields, anno, [{:"}", anno} | more])]
  end

  def tokens({:field, anno, key, value}, more), do: tokens(key, [{:"=>", anno} | tokens(value, more)])
  def tokens({:bin, anno, segments}, more), do: [{:"<<", anno} | listed(segments, anno, [{:">>", anno} | more])]
  def tokens({:bin_element, _, value, :default, :default}, more), do: tokens(value, more)
  def tokens({:bin_element, anno, value, size, :default}, more), do: tokens(value, [{:":", anno} | tokens(size, more)])

  defp listed([], _anno, more), do: more
  defp listed([last], _anno, more), do: tokens(last, more)
  defp listed([first | rest], anno, more), do: tokens(first, [{:",", anno} | listed(rest, anno, more)])

  defp tail_tokens({nil, anno}, more), do: [{:"]", anno} | more]
  defp tail_tokens({:cons, anno, head, tail}, more), do: [{:",", anno} | tokens(head, tail_tokens(tail, more))]
  defp tail_tokens(tail, more), do: [{:|, elem(tail, 1)} | tokens(tail, [{:"]", elem(tail, 1)} | more])]

  ## Annotations

  @doc """
  Applies a function to every annotation of abstract code.

      iex> :erl_parse.map_anno(fn _ -> 9 end, {:tuple, 1, [{:atom, 1, :a}]})
      {:tuple, 9, [{:atom, 9, :a}]}
  """
  def map_anno(fun, abstract) do
    {abstract, _} = mapfold_anno(fn anno, acc -> {fun.(anno), acc} end, [], abstract)
    abstract
  end

  @doc "Folds a function over every annotation of abstract code."
  def fold_anno(fun, acc, abstract) do
    {_, acc} = mapfold_anno(fn anno, acc -> {anno, fun.(anno, acc)} end, acc, abstract)
    acc
  end

  @doc "Maps and folds over every annotation of abstract code at once."
  def mapfold_anno(fun, acc, list) when is_list(list), do: :lists.mapfoldl(fn element, acc -> mapfold_anno(fun, acc, element) end, acc, list)

  def mapfold_anno(fun, acc, node) when is_tuple(node) and tuple_size(node) >= 2 and is_atom(elem(node, 0)) do
    [kind, anno | rest] = :erlang.tuple_to_list(node)

    if kind in [:clauses, :function, :unit] do
      {rest, acc} = mapfold_anno(fun, acc, [anno | rest])
      {:erlang.list_to_tuple([kind | rest]), acc}
    else
      {anno, acc} = fun.(anno, acc)
      rest = if kind in [:integer, :float, :atom, :string, :char, :var], do: {rest, acc}, else: mapfold_anno(fun, acc, rest)
      {:erlang.list_to_tuple([kind, anno | elem(rest, 0)]), elem(rest, 1)}
    end
  end

  def mapfold_anno(_fun, acc, other), do: {other, acc}

  @doc "Returns the annotation of abstract code that comes first."
  def first_anno(abstract), do: elem(abstract, 1)

  @doc false
  def new_anno(abstract), do: map_anno(&:erl_anno.new/1, abstract)

  @doc false
  def anno_to_term(abstract), do: map_anno(&:erl_anno.to_term/1, abstract)

  @doc false
  def anno_from_term(abstract), do: map_anno(&:erl_anno.from_term/1, abstract)
end
