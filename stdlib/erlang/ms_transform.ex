# Makes match specifications of functions that are written out: what `:ets.fun2ms/1` and `:dbg.fun2ms/1` give. Works on quoted clauses, while the call is
# compiled; variables of the surroundings end up as constants of the specification.

defmodule :ms_transform do
  @moduledoc false

  @renamed %{!=: :"/=", <=: :"=<", ===: :"=:=", !==: :"=/=", and: :andalso, or: :orelse}
  @operators [:==, :!=, :===, :!==, :<, :<=, :>, :>=, :+, :-, :*, :/, :and, :or, :not, :andalso, :orelse, :xor, :"=:=", :"=/=", :"=<", :"/="]
  @tests [:is_atom, :is_float, :is_integer, :is_list, :is_number, :is_pid, :is_port, :is_reference, :is_tuple, :is_map, :is_binary, :is_function] ++
           [:is_bitstring, :is_map_key, :is_record, :is_boolean]
  @functions [:abs, :element, :hd, :length, :map_get, :map_size, :node, :round, :size, :bit_size, :byte_size, :tl, :trunc, :self, :float, :tuple_size] ++
               [:div, :rem, :band, :bor, :bxor, :bnot, :bsl, :bsr, :max, :min, :floor, :ceil, :binary_part]
  @names @operators ++ @tests ++ @functions

  # What bodies for calls may call beside.
  @actions [:return_trace, :exception_trace, :message, :caller, :caller_line, :current_stacktrace, :process_dump, :enable_trace, :disable_trace] ++
             [:trace, :silent, :display, :set_seq_token, :get_seq_token, :is_seq_trace, :set_tcw, :get_tcw]

  @doc "The specification, quoted, of the clauses of a function of one argument."
  def transform(clauses, env), do: :lists.map(&clause(&1, env), clauses)

  @doc "The same for calls: the argument is the list of a call's arguments, and bodies may do what tracing does."
  def transform_calls(clauses, env), do: transform(clauses, :maps.put(:calls, true, env))

  defp clause({:->, _, [[head], body]}, env) do
    {pattern, guards} = split(head)
    {pattern, names} = pattern(pattern)
    {pattern, bound} = object(pattern, names)
    guards = :lists.map(&expression(&1, bound, env), guards)
    quoted_tuple([pattern, alternatives(guards), body(body, bound, env)])
  end

  defp clause({:->, meta, _}, env) do
    raise CompileError, file: env.file, line: meta[:line], description: ":ets.fun2ms requires a function of one argument"
  end

  defp split({:when, _, [pattern, guards]}), do: {pattern, guards(guards)}
  defp split(pattern), do: {pattern, []}

  defp guards({:when, _, [first, rest]}), do: [first | guards(rest)]
  defp guards(guard), do: [guard]

  defp alternatives([]), do: []
  defp alternatives([first | rest]), do: [:lists.foldl(&quoted_tuple([:orelse, &2, &1]), first, rest)]

  # The object as a whole may have a name.
  defp object({:whole, name, pattern}, names), do: {pattern, :maps.put(name, :"$_", names)}
  defp object(pattern, names), do: {pattern, names}

  defp pattern({:=, _, [{name, _, context}, pattern]}) when is_atom(name) and is_atom(context), do: whole({name, context}, pattern)
  defp pattern({:=, _, [pattern, {name, _, context}]}) when is_atom(name) and is_atom(context), do: whole({name, context}, pattern)

  defp pattern({name, _, context}) when is_atom(name) and is_atom(context) and name != :_, do: {:_, %{{name, context} => :"$_"}}

  defp pattern(pattern), do: inner(pattern, %{})

  defp whole(name, pattern) do
    {pattern, names} = inner(pattern, %{})
    {{:whole, name, pattern}, names}
  end

  defp inner({:_, _, context}, names) when is_atom(context), do: {:_, names}
  defp inner({:^, _, [variable]}, names), do: {variable, names}

  defp inner({name, _, context}, names) when is_atom(name) and is_atom(context) do
    case names do
      %{{^name, ^context} => number} ->
        {number, names}

      _ ->
        number = :erlang.binary_to_atom("$" <> :erlang.integer_to_binary(map_size(names) + 1))
        {number, :maps.put({name, context}, number, names)}
    end
  end

  defp inner({:{}, meta, elements}, names) do
    {elements, names} = :lists.mapfoldl(&inner/2, names, elements)
    {{:{}, meta, elements}, names}
  end

  defp inner({:%{}, meta, pairs}, names) do
    {pairs, names} = :lists.mapfoldl(&pair/2, names, pairs)
    {{:%{}, meta, pairs}, names}
  end

  defp inner({:|, meta, [head, tail]}, names) do
    {head, names} = inner(head, names)
    {tail, names} = inner(tail, names)
    {{:|, meta, [head, tail]}, names}
  end

  defp inner({first, second}, names) do
    {first, names} = inner(first, names)
    {second, names} = inner(second, names)
    {{first, second}, names}
  end

  defp inner(elements, names) when is_list(elements), do: :lists.mapfoldl(&inner/2, names, elements)
  defp inner(other, names), do: {other, names}

  defp pair({key, value}, names) do
    {value, names} = inner(value, names)
    {{key, value}, names}
  end

  defp body({:__block__, _, expressions}, bound, env), do: :lists.map(&expression(&1, bound, env), expressions)
  defp body(expression, bound, env), do: [expression(expression, bound, env)]

  defp expression({name, _, context} = variable, bound, _env) when is_atom(name) and is_atom(context) do
    case bound do
      %{{^name, ^context} => number} -> number
      _ -> {:const, variable}
    end
  end

  defp expression({:^, _, [variable]}, _bound, _env), do: {:const, variable}
  defp expression({:{}, _, elements}, bound, env), do: quoted_tuple([quoted_tuple(:lists.map(&expression(&1, bound, env), elements))])
  defp expression({:%{}, meta, pairs}, bound, env), do: {:%{}, meta, :lists.map(fn {key, value} -> {key, expression(value, bound, env)} end, pairs)}
  defp expression({first, second}, bound, env), do: quoted_tuple([{expression(first, bound, env), expression(second, bound, env)}])
  defp expression(elements, bound, env) when is_list(elements), do: :lists.map(&expression(&1, bound, env), elements)
  defp expression({:|, meta, [head, tail]}, bound, env), do: {:|, meta, [expression(head, bound, env), expression(tail, bound, env)]}
  defp expression({:object, _, []}, _bound, _env), do: :"$_"
  defp expression({:bindings, _, []}, _bound, _env), do: :"$$"
  defp expression({:elem, _, [tuple, index]}, bound, env), do: call(:element, [{:+, [], [index, 1]}, tuple], bound, env)
  defp expression({{:., _, [:erlang, name]}, _, arguments}, bound, env) when name in @names, do: call(name, arguments, bound, env)
  defp expression({name, _, arguments}, bound, env) when name in @names and is_list(arguments), do: call(name, arguments, bound, env)

  defp expression({name, _, arguments}, bound, %{calls: true} = env) when name in @actions and is_list(arguments), do: call(name, arguments, bound, env)

  defp expression({name, meta, arguments} = quoted, bound, env) when is_list(arguments) do
    case Macro.expand(quoted, %{env | context: :guard}) do
      ^quoted -> raise CompileError, file: env.file, line: meta[:line], description: "#{Macro.to_string({name, meta, arguments})} cannot stand in a match specification"
      expanded -> expression(expanded, bound, env)
    end
  end

  # A name with a dollar would be read as a variable of the specification.
  defp expression(atom, _bound, _env) when is_atom(atom) do
    case :erlang.atom_to_binary(atom) do
      "$" <> _ -> {:const, atom}
      "_" -> {:const, atom}
      _ -> atom
    end
  end

  defp expression(literal, _bound, _env), do: literal

  defp call(:element, [{:+, _, [index, 1]}, tuple], bound, env) when is_integer(index), do: call(:element, [index + 1, tuple], bound, env)
  defp call(name, arguments, bound, env), do: quoted_tuple([:maps.get(name, @renamed, name) | :lists.map(&expression(&1, bound, env), arguments)])

  defp quoted_tuple([first, second]), do: {first, second}
  defp quoted_tuple(elements), do: {:{}, [], elements}
end
