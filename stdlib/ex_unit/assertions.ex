defmodule ExUnit.AssertionError do
  @moduledoc """
  Raised by a failed assertion; holds the code and both sides, for the report.
  """

  @no_value :ex_unit_no_meaningful_value

  defexception left: @no_value,
               right: @no_value,
               message: @no_value,
               expr: @no_value,
               args: @no_value,
               doctest: @no_value,
               context: :==

  @doc "Returns what stands for a side that has no value to show."
  def no_value, do: @no_value

  @impl true
  def message(exception), do: "\n\n" <> ExUnit.Formatter.format_assertion_error(exception)
end

defmodule ExUnit.Assertions do
  @moduledoc """
  The assertions of tests, imported by `use ExUnit.Case`.

  `assert/1` looks at the code it is given, so that a failure shows both sides of an operator,
  pattern and value of a match, or the arguments of a call.
  """

  @no_value :ex_unit_no_meaningful_value

  # ---- assert and refute ----------------------------------------------------------------

  @doc """
  Asserts that an expression is truthy, or that a match succeeds; returns its value.

      iex> assert 1 + 1 == 2
      true
      iex> assert {:ok, x} = {:ok, 3}
      iex> x
      3
  """
  defmacro assert({:=, meta, [left, right]} = assertion) do
    code = escape_quoted(:assert, meta, assertion)

    {left, vars, pins} = pattern_parts(left, __CALLER__)
    escaped = Macro.escape(left)

    quote do
      right = unquote(right)
      expr = unquote(code)

      unquote(vars) =
        case right do
          unquote(left) ->
            ExUnit.Assertions.__truthy__(right, expr)
            unquote(vars)

          _ ->
            raise ExUnit.AssertionError,
              left: unquote(escaped),
              right: right,
              expr: expr,
              message: "match (=) failed" <> ExUnit.Assertions.__pins__(unquote(pins)),
              context: {:match, unquote(pins)}
        end

      right
    end
    |> mark_generated_case()
  end

  defmacro assert({:match?, meta, [left, right]} = assertion) do
    code = escape_quoted(:assert, meta, assertion)
    {left, _vars, pins} = pattern_parts(left, __CALLER__)
    escaped = Macro.escape(left)

    quote do
      right = unquote(right)

      case right do
        unquote(underscored(left)) ->
          true

        _ ->
          raise ExUnit.AssertionError,
            left: unquote(escaped),
            right: right,
            expr: unquote(code),
            message: "match (match?) failed" <> ExUnit.Assertions.__pins__(unquote(pins)),
            context: {:match, unquote(pins)}
      end
    end
    |> mark_generated_case()
  end

  defmacro assert(assertion) do
    if translated = translate_assertion(:assert, assertion, __CALLER__) do
      translated
    else
      {args, value} = extract_args(assertion, __CALLER__)

      quote generated: true do
        if value = unquote(value) do
          value
        else
          raise ExUnit.AssertionError,
            args: unquote(args),
            expr: unquote(escape_quoted(:assert, [], assertion)),
            message: "Expected truthy, got #{inspect(value)}"
        end
      end
    end
  end

  @doc """
  Asserts that an expression is `nil` or `false`; returns it.

      iex> refute 1 == 2
      false
  """
  defmacro refute({:match?, meta, [left, right]} = assertion) do
    code = escape_quoted(:refute, meta, assertion)
    {left, _vars, pins} = pattern_parts(left, __CALLER__)
    escaped = Macro.escape(left)

    quote do
      right = unquote(right)

      case right do
        unquote(underscored(left)) ->
          raise ExUnit.AssertionError,
            left: unquote(escaped),
            right: right,
            expr: unquote(code),
            message:
              "match (match?) succeeded, but should have failed" <>
                ExUnit.Assertions.__pins__(unquote(pins)),
            context: {:match, unquote(pins)}

        _ ->
          false
      end
    end
    |> mark_generated_case()
  end

  defmacro refute(assertion) do
    if translated = translate_assertion(:refute, assertion, __CALLER__) do
      translated
    else
      {args, value} = extract_args(assertion, __CALLER__)

      quote generated: true do
        if value = unquote(value) do
          raise ExUnit.AssertionError,
            args: unquote(args),
            expr: unquote(escape_quoted(:refute, [], assertion)),
            message: "Expected false or nil, got #{inspect(value)}"
        else
          value
        end
      end
    end
  end

  @doc false
  def __truthy__(value, expr) when value == nil or value == false do
    raise ExUnit.AssertionError, expr: expr, message: "Expected truthy, got #{inspect(value)}"
  end

  def __truthy__(_value, _expr), do: :ok

  # Operators: evaluate both sides, then compare.

  @operators [:==, :<, :>, :<=, :>=, :===, :=~, :!==, :!=, :in]

  defp translate_assertion(kind, {operator, _, [_, _]} = expr, caller) when operator in @operators do
    if kernel_operator?(operator, caller), do: translate_operator(kind, expr)
  end

  defp translate_assertion(_kind, _expected, _caller), do: nil

  defp kernel_operator?(operator, caller) do
    case Macro.Env.lookup_import(caller, {operator, 2}) do
      [] -> true
      imports -> Enum.any?(imports, &match?({_, Kernel}, &1))
    end
  end

  defp translate_operator(kind, {operator, meta, [left, right]} = expr) do
    expr = escape_quoted(kind, meta, expr)
    call = {operator, meta, [Macro.var(:left, __MODULE__), Macro.var(:right, __MODULE__)]}
    title = if kind == :assert, do: "Assertion", else: "Refute"

    # Where equality itself is the failure, both sides are shown once.
    equality_check? =
      if kind == :assert, do: operator in [:!=, :!==, :<, :>], else: operator in [:==, :===, :=~, :<=, :>=]

    message = "#{title} with #{operator} failed"
    equal_message = message <> ", both sides are exactly equal"
    context = if operator in [:===, :!==], do: :===, else: :==
    failed? = if kind == :assert, do: quote(do: !result), else: quote(do: result)

    quote generated: true do
      left = unquote(left)
      right = unquote(right)
      result = unquote(call)

      if unquote(failed?) do
        ExUnit.Assertions.__operator_failed__(
          left,
          right,
          unquote(expr),
          unquote(message),
          unquote(equal_message),
          unquote(equality_check?),
          unquote(context)
        )
      end

      result
    end
  end

  @doc false
  def __operator_failed__(left, right, expr, message, equal_message, equality_check?, context) do
    if equality_check? and left === right do
      raise ExUnit.AssertionError, left: left, expr: expr, message: equal_message, context: context
    else
      raise ExUnit.AssertionError, left: left, right: right, expr: expr, message: message, context: context
    end
  end

  # The arguments of a function call are evaluated on their own, to be shown.
  defp extract_args({root, meta, [_ | _] = args} = expr, env) do
    arity = length(args)

    reserved? = is_atom(root) and (Macro.special_form?(root, arity) or Macro.operator?(root, arity))

    if reserved? or Enum.all?(args, &Macro.quoted_literal?/1) or Macro.expand_once(expr, env) != expr do
      {@no_value, expr}
    else
      vars = for i <- 1..arity, do: Macro.var(:"arg#{i}", __MODULE__)

      value =
        quote do
          {unquote_splicing(vars)} = {unquote_splicing(args)}
          unquote({root, meta, vars})
        end

      {vars, value}
    end
  end

  defp extract_args(expr, _env), do: {@no_value, expr}

  defp escape_quoted(kind, meta, expr), do: Macro.escape({kind, meta, [expr]}, prune_metadata: true)

  # ---- Patterns -------------------------------------------------------------------------

  # Expands the macros of a pattern and finds what it binds and pins.
  defp pattern_parts(pattern, caller) do
    pattern = __expand_pattern__(pattern, caller)
    vars = pattern_vars(pattern)
    {pattern, vars, pinned_vars(pattern)}
  end

  @doc false
  def __expand_pattern__({:when, meta, [left, right]}, caller) do
    left = expand_in_match(left, caller)
    right = Macro.prewalk(right, &expand_node(&1, %{caller | context: :guard}))
    {:when, meta, [left, right]}
  end

  def __expand_pattern__(expr, caller), do: expand_in_match(expr, caller)

  defp expand_in_match(expr, caller) do
    expand_pattern(expr, %{caller | context: :match})
  end

  # Pins hold expressions, and what follows `::` sizes and types: neither is a pattern.
  defp expand_pattern({:^, _, [_]} = pin, _env), do: pin

  defp expand_pattern({:"::", meta, [left, right]}, env),
    do: {:"::", meta, [expand_pattern(left, env), right]}

  defp expand_pattern({:%, meta, [name, map]}, env), do: {:%, meta, [name, expand_pattern(map, env)]}

  defp expand_pattern({name, _, context} = var, _env) when is_atom(name) and is_atom(context), do: var

  defp expand_pattern({name, meta, args} = expr, env) when is_list(args) do
    case expand_node(expr, env) do
      ^expr -> {name, meta, Enum.map(args, &expand_pattern(&1, env))}
      expanded -> expand_pattern(expanded, env)
    end
  end

  defp expand_pattern({left, right}, env), do: {expand_pattern(left, env), expand_pattern(right, env)}
  defp expand_pattern(list, env) when is_list(list), do: Enum.map(list, &expand_pattern(&1, env))
  defp expand_pattern(other, _env), do: other

  # A macro of the pattern, other than those the compiler knows as part of patterns.
  defp expand_node({name, _, args} = expr, _env)
       when name in [:{}, :%{}, :<<>>, :%, :|, :=, :<>, :++, :__aliases__, :., :"::"] and is_list(args),
       do: expr

  defp expand_node({name, _, args} = expr, env) when is_atom(name) and is_list(args),
    do: Macro.expand(expr, env)

  defp expand_node({{:., _, [_, _]}, _, args} = expr, env) when is_list(args), do: Macro.expand(expr, env)
  defp expand_node(expr, _env), do: expr

  defp pattern_vars({:when, _, [left, _]}), do: pattern_vars(left)

  defp pattern_vars(pattern) do
    pattern
    |> collect_vars([])
    |> Enum.reverse()
    |> Enum.uniq_by(fn {name, meta, context} -> {name, meta[:counter], context} end)
  end

  defp collect_vars({:^, _, _}, acc), do: acc
  defp collect_vars({:"::", _, [left, _]}, acc), do: collect_vars(left, acc)
  defp collect_vars({:_, _, context}, acc) when is_atom(context), do: acc

  defp collect_vars({name, meta, context}, acc) when is_atom(name) and is_atom(context) do
    if name in [:__MODULE__, :__ENV__, :__DIR__, :__CALLER__, :__STACKTRACE__],
      do: acc,
      else: [{name, [generated: true] ++ Keyword.take(meta, [:counter, :line]), context} | acc]
  end

  defp collect_vars({:%, _, [_name, map]}, acc), do: collect_vars(map, acc)
  defp collect_vars({:@, _, _}, acc), do: acc
  defp collect_vars({_, _, args}, acc) when is_list(args), do: collect_vars(args, acc)
  defp collect_vars({left, right}, acc), do: collect_vars(right, collect_vars(left, acc))
  defp collect_vars([head | tail], acc), do: collect_vars(tail, collect_vars(head, acc))
  defp collect_vars(_, acc), do: acc

  # For patterns whose variables are not to be seen outside.
  defp underscored({:when, meta, [left, right]}), do: {:when, meta, [left, right]}
  defp underscored(pattern), do: mark_vars(pattern)

  defp mark_vars(pattern) do
    Macro.prewalk(pattern, fn
      {name, meta, context} when is_atom(name) and is_atom(context) ->
        {name, [generated: true] ++ meta, context}

      other ->
        other
    end)
  end

  # Code of a list of `{{name, context}, value}` of the pinned variables; each once.
  defp pinned_vars(pattern) do
    {_, pins} =
      Macro.prewalk(pattern, %{}, fn
        {:^, _, [{name, _, context} = var]}, acc when is_atom(name) and is_atom(context) ->
          {:ok, Map.put(acc, {name, context}, var)}

        {:quote, _, [_]}, acc ->
          {:ok, acc}

        {:quote, _, [_, _]}, acc ->
          {:ok, acc}

        other, acc ->
          {other, acc}
      end)

    for {{name, context}, var} <- Enum.sort(pins), do: {{name, context}, var}
  end

  @doc false
  def __pins__([]), do: ""

  def __pins__(pins) do
    content = Enum.map_join(pins, "\n", fn {{name, _context}, value} -> "  #{name} = #{inspect(value)}" end)

    "\nThe following variables were pinned:\n" <> content
  end

  defp mark_generated_case(quoted) do
    Macro.prewalk(quoted, fn
      {:case, meta, args} when is_list(args) -> {:case, Keyword.put(meta, :generated, true), args}
      {:->, meta, args} -> {:->, Keyword.put(meta, :generated, true), args}
      other -> other
    end)
  end

  # ---- Messages -------------------------------------------------------------------------

  @doc """
  Asserts that a message matching `pattern` is or comes into the mailbox within `timeout` milliseconds.

      iex> send(self(), {:hello, 1})
      iex> assert_receive {:hello, n}
      iex> n
      1
  """
  defmacro assert_receive(pattern, timeout \\ nil, failure_message \\ nil) do
    assert_receive(pattern, timeout, failure_message, __CALLER__, :assert_receive)
  end

  @doc """
  Asserts that a message matching `pattern` is in the mailbox.

      iex> send(self(), :hello)
      iex> assert_received :hello
      :hello
  """
  defmacro assert_received(pattern, failure_message \\ nil) do
    assert_receive(pattern, 0, failure_message, __CALLER__, :assert_received)
  end

  defp assert_receive(pattern, timeout, failure_message, caller, function) do
    code = escape_quoted(function, [], pattern)
    {pattern, vars, pins} = pattern_parts(pattern, caller)
    received = Macro.var(:received, __MODULE__)

    clause_head =
      case pattern do
        {:when, meta, [left, right]} -> {:when, meta, [quote(do: unquote(left) = unquote(received)), right]}
        left -> quote(do: unquote(left) = unquote(received))
      end

    finder_head = underscored(pattern)

    quote do
      timeout = unquote(timeout_ast(timeout))

      {unquote(received), unquote(vars)} =
        receive do
          unquote(clause_head) -> {unquote(received), unquote(vars)}
        after
          timeout ->
            ExUnit.Assertions.__timeout__(
              unquote(Macro.escape(pattern)),
              unquote(code),
              unquote(pins),
              fn
                unquote(finder_head) -> true
                _ -> false
              end,
              timeout,
              unquote(failure_message)
            )
        end

      unquote(received)
    end
    |> mark_generated_case()
  end

  defp timeout_ast(nil), do: quote(do: Application.fetch_env!(:ex_unit, :assert_receive_timeout))
  defp timeout_ast(timeout) when is_integer(timeout) and timeout >= 0, do: timeout
  defp timeout_ast(timeout), do: quote(do: ExUnit.Assertions.__timeout__(unquote(timeout), :timeout))

  @doc false
  def __timeout__(timeout, _key) when is_integer(timeout) and timeout >= 0, do: timeout

  def __timeout__(timeout, _key) do
    raise ArgumentError, "timeout must be a non-negative integer, got: #{inspect(timeout)}"
  end

  @max_mailbox_length 10

  @doc false
  def __timeout__(pattern, code, pins, finder, timeout, failure_message) do
    {:messages, messages} = Process.info(self(), :messages)

    cond do
      failure_message != nil ->
        flunk(failure_message)

      Enum.any?(messages, finder) ->
        flunk("""
        Found message matching #{pattern_string(code)} after #{timeout}ms.

        This means the message was delivered too close to the timeout value, you may want to either:

          1. Give an increased timeout to `assert_receive/2`
          2. Increase the default timeout to all `assert_receive` in your
             test_helper.exs by setting ExUnit.configure(assert_receive_timeout: ...)
        """)

      true ->
        count = length(messages)
        shown = Enum.take(messages, -@max_mailbox_length)

        raise ExUnit.AssertionError,
          left: pattern,
          expr: code,
          message:
            "Assertion failed, no matching message after #{timeout}ms" <>
              __pins__(pins) <> mailbox_message(count),
          context: {:mailbox, pins, shown}
    end
  end

  defp mailbox_message(0), do: "\nThe process mailbox is empty."
  defp mailbox_message(1), do: "\nShowing 1 of 1 message in the mailbox"

  defp mailbox_message(count) when count > @max_mailbox_length,
    do: "\nShowing #{@max_mailbox_length} of #{count} messages in the mailbox"

  defp mailbox_message(count), do: "\nShowing #{count} of #{count} messages in the mailbox"

  defp pattern_string({_, _, [pattern]}), do: Macro.to_string(pattern)

  @doc """
  Asserts that no message matching `pattern` is or comes into the mailbox within `timeout` milliseconds.

      iex> refute_receive :bye, 1
      false
  """
  defmacro refute_receive(pattern, timeout \\ nil, failure_message \\ nil) do
    refute_receive_for(pattern, refute_timeout(timeout), failure_message)
  end

  @doc """
  Asserts that no message matching `pattern` is in the mailbox.

      iex> send(self(), :hello)
      iex> refute_received :bye
      false
  """
  defmacro refute_received(pattern, failure_message \\ nil) do
    refute_receive_for(pattern, 0, failure_message)
  end

  defp refute_timeout(nil), do: quote(do: Application.fetch_env!(:ex_unit, :refute_receive_timeout))
  defp refute_timeout(timeout), do: timeout_ast(timeout)

  defp refute_receive_for(pattern, timeout, failure_message) do
    actual = Macro.var(:actual, __MODULE__)

    clause_head =
      case pattern do
        {:when, meta, [left, right]} -> {:when, meta, [quote(do: unquote(left) = unquote(actual)), right]}
        left -> quote(do: unquote(left) = unquote(actual))
      end

    quote do
      receive do
        unquote(clause_head) ->
          flunk(
            unquote(failure_message) ||
              "Unexpectedly received message #{inspect(unquote(actual))} (which matched #{unquote(Macro.to_string(pattern))})"
          )
      after
        unquote(timeout) -> false
      end
    end
    |> mark_generated_case()
  end

  # ---- Functions ------------------------------------------------------------------------

  @doc """
  Asserts that `value` is truthy, and fails with `message` (or an exception) otherwise.

      iex> assert 1, "unused"
      1
  """
  @spec assert(any, String.t() | Exception.t()) :: any | no_return
  def assert(value, message) when is_binary(message) do
    if value, do: value, else: raise(ExUnit.AssertionError, message: message)
  end

  def assert(value, %{__exception__: true} = exception) do
    if value, do: value, else: raise(exception)
  end

  def assert(value, opts) when is_list(opts) do
    if value, do: value, else: raise(ExUnit.AssertionError, opts)
  end

  @doc """
  Asserts that `value` is `nil` or `false`, and fails with `message` otherwise.

      iex> refute nil, "unused"
      nil
  """
  @spec refute(any, String.t() | Exception.t()) :: any | no_return
  def refute(value, message) do
    assert(!value, message)
    value
  end

  @doc """
  Asserts that `function` raises `exception`; returns it.

      iex> assert_raise(ArithmeticError, fn -> 1 + Process.get(:no_number) end).message
      "bad argument in arithmetic expression"
  """
  def assert_raise(exception, function) when is_function(function) do
    error =
      try do
        function.()
      rescue
        error -> {error, without_own_frames(__STACKTRACE__)}
      else
        _ -> :nothing
      end

    case error do
      {%ExUnit.AssertionError{} = failed, stacktrace} when exception != ExUnit.AssertionError ->
        reraise failed, stacktrace

      {%{__struct__: ^exception} = raised, stacktrace} ->
        check_message(exception, raised, stacktrace)
        raised

      {%{__struct__: other} = raised, stacktrace} ->
        message =
          "Expected exception #{inspect(exception)} but got #{inspect(other)} (#{Exception.message(raised)})"

        reraise ExUnit.AssertionError, [message: message], stacktrace

      :nothing ->
        flunk("Expected exception #{inspect(exception)} but nothing was raised")
    end
  end

  defp without_own_frames(stacktrace) do
    for entry <- stacktrace, elem(entry, 0) != __MODULE__, do: entry
  end

  # The message of an exception has to be computable.
  defp check_message(module, error, stacktrace) do
    module.message(error)
  catch
    kind, reason ->
      message =
        "Got exception #{inspect(module)} but it failed to produce a message with:\n\n" <>
          Exception.format(kind, reason, __STACKTRACE__)

      reraise ExUnit.AssertionError, [message: message], stacktrace
  end

  @doc """
  Asserts that `function` raises `exception` with a message, given as a string or a regex.

      iex> error = assert_raise(RuntimeError, ~r/oo/, fn -> raise "foo" end)
      iex> error.message
      "foo"
  """
  def assert_raise(exception, message, function) when is_function(function) do
    error = assert_raise(exception, function)
    actual = Exception.message(error)

    matches? =
      cond do
        is_binary(message) -> actual == message
        is_struct(message, Regex) -> actual =~ message
      end

    if not matches? do
      raise ExUnit.AssertionError,
        message: """
        Wrong message for #{inspect(exception)}
        expected:
          #{inspect(message)}
        actual:
          #{inspect(actual)}\
        """
    end

    error
  end

  @doc """
  Asserts that two numbers differ by at most `delta`.

      iex> assert_in_delta 1.1, 1.5, 0.5
      true
  """
  def assert_in_delta(value1, value2, delta, message \\ nil)

  def assert_in_delta(_, _, delta, _) when delta < 0 do
    raise ArgumentError, "delta must always be a positive number, got: #{inspect(delta)}"
  end

  def assert_in_delta(value1, value2, delta, message) do
    diff = abs(value1 - value2)

    message =
      message ||
        "Expected the difference between #{inspect(value1)} and " <>
          "#{inspect(value2)} (#{inspect(diff)}) to be less than or equal to #{inspect(delta)}"

    assert diff <= delta, message
  end

  @doc """
  Asserts that two numbers differ by at least `delta`.

      iex> refute_in_delta 1.1, 1.5, 0.2
      false
  """
  def refute_in_delta(value1, value2, delta, message \\ nil) do
    diff = abs(value1 - value2)

    message =
      if message do
        message <>
          " (difference between #{inspect(value1)} " <>
          "and #{inspect(value2)} is less than #{inspect(delta)})"
      else
        "Expected the difference between #{inspect(value1)} and " <>
          "#{inspect(value2)} (#{inspect(diff)}) to be more than #{inspect(delta)}"
      end

    refute diff < delta, message
  end

  @doc """
  Asserts that an expression throws; returns the thrown value.

      iex> catch_throw(throw(1))
      1
  """
  defmacro catch_throw(expression), do: do_catch(:throw, expression)

  @doc """
  Asserts that an expression exits; returns the reason.

      iex> catch_exit(exit(1))
      1
  """
  defmacro catch_exit(expression), do: do_catch(:exit, expression)

  @doc """
  Asserts that an expression raises an error; returns its reason.

      iex> catch_error(:erlang.error(1))
      1
  """
  defmacro catch_error(expression), do: do_catch(:error, expression)

  defp do_catch(kind, expression) do
    quote do
      try do
        _ = unquote(expression)
        flunk("Expected to catch #{unquote(kind)}, got nothing")
      rescue
        e in [ExUnit.AssertionError] ->
          reraise e, __STACKTRACE__
      catch
        unquote(kind), we_got -> we_got
      end
    end
  end

  @doc """
  Fails.

      iex> assert_raise(ExUnit.AssertionError, fn -> flunk("no") end).message
      "no"
  """
  @spec flunk(String.t()) :: no_return
  def flunk(message \\ "Flunked!") when is_binary(message) do
    raise ExUnit.AssertionError, message: message
  end
end
