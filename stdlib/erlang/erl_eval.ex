defmodule :erl_eval do
  @moduledoc """
  Evaluates Erlang's abstract code, as `:erl_parse` makes it.

  Bindings are a map from variable names. Variables that a branch binds stay bound after it, as Erlang's rules have it. A call
  without a module is one of `:erlang`'s functions, or goes to the local function handler: `{:value, fun}`, called with the name
  and the list of argument values, or `{:eval, fun}`, called with the name, the argument expressions and the bindings.
  """

  @doc "Returns bindings without variables."
  def new_bindings, do: %{}

  @doc """
  Returns all bindings as a list of pairs.

      iex> :erl_eval.bindings(:erl_eval.add_binding(:X, 1, :erl_eval.new_bindings()))
      [X: 1]
  """
  def bindings(bindings), do: :lists.sort(:maps.to_list(to_map(bindings)))

  @doc "Returns the value of a variable: `{:value, value}` or `:unbound`."
  def binding(name, bindings) do
    case to_map(bindings) do
      %{^name => value} -> {:value, value}
      _ -> :unbound
    end
  end

  @doc "Binds a variable."
  def add_binding(name, value, bindings), do: Map.put(to_map(bindings), name, value)

  @doc "Removes a variable."
  def del_binding(name, bindings), do: Map.delete(to_map(bindings), name)

  defp to_map(bindings) when is_map(bindings), do: bindings
  defp to_map(bindings) when is_list(bindings), do: :maps.from_list(bindings)

  @doc """
  Evaluates expressions one after the other: `{:value, value, bindings}` with the value of the last.

      iex> {:ok, tokens, _} = :erl_scan.string(~c"X = 2, X * 3.")
      iex> {:ok, exprs} = :erl_parse.parse_exprs(tokens)
      iex> :erl_eval.exprs(exprs, [])
      {:value, 6, %{X: 2}}
  """
  def exprs(exprs, bindings, local \\ :none, _nonlocal \\ :none) do
    {value, bindings} = body(exprs, to_map(bindings), local)
    {:value, value, bindings}
  end

  @doc """
  Evaluates one expression: `{:value, value, bindings}`.

      iex> :erl_eval.expr({:op, 1, :+, {:integer, 1, 1}, {:integer, 1, 2}}, [])
      {:value, 3, %{}}
  """
  def expr(expr, bindings, local \\ :none, _nonlocal \\ :none) do
    {value, bindings} = eval(expr, to_map(bindings), local)
    {:value, value, bindings}
  end

  @doc "Evaluates expressions that are independent of each other: `{values, bindings}`."
  def expr_list(exprs, bindings, local \\ :none, _nonlocal \\ :none), do: list(exprs, to_map(bindings), local)

  ## Expressions

  defp body([expr], bindings, local), do: eval(expr, bindings, local)

  defp body([expr | rest], bindings, local) do
    {_, bindings} = eval(expr, bindings, local)
    body(rest, bindings, local)
  end

  defp list(exprs, bindings, local) do
    {values, bindings} =
      :lists.foldl(
        fn expr, {values, bindings} ->
          {value, bindings} = eval(expr, bindings, local)
          {[value | values], bindings}
        end,
        {[], bindings},
        exprs
      )

    {:lists.reverse(values), bindings}
  end

  defp eval({:var, _, name}, bindings, _local) do
    case bindings do
      %{^name => value} -> {value, bindings}
      _ -> :erlang.error({:unbound, name})
    end
  end

  defp eval({kind, _, value}, bindings, _local) when kind in [:integer, :float, :atom, :string, :char], do: {value, bindings}
  defp eval({nil, _}, bindings, _local), do: {[], bindings}

  defp eval({:cons, _, head, tail}, bindings, local) do
    {[head, tail], bindings} = list([head, tail], bindings, local)
    {[head | tail], bindings}
  end

  defp eval({:tuple, _, elements}, bindings, local) do
    {values, bindings} = list(elements, bindings, local)
    {:erlang.list_to_tuple(values), bindings}
  end

  defp eval({:map, _, fields}, bindings, local), do: fields(fields, %{}, bindings, local)

  defp eval({:map, _, map, fields}, bindings, local) do
    {map, bindings} = eval(map, bindings, local)
    if not is_map(map), do: :erlang.error({:badmap, map})
    fields(fields, map, bindings, local)
  end

  defp eval({:block, _, exprs}, bindings, local), do: body(exprs, bindings, local)

  defp eval({:match, _, pattern, expr}, bindings, local) do
    {value, bindings} = eval(expr, bindings, local)

    case match(pattern, value, bindings) do
      {:ok, bindings} -> {value, bindings}
      :error -> :erlang.error({:badmatch, value})
    end
  end

  defp eval({:op, _, :andalso, left, right}, bindings, local), do: connective(left, right, false, bindings, local)
  defp eval({:op, _, :orelse, left, right}, bindings, local), do: connective(left, right, true, bindings, local)

  defp eval({:op, _, op, left, right}, bindings, local) do
    {args, bindings} = list([left, right], bindings, local)
    {apply(:erlang, op, args), bindings}
  end

  defp eval({:op, _, op, expr}, bindings, local) do
    {value, bindings} = eval(expr, bindings, local)
    {apply(:erlang, op, [value]), bindings}
  end

  defp eval({:if, _, clauses}, bindings, local), do: clauses(clauses, [], bindings, local, fn -> :erlang.error(:if_clause) end)

  defp eval({:case, _, expr, clauses}, bindings, local) do
    {value, bindings} = eval(expr, bindings, local)
    clauses(clauses, [value], bindings, local, fn -> :erlang.error({:case_clause, value}) end)
  end

  defp eval({:catch, _, expr}, bindings, local) do
    eval(expr, bindings, local)
  catch
    :throw, value -> {value, bindings}
    :exit, reason -> {{:EXIT, reason}, bindings}
    :error, reason -> {{:EXIT, {reason, __STACKTRACE__}}, bindings}
  end

  defp eval({:try, _, exprs, clauses, handlers, cleanup}, bindings, local) do
    try do
      {:value, body(exprs, bindings, local)}
    catch
      kind, reason ->
        raised = {kind, reason, __STACKTRACE__}
        elem(clauses(handlers, [raised], bindings, local, fn -> :erlang.raise(kind, reason, __STACKTRACE__) end), 0)
    else
      {:value, {value, _}} when clauses == [] -> value
      {:value, {value, bound}} -> elem(clauses(clauses, [value], bound, local, fn -> :erlang.error({:try_clause, value}) end), 0)
    after
      if cleanup != [], do: body(cleanup, bindings, local)
    end
    |> then(&{&1, bindings})
  end

  defp eval({:receive, _, clauses}, bindings, local), do: take([], clauses, bindings, local, :infinity, nil)

  defp eval({:receive, _, clauses, timeout, body}, bindings, local) do
    {timeout, bindings} = eval(timeout, bindings, local)
    deadline = if timeout == :infinity, do: :infinity, else: :erlang.monotonic_time(:millisecond) + timeout
    take([], clauses, bindings, local, deadline, body)
  end

  defp eval({:fun, _, {:clauses, clauses}}, bindings, local) do
    {:clause, _, patterns, _, _} = hd(clauses)
    {function(length(patterns), &call_clauses(clauses, &1, bindings, local)), bindings}
  end

  defp eval({:named_fun, _, name, clauses} = fun, bindings, local) do
    {:clause, _, patterns, _, _} = hd(clauses)

    run = fn args ->
      {self, _} = eval(fun, bindings, local)
      call_clauses(clauses, args, Map.put(bindings, name, self), local)
    end

    {function(length(patterns), run), bindings}
  end

  defp eval({:fun, _, {:function, name, arity}}, bindings, local) when is_atom(name) do
    if :erlang.is_builtin(:erlang, name, arity) or local == :none,
      do: {:erlang.make_fun(:erlang, name, arity), bindings},
      else: {function(arity, &local_call(local, name, &1)), bindings}
  end

  defp eval({:fun, _, {:function, module, name, arity}}, bindings, local) do
    {[module, name, arity], bindings} = list([module, name, arity], bindings, local)
    {:erlang.make_fun(module, name, arity), bindings}
  end

  defp eval({:call, _, {:remote, _, module, name}, args}, bindings, local) do
    {[module, name | args], bindings} = list([module, name | args], bindings, local)
    {apply(module, name, args), bindings}
  end

  defp eval({:call, _, {:atom, _, name}, args}, bindings, local) do
    case {local, :erlang.function_exported(:erlang, name, length(args))} do
      {{:eval, fun}, false} ->
        {:value, value, bindings} = fun.(name, args, bindings)
        {value, bindings}

      {_, exported} ->
        {values, bindings} = list(args, bindings, local)
        {if(exported, do: apply(:erlang, name, values), else: local_call(local, name, values)), bindings}
    end
  end

  defp eval({:call, _, fun, args}, bindings, local) do
    {[fun | args], bindings} = list([fun | args], bindings, local)
    {apply(fun, args), bindings}
  end

  defp eval({:lc, _, template, qualifiers}, bindings, local) do
    {comprehend(qualifiers, bindings, local, fn bindings, acc -> [elem(eval(template, bindings, local), 0) | acc] end, [])
     |> :lists.reverse(), bindings}
  end

  defp eval({:bc, _, template, qualifiers}, bindings, local) do
    collect = fn bindings, acc ->
      {value, _} = eval(template, bindings, local)
      <<acc::bitstring, value::bitstring>>
    end

    {comprehend(qualifiers, bindings, local, collect, <<>>), bindings}
  end

  defp eval({:bin, _, segments}, bindings, local) do
    :lists.foldl(
      fn segment, {acc, bindings} ->
        {bits, bindings} = segment(segment, bindings, local)
        {<<acc::bitstring, bits::bitstring>>, bindings}
      end,
      {<<>>, bindings},
      segments
    )
  end

  defp eval({:remote, _, _, _}, _bindings, _local), do: :erlang.error({:badexpr, :":"})
  defp eval(other, _bindings, _local), do: :erlang.error({:badexpr, elem(other, 0)})

  defp connective(left, right, decided, bindings, local) do
    case eval(left, bindings, local) do
      {^decided, bindings} -> {decided, bindings}
      {value, bindings} when is_boolean(value) -> eval(right, bindings, local)
      {value, _} -> :erlang.error({:badarg, value})
    end
  end

  defp fields(fields, map, bindings, local) do
    :lists.foldl(
      fn {kind, _, key, value}, {map, bindings} ->
        {[key, value], bindings} = list([key, value], bindings, local)
        {if(kind == :map_field_exact, do: :maps.update(key, value, map), else: :maps.put(key, value, map)), bindings}
      end,
      {map, bindings},
      fields
    )
  end

  defp local_call({:value, fun}, name, args), do: fun.(name, args)
  defp local_call({:eval, fun}, name, args), do: elem(fun.(name, for(arg <- args, do: :erl_parse.abstract(arg)), %{}), 1)
  defp local_call(_, name, args), do: :erlang.raise(:error, :undef, [{:erl_eval, name, args, []}])

  ## Clauses

  defp clauses([{:clause, _, patterns, guard, body} | rest], values, bindings, local, otherwise) do
    with {:ok, bound} <- match_all(patterns, values, bindings), true <- guard?(guard, bound, local) do
      body(body, bound, local)
    else
      _ -> clauses(rest, values, bindings, local, otherwise)
    end
  end

  defp clauses([], _values, _bindings, _local, otherwise), do: otherwise.()

  # The parameters of a function shadow variables of the same name.
  defp call_clauses(clauses, args, bindings, local) do
    matching =
      Enum.find_value(clauses, fn {:clause, _, patterns, guard, body} ->
        outer = Map.drop(bindings, variables(patterns))

        with {:ok, bound} <- match_all(patterns, args, outer), true <- guard?(guard, bound, local) do
          {body, bound}
        else
          _ -> nil
        end
      end)

    case matching do
      {body, bound} -> elem(body(body, bound, local), 0)
      nil -> :erlang.error(:function_clause)
    end
  end

  defp variables({:var, _, :_}), do: []
  defp variables({:var, _, name}), do: [name]
  defp variables(list) when is_list(list), do: Enum.flat_map(list, &variables/1)
  defp variables(tuple) when is_tuple(tuple), do: variables(:erlang.tuple_to_list(tuple))
  defp variables(_), do: []

  defp guard?([], _bindings, _local), do: true

  defp guard?(alternatives, bindings, local) do
    Enum.any?(alternatives, fn tests ->
      Enum.all?(tests, fn test ->
        try do
          match?({true, _}, eval(test, bindings, local))
        catch
          :error, _ -> false
        end
      end)
    end)
  end

  # Messages that no clause wants are put aside, and sent again in their order once one is taken.
  defp take(aside, clauses, bindings, local, deadline, body) do
    wait = if deadline == :infinity, do: :infinity, else: max(deadline - :erlang.monotonic_time(:millisecond), 0)

    receive do
      message ->
        case chosen(clauses, message, bindings, local) do
          {bound, exprs} ->
            put_back(aside)
            body(exprs, bound, local)

          nil ->
            take([message | aside], clauses, bindings, local, deadline, body)
        end
    after
      wait ->
        put_back(aside)
        body(body, bindings, local)
    end
  end

  defp chosen(clauses, message, bindings, local) do
    Enum.find_value(clauses, fn {:clause, _, patterns, guard, body} ->
      with {:ok, bound} <- match_all(patterns, [message], bindings), true <- guard?(guard, bound, local) do
        {bound, body}
      else
        _ -> nil
      end
    end)
  end

  defp put_back(aside) do
    newer = drain([])
    for message <- :lists.reverse(aside) ++ newer, do: send(self(), message)
  end

  defp drain(messages) do
    receive do
      message -> drain([message | messages])
    after
      0 -> :lists.reverse(messages)
    end
  end

  ## Functions

  defp function(0, run), do: fn -> run.([]) end
  defp function(1, run), do: fn a -> run.([a]) end
  defp function(2, run), do: fn a, b -> run.([a, b]) end
  defp function(3, run), do: fn a, b, c -> run.([a, b, c]) end
  defp function(4, run), do: fn a, b, c, d -> run.([a, b, c, d]) end
  defp function(5, run), do: fn a, b, c, d, e -> run.([a, b, c, d, e]) end
  defp function(6, run), do: fn a, b, c, d, e, f -> run.([a, b, c, d, e, f]) end
  defp function(7, run), do: fn a, b, c, d, e, f, g -> run.([a, b, c, d, e, f, g]) end
  defp function(8, run), do: fn a, b, c, d, e, f, g, h -> run.([a, b, c, d, e, f, g, h]) end
  defp function(9, run), do: fn a, b, c, d, e, f, g, h, i -> run.([a, b, c, d, e, f, g, h, i]) end
  defp function(_, _run), do: :erlang.error(:argument_limit)

  ## Comprehensions

  defp comprehend([], bindings, _local, collect, acc), do: collect.(bindings, acc)

  defp comprehend([{:generate, _, pattern, source} | rest], bindings, local, collect, acc) do
    {values, _} = eval(source, bindings, local)
    outer = Map.drop(bindings, variables(pattern))

    :lists.foldl(
      fn value, acc ->
        case match(pattern, value, outer) do
          {:ok, bound} -> comprehend(rest, Map.merge(bindings, bound), local, collect, acc)
          :error -> acc
        end
      end,
      acc,
      values
    )
  end

  defp comprehend([{:b_generate, _, {:bin, _, segments}, source} | rest], bindings, local, collect, acc) do
    {bits, _} = eval(source, bindings, local)
    outer = Map.drop(bindings, variables(segments))
    generate(segments, bits, outer, bindings, rest, local, collect, acc)
  end

  defp comprehend([filter | rest], bindings, local, collect, acc) do
    case eval(filter, bindings, local) do
      {true, _} -> comprehend(rest, bindings, local, collect, acc)
      {false, _} -> acc
      {value, _} -> :erlang.error({:bad_filter, value})
    end
  end

  defp generate(segments, bits, outer, bindings, rest, local, collect, acc) do
    case match_segments(segments, bits, outer) do
      {:ok, bound, left} when bit_size(left) < bit_size(bits) ->
        acc = comprehend(rest, Map.merge(bindings, bound), local, collect, acc)
        generate(segments, left, outer, bindings, rest, local, collect, acc)

      _ ->
        acc
    end
  end

  ## Patterns

  defp match_all([pattern | patterns], [value | values], bindings) do
    with {:ok, bindings} <- match(pattern, value, bindings), do: match_all(patterns, values, bindings)
  end

  defp match_all([], [], bindings), do: {:ok, bindings}
  defp match_all(_, _, _), do: :error

  defp match({:var, _, :_}, _value, bindings), do: {:ok, bindings}

  defp match({:var, _, name}, value, bindings) do
    case bindings do
      %{^name => ^value} -> {:ok, bindings}
      %{^name => _} -> :error
      _ -> {:ok, Map.put(bindings, name, value)}
    end
  end

  defp match({:match, _, left, right}, value, bindings) do
    with {:ok, bindings} <- match(left, value, bindings), do: match(right, value, bindings)
  end

  defp match({:cons, _, head, tail}, [first | rest], bindings) do
    with {:ok, bindings} <- match(head, first, bindings), do: match(tail, rest, bindings)
  end

  defp match({:tuple, _, patterns}, value, bindings) when is_tuple(value), do: match_all(patterns, :erlang.tuple_to_list(value), bindings)

  defp match({:map, _, fields}, value, bindings) when is_map(value) do
    Enum.reduce_while(fields, {:ok, bindings}, fn {:map_field_exact, _, key, pattern}, {:ok, bindings} ->
      {key, _} = eval(key, bindings, :none)

      with {:ok, found} <- Map.fetch(value, key), {:ok, bindings} <- match(pattern, found, bindings) do
        {:cont, {:ok, bindings}}
      else
        _ -> {:halt, :error}
      end
    end)
  end

  defp match({:bin, _, segments}, value, bindings) when is_bitstring(value) do
    case match_segments(segments, value, bindings) do
      {:ok, bindings, <<>>} -> {:ok, bindings}
      _ -> :error
    end
  end

  # "abc" ++ Rest
  defp match({:op, _, :++, {:string, _, prefix}, pattern}, value, bindings) when is_list(value) do
    if :lists.prefix(prefix, value),
      do: match(pattern, :lists.nthtail(length(prefix), value), bindings),
      else: :error
  end

  defp match({kind, _, _, _}, _value, _bindings) when kind in [:cons, :map], do: :error
  defp match({kind, _, _}, _value, _bindings) when kind in [:tuple, :map, :bin], do: :error

  defp match(constant, value, bindings) do
    case eval(constant, bindings, :none) do
      {^value, _} -> {:ok, bindings}
      _ -> :error
    end
  end

  ## Segments of binaries

  defp segment({:bin_element, _, {:string, _, chars}, size, types}, bindings, _local),
    do: {for(char <- chars, into: <<>>, do: encode(char, spec(size, types, bindings))), bindings}

  defp segment({:bin_element, _, value, size, types}, bindings, local) do
    {value, bindings} = eval(value, bindings, local)
    {encode(value, spec(size, types, bindings)), bindings}
  end

  defp spec(size, types, bindings) do
    types = if types == :default, do: [], else: types
    type = Enum.find(types, :integer, &(&1 in [:integer, :float, :binary, :bytes, :bitstring, :bits, :utf8, :utf16, :utf32]))
    type = Map.get(%{bytes: :binary, bits: :bitstring}, type, type)
    unit = Enum.find_value(types, %{binary: 8, integer: 1, float: 1, bitstring: 1}[type], &(is_tuple(&1) and elem(&1, 1)))
    size = if size == :default, do: nil, else: elem(eval(size, bindings, :none), 0)
    %{type: type, bits: size && size * unit, signed: :signed in types, little: :little in types or (:native in types and :erlang.system_info(:endian) == :little)}
  end

  defp encode(value, %{type: :integer, bits: bits, little: true}), do: <<value::little-size(bits || 8)>>
  defp encode(value, %{type: :integer, bits: bits}), do: <<value::size(bits || 8)>>
  defp encode(value, %{type: :float, bits: bits, little: true}), do: <<value::float-little-size(bits || 64)>>
  defp encode(value, %{type: :float, bits: bits}), do: <<value::float-size(bits || 64)>>
  defp encode(value, %{type: :utf8}), do: <<value::utf8>>
  defp encode(value, %{type: :utf16, little: true}), do: <<value::utf16-little>>
  defp encode(value, %{type: :utf16}), do: <<value::utf16>>
  defp encode(value, %{type: :utf32, little: true}), do: <<value::utf32-little>>
  defp encode(value, %{type: :utf32}), do: <<value::utf32>>
  defp encode(value, %{type: :binary, bits: nil}), do: <<value::binary>>
  defp encode(value, %{bits: nil}), do: <<value::bitstring>>
  defp encode(value, %{bits: bits}), do: <<value::bitstring-size(bits)>>

  defp match_segments([], bits, bindings), do: {:ok, bindings, bits}

  defp match_segments([{:bin_element, _, {:string, _, chars}, size, types} | rest], bits, bindings) do
    wanted = for char <- chars, into: <<>>, do: encode(char, spec(size, types, bindings))
    size = bit_size(wanted)

    case bits do
      <<^wanted::bitstring-size(size), left::bitstring>> -> match_segments(rest, left, bindings)
      _ -> :error
    end
  end

  defp match_segments([{:bin_element, _, pattern, size, types} | rest], bits, bindings) do
    with {:ok, value, left} <- decode(bits, spec(size, types, bindings)),
         {:ok, bindings} <- match(pattern, value, bindings) do
      match_segments(rest, left, bindings)
    else
      _ -> :error
    end
  end

  defp decode(bits, %{type: :integer} = spec) do
    size = spec.bits || 8

    case {bits, spec} do
      {<<value::signed-little-size(size), left::bitstring>>, %{signed: true, little: true}} -> {:ok, value, left}
      {<<value::signed-size(size), left::bitstring>>, %{signed: true, little: false}} -> {:ok, value, left}
      {<<value::little-size(size), left::bitstring>>, %{signed: false, little: true}} -> {:ok, value, left}
      {<<value::size(size), left::bitstring>>, %{signed: false, little: false}} -> {:ok, value, left}
      _ -> :error
    end
  end

  defp decode(bits, %{type: :float} = spec) do
    size = spec.bits || 64

    case {bits, spec.little} do
      {<<value::float-little-size(size), left::bitstring>>, true} -> {:ok, value, left}
      {<<value::float-size(size), left::bitstring>>, false} -> {:ok, value, left}
      _ -> :error
    end
  end

  defp decode(<<value::utf8, left::bitstring>>, %{type: :utf8}), do: {:ok, value, left}
  defp decode(<<value::utf16-little, left::bitstring>>, %{type: :utf16, little: true}), do: {:ok, value, left}
  defp decode(<<value::utf16, left::bitstring>>, %{type: :utf16, little: false}), do: {:ok, value, left}
  defp decode(<<value::utf32-little, left::bitstring>>, %{type: :utf32, little: true}), do: {:ok, value, left}
  defp decode(<<value::utf32, left::bitstring>>, %{type: :utf32, little: false}), do: {:ok, value, left}
  defp decode(_bits, %{type: type}) when type in [:utf8, :utf16, :utf32], do: :error
  defp decode(bits, %{type: :binary, bits: nil}) when is_binary(bits), do: {:ok, bits, <<>>}
  defp decode(bits, %{type: :bitstring, bits: nil}), do: {:ok, bits, <<>>}

  defp decode(bits, %{bits: size}) when is_integer(size) do
    case bits do
      <<value::bitstring-size(size), left::bitstring>> -> {:ok, value, left}
      _ -> :error
    end
  end

  defp decode(_bits, _spec), do: :error
end
