# Compiled after Kernel.Utils; uses none of the operators it implements.

defmodule Kernel.Operators do
  @moduledoc false

  ## in

  # A literal list or range becomes comparisons. In a guard nothing else is possible.
  def member(left, right, %{context: :guard} = env) do
    case expand_right(right, env) do
      list when is_list(list) -> member_of_list_guard(left, list)
      {:.., _, [first, last]} -> member_of_range(left, first, last, 1)
      {:"..//", _, [first, last, step]} -> member_of_range(left, first, last, step)
      {:%{}, _, [__struct__: Range, first: f, last: l, step: s]} -> member_of_range(left, f, l, s)
      {:%, _, [Range, {:%{}, _, fields}]} -> member_of_range_fields(left, fields)
      other -> not_in_guard(other)
    end
  end

  def member(_left, _right, %{context: :match}), do: Kernel.Utils.invalid_context!(:match, :in)

  def member(left, right, env) do
    case expand_right(right, env) do
      [] ->
        quote do
          _ = unquote(left)
          false
        end

      [head | tail] = list ->
        case literals?(list) do
          true -> literal_case(left, [head | tail])
          false -> member_of_list(left, list)
        end

      {:.., _, [first, last]} when is_integer(first) and is_integer(last) ->
        bound_member(left, first, last, range_step(first, last))

      {:"..//", _, [first, last, step]} when is_integer(first) and is_integer(last) and is_integer(step) ->
        bound_member(left, first, last, step)

      other ->
        quote do: Enum.member?(unquote(other), unquote(left))
    end
  end

  defp not_in_guard(other) do
    raise ArgumentError,
          "invalid right argument for operator \"in\", it expects a compile-time proper list or compile-time range on the right side when used in guard expressions, got: #{Macro.to_string(other)}"
  end

  defp expand_right({:.., _, [_, _]} = range, _env), do: range
  defp expand_right({:"..//", _, [_, _, _]} = range, _env), do: range
  defp expand_right(list, _env) when is_list(list), do: list
  defp expand_right(right, %{context: :guard} = env), do: Kernel.Utils.expand_top(right, env)
  defp expand_right({:@, _, [_]} = right, env), do: Kernel.Utils.expand_top(right, env)

  defp expand_right({sigil, _, [{:<<>>, _, _}, modifiers]} = right, env) when is_atom(sigil) and is_list(modifiers) do
    Kernel.Utils.expand_top(right, env)
  end

  defp expand_right(right, _env), do: right

  defp literals?([{:|, _, [_, _]}]), do: false
  defp literals?([head | tail]) when is_atom(head) or is_integer(head) or is_binary(head), do: literals?(tail)
  defp literals?([]), do: true
  defp literals?(_), do: false

  defp literal_case(left, list) do
    {:case, [], [left, [do: literal_clauses(list, [])]]}
  end

  defp literal_clauses([head | tail], seen) do
    case :lists.member(head, seen) do
      true -> literal_clauses(tail, seen)
      false -> [{:->, [generated: true], [[head], true]} | literal_clauses(tail, [head | seen])]
    end
  end

  defp literal_clauses([], _seen), do: [{:->, [generated: true], [[{:_, [], nil}], false]}]

  defp member_of_list(left, [{:|, _, [_, _]}] = list) do
    quote do: :lists.member(unquote(left), unquote(list))
  end

  defp member_of_list(left, list) do
    quote do: :lists.member(unquote(left), unquote(list))
  end

  defp member_of_list_guard(left, [{:|, _, [head, tail]}]) when is_list(tail) do
    either(equal(left, head), member_of_list_guard(left, tail))
  end

  defp member_of_list_guard(_left, [{:|, _, [_, tail]}]), do: not_in_guard([{:|, [], [nil, tail]}])

  defp member_of_list_guard(_left, []), do: false
  defp member_of_list_guard(left, [head]), do: equal(left, head)
  defp member_of_list_guard(left, [head | tail]), do: either(equal(left, head), member_of_list_guard(left, tail))

  defp member_of_range_fields(left, fields) do
    {:first, first} = :lists.keyfind(:first, 1, fields)
    {:last, last} = :lists.keyfind(:last, 1, fields)
    {:step, step} = :lists.keyfind(:step, 1, fields)
    member_of_range(left, first, last, step)
  end

  # The left side may be a call: it is evaluated once.
  defp bound_member({name, _, context} = left, first, last, step) when is_atom(name) and is_atom(context) do
    in_body(member_of_range(left, first, last, step))
  end

  defp bound_member(left, first, last, step) do
    var = quote do: value

    quote do
      unquote(var) = unquote(left)
      unquote(in_body(member_of_range(var, first, last, step)))
    end
  end

  defp member_of_range(left, first, last, step) when is_integer(first) and is_integer(last) and is_integer(step) do
    # Without a written step, `first..last` with last < first counts down.
    step = if step == 1 and last < first, do: -1, else: step

    cond do
      step == 0 -> raise ArgumentError, zero_step(first, last, step)
      step > 0 and last < first -> false
      step < 0 and first < last -> false
      step > 0 -> both(both(integer(left), at_least(left, first)), stepped(left, first, step, at_most(left, last)))
      true -> both(both(integer(left), at_least(left, last)), stepped(left, first, step, at_most(left, first)))
    end
  end

  defp member_of_range(left, first, last, 1) do
    ascending = both(at_most(first, last), both(at_least(left, first), at_most(left, last)))
    descending = both(quote(do: :erlang.<(unquote(last), unquote(first))), both(at_least(left, last), at_most(left, first)))
    both(both(integer(left), both(integer(first), integer(last))), either(ascending, descending))
  end

  defp member_of_range(left, first, last, step) do
    up = both(quote(do: :erlang.>(unquote(step), 0)), both(at_least(left, first), at_most(left, last)))
    down = both(quote(do: :erlang.<(unquote(step), 0)), both(at_least(left, last), at_most(left, first)))
    reached = quote do: :erlang."=:="(:erlang.rem(:erlang.-(unquote(left), unquote(first)), unquote(step)), 0)
    both(both(integer(left), both(integer(first), both(integer(last), integer(step)))), both(either(up, down), reached))
  end

  defp stepped(_left, _first, step, condition) when step == 1 or step == -1, do: condition

  defp stepped(left, first, step, condition) do
    both(condition, quote(do: :erlang."=:="(:erlang.rem(:erlang.-(unquote(left), unquote(first)), unquote(step)), 0)))
  end

  defp integer(value) when is_integer(value), do: true
  defp integer(expr), do: quote(do: :erlang.is_integer(unquote(expr)))
  defp equal(left, right), do: quote(do: :erlang."=:="(unquote(left), unquote(right)))
  defp at_least(left, right), do: quote(do: :erlang.>=(unquote(left), unquote(right)))
  defp at_most(left, right), do: quote(do: :erlang."=<"(unquote(left), unquote(right)))
  defp both(true, right), do: right
  defp both(left, true), do: left
  defp both(left, right), do: quote(do: :erlang.andalso(unquote(left), unquote(right)))
  defp either(left, right), do: quote(do: :erlang.orelse(unquote(left), unquote(right)))

  defp in_body({{:., _, [:erlang, :andalso]}, _, [left, right]}) do
    quote do
      case unquote(in_body(left)) do
        true -> unquote(in_body(right))
        false -> false
      end
    end
  end

  defp in_body(other), do: other

  ## Ranges

  def full_range(), do: range_literal(0, -1, 1)

  def range(first, last, %{context: context}) do
    cond do
      context == :match ->
        quote do: %{__struct__: Range, first: unquote(first), last: unquote(last)}

      is_integer(first) and is_integer(last) ->
        range_literal(first, last, range_step(first, last))

      bad_bound?(first) or bad_bound?(last) ->
        raise ArgumentError,
              "ranges (first..last) expect both sides to be integers, got: #{Macro.to_string({:.., [], [first, last]})}"

      true ->
        quote do: Range.new(unquote(first), unquote(last))
    end
  end

  def range(first, last, step, %{context: context}) do
    cond do
      context == :match ->
        quote do: %{__struct__: Range, first: unquote(first), last: unquote(last), step: unquote(step)}

      step == 0 ->
        raise ArgumentError, zero_step(first, last, step)

      is_integer(first) and is_integer(last) and is_integer(step) ->
        range_literal(first, last, step)

      bad_bound?(first) or bad_bound?(last) or bad_bound?(step) ->
        raise ArgumentError,
              "ranges (first..last//step) expect both sides to be integers and the step to be a non-zero integer, got: #{Macro.to_string({:"..//", [], [first, last, step]})}"

      true ->
        quote do: Range.new(unquote(first), unquote(last), unquote(step))
    end
  end

  defp zero_step(first, last, step) do
    "ranges (first..last//step) expect the step to be a non-zero integer, got: #{Macro.to_string({:"..//", [], [first, last, step]})}"
  end

  defp bad_bound?(term), do: is_float(term) or is_atom(term) or is_list(term) or is_binary(term)

  defp range_step(first, last) when last < first, do: -1
  defp range_step(_first, _last), do: 1

  defp range_literal(first, last, step) do
    {:%{}, [], [__struct__: Range, first: first, last: last, step: step]}
  end

  ## Pipes

  def pipe(left, right), do: insert_argument(left, right, 0)

  # Puts an expression among the arguments of a call; also behind Macro.pipe/3.
  def insert_argument(expr, {:&, _, _} = call, _position) do
    bad_pipe(
      expr,
      call,
      "the & operator is used to build functions; use Kernel.then/2 to call it, or name what is piped into"
    )
  end

  def insert_argument(expr, {tuple_or_map, _, _} = call, _position) when tuple_or_map == :{} or tuple_or_map == :%{} do
    bad_pipe(expr, call, "can only pipe into local calls foo(), remote calls Foo.bar() or anonymous function calls foo.()")
  end

  def insert_argument(expr, {:fn, _, _} = call, _position) do
    raise ArgumentError,
          "cannot pipe #{Macro.to_string(expr)} into an anonymous function without calling the function; use Kernel.then/2 instead or define the anonymous function as a regular private function: #{Macro.to_string(call)}"
  end

  def insert_argument(expr, {:__aliases__, _, _} = call, _position), do: bad_pipe(expr, call)
  def insert_argument(expr, {:<<>>, _, _} = call, _position), do: bad_pipe(expr, call)
  def insert_argument(_expr, {:unquote, _, []}, _position), do: raise(ArgumentError, "wrong number of arguments for unquote")

  def insert_argument(expr, {{:., _, [Access, :get]}, _, [_, _]} = call, _position) do
    bad_pipe(expr, call, "brackets cannot be piped into; use Access.get/2 or pipe before them")
  end

  def insert_argument(expr, {operator, _, [_, _]} = call, _position)
      when operator == :+ or operator == :- or operator == :* or operator == :/ or operator == :++ or operator == :-- or
             operator == :<> or operator == :&& or operator == :|| or operator == :and or operator == :or or
             operator == :in or operator == :== or operator == :!= or operator == :=== or operator == :!== or
             operator == :< or operator == :> or operator == :<= or operator == :>= or operator == :=~ or
             operator == :.. or operator == :| or operator == := or operator == :"::" or operator == :when or
             operator == :<- or operator == :\\ or operator == :** do
    bad_pipe(expr, call, "the #{Kernel.inspect(operator)} operator can only take two arguments")
  end

  def insert_argument(expr, {call, meta, context}, position) when is_atom(call) and is_atom(context) do
    case call == :__MODULE__ or call == :__ENV__ or call == :__CALLER__ do
      true -> bad_pipe(expr, {call, meta, context})
      false -> {call, meta, insert_at([], position, expr)}
    end
  end

  def insert_argument(expr, {call, meta, args}, position) when is_list(args) do
    case call == :. do
      true -> bad_pipe(expr, {call, meta, args})
      false -> {call, without_no_parens(meta), insert_at(args, position, expr)}
    end
  end

  def insert_argument(expr, other, _position), do: bad_pipe(expr, other)

  defp bad_pipe(expr, call) do
    bad_pipe(expr, call, "can only pipe into local calls foo(), remote calls Foo.bar() or anonymous function calls foo.()")
  end

  defp bad_pipe(expr, call, reason) do
    raise ArgumentError, "cannot pipe #{Macro.to_string(expr)} into #{Macro.to_string(call)}, #{reason}"
  end

  defp without_no_parens([{:no_parens, true} | rest]), do: rest
  defp without_no_parens([pair | rest]), do: [pair | without_no_parens(rest)]
  defp without_no_parens([]), do: []

  defp insert_at(list, 0, expr), do: [expr | list]
  defp insert_at([head | tail], position, expr) when position > 0, do: [head | insert_at(tail, position - 1, expr)]
  defp insert_at([], _position, expr), do: [expr]

  ## <>

  def binary_concat(left, right, env) do
    {:<<>>, [], segments([left | operands(right)], env)}
  end

  defp operands({:<>, _, [left, right]}), do: [left | operands(right)]
  defp operands(last), do: [last]

  defp segments([last], _env), do: [segment(last)]

  defp segments([operand | rest], %{context: :match} = env) do
    [prefix(operand, env) | segments(rest, env)]
  end

  defp segments([operand | rest], env), do: [segment(operand) | segments(rest, env)]

  defp segment(binary) when is_binary(binary), do: binary

  defp segment(other) when is_number(other) or is_atom(other) or is_list(other) do
    raise ArgumentError, "expected binary argument in <> operator but got: #{Macro.to_string(other)}"
  end

  defp segment(expr), do: {:"::", [], [expr, {:binary, [], nil}]}

  # All but the last operand of a pattern need a size.
  defp prefix({:^, _, [var]} = pin, _env) do
    size = quote do: :erlang.byte_size(unquote(var))
    {:"::", [], [pin, {:-, [], [{:binary, [], nil}, {:size, [], [size]}]}]}
  end

  defp prefix({:<<>>, _, _} = binary, _env), do: {:"::", [], [binary, {:binary, [], nil}]}
  defp prefix({name, _, context} = var, _env) when is_atom(name) and is_atom(context), do: unknown_size(var)
  defp prefix(binary, _env) when is_binary(binary), do: binary
  defp prefix(other, _env) when is_number(other) or is_atom(other) or is_list(other), do: segment(other)

  defp prefix(expr, env) do
    case Kernel.Utils.expand_top(expr, env) do
      binary when is_binary(binary) -> binary
      {:<<>>, _, _} = binary -> segment(binary)
      other -> unknown_size(other)
    end
  end

  defp unknown_size(expr) do
    raise ArgumentError,
          "cannot perform prefix match because the left operand of <> has unknown size. The left operand of <> inside a match should either be a literal binary or an existing variable with the pin operator (such as ^some_var). Got: #{Macro.to_string(expr)}"
  end
end
