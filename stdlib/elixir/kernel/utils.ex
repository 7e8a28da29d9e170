# Compiled second, right after Kernel: may use Kernel's macros except those that lead to modules compiled later
# (in, |>, <>, ranges, sigils, paths) and those that lead here.
#
# What the compiler finds about a struct while its module is being compiled: the attribute `:__struct__` holds the
# struct with its defaults, `:enforce_keys` the list of keys that must be given, and `:__struct_info__` what
# `__info__(:struct)` is to return: a list of %{field: name, default: value} in the order of definition. After
# compilation `__struct__/0,1` serve the first two.

defmodule Kernel.Utils do
  @moduledoc false

  ## Functions behind functions of Kernel

  def inspect_term(term, []) do
    case :persistent_term.get({Inspect.Opts, :inspect_fun}, nil) do
      nil -> Inspect.Plain.inspect(term)
      fun -> inspect_term(term, inspect_fun: fun)
    end
  end

  def inspect_term(term, opts) do
    opts = Inspect.Opts.new(opts)

    limit =
      case opts do
        %{pretty: true, width: width} -> width
        _ -> :infinity
      end

    doc = Inspect.Algebra.group(Inspect.Algebra.to_doc(term, opts))
    :erlang.iolist_to_binary(Inspect.Algebra.format(doc, limit))
  end

  def new_struct(struct, []) when is_atom(struct), do: checked_struct(struct, struct.__struct__(), "__struct__/0")

  def new_struct(struct, fields) when is_atom(struct) do
    new_struct(checked_struct(struct, struct.__struct__(), "__struct__/0"), fields)
  end

  def new_struct(%_{} = struct, []), do: struct
  def new_struct(%_{} = struct, fields) when is_list(fields), do: merge_known(fields, struct)
  def new_struct(%_{} = struct, fields), do: merge_known(Enum.to_list(fields), struct)

  defp merge_known([{:__struct__, _} | rest], struct), do: merge_known(rest, struct)

  defp merge_known([{key, value} | rest], struct) do
    case struct do
      %{^key => _} -> merge_known(rest, %{struct | key => value})
      _ -> merge_known(rest, struct)
    end
  end

  defp merge_known([], struct), do: struct

  def new_struct!(struct, fields) when is_atom(struct) do
    checked_struct(struct, struct.__struct__(fields), "__struct__/1")
  end

  def new_struct!(%_{} = struct, []), do: struct
  def new_struct!(%_{} = struct, fields) when is_list(fields), do: merge_all(fields, struct)
  def new_struct!(%_{} = struct, fields), do: merge_all(Enum.to_list(fields), struct)

  defp merge_all([{:__struct__, _} | rest], struct), do: merge_all(rest, struct)
  defp merge_all([{key, value} | rest], struct), do: merge_all(rest, replace_field!(struct, key, value))
  defp merge_all([], struct), do: struct

  defp replace_field!(struct, key, value) do
    case struct do
      %{^key => _} -> %{struct | key => value}
      _ -> :erlang.error(KeyError.exception(key: key, term: struct))
    end
  end

  defp checked_struct(_module, %{__struct__: name} = struct, _function) when is_atom(name), do: struct

  defp checked_struct(module, other, function) do
    raise ArgumentError,
          "expected #{Kernel.inspect(module)}.#{function} to return a map with a :__struct__ key that holds the name of the struct (atom), got: #{Kernel.inspect(other)}"
  end

  def fit_list(list, count) when is_list(list) and is_integer(count) and count >= 0, do: take_or_pad(list, count)
  def fit_list(nil, count) when is_integer(count) and count >= 0, do: take_or_pad([], count)

  defp take_or_pad(_list, 0), do: []
  defp take_or_pad([head | tail], count), do: [head | take_or_pad(tail, count - 1)]
  defp take_or_pad([], count), do: [nil | take_or_pad([], count - 1)]

  def exception_from(message) when is_binary(message), do: RuntimeError.exception(message)
  def exception_from(module) when is_atom(module), do: module.exception([])
  def exception_from(%_{__exception__: true} = exception), do: exception

  def exception_from(other) do
    ArgumentError.exception(
      "raise/1 and reraise/2 expect a module name, string or exception as the first argument, got: #{Kernel.inspect(other)}"
    )
  end

  def timeout_of(:infinity), do: :infinity
  def timeout_of(timeout) when is_integer(timeout) and timeout >= 0, do: timeout

  def timeout_of(%{__struct__: Duration, year: 0, month: 0, microsecond: {microsecond, _}} = duration) do
    milliseconds =
      milliseconds(:week, duration.week) + milliseconds(:day, duration.day) + milliseconds(:hour, duration.hour) +
        milliseconds(:minute, duration.minute) + milliseconds(:second, duration.second) + div(microsecond, 1000)

    case milliseconds >= 0 do
      true -> milliseconds
      false -> raise ArgumentError, "a negative duration is no timeout, got: #{Kernel.inspect(duration)}"
    end
  end

  def timeout_of(%{__struct__: Duration} = duration) do
    raise ArgumentError,
          "duration with a non-zero number of years or months cannot be made a timeout, got: #{Kernel.inspect(duration)}"
  end

  def timeout_of(components) when is_list(components), do: sum_components(components, [], 0)

  defp sum_components([{unit, amount} | rest], seen, total) do
    case :lists.member(unit, seen) do
      true -> raise ArgumentError, "timeout component #{Kernel.inspect(unit)} is duplicated"
      false -> :ok
    end

    case milliseconds(unit, 1) do
      nil ->
        raise ArgumentError,
              "timeout component #{Kernel.inspect(unit)} is not a valid timeout component, valid values are: :week, :day, :hour, :minute, :second, :millisecond"

      factor when is_integer(amount) and amount >= 0 ->
        sum_components(rest, [unit | seen], total + factor * amount)

      _ ->
        raise ArgumentError,
              "timeout component #{Kernel.inspect(unit)} must be a non-negative integer, got: #{Kernel.inspect(amount)}"
    end
  end

  defp sum_components([], _seen, total), do: total

  defp milliseconds(:week, count), do: 604_800_000 * count
  defp milliseconds(:day, count), do: 86_400_000 * count
  defp milliseconds(:hour, count), do: 3_600_000 * count
  defp milliseconds(:minute, count), do: 60_000 * count
  defp milliseconds(:second, count), do: 1000 * count
  defp milliseconds(:millisecond, count), do: count
  defp milliseconds(_unit, _count), do: nil

  ## Helpers of macros

  def invalid_context!(:guard, operator) do
    raise ArgumentError, "invalid expression in guard, #{operator} is not allowed in guards"
  end

  def invalid_context!(:match, operator) do
    raise ArgumentError, "invalid expression in match, #{operator} is not allowed in patterns such as function clauses, case clauses or on the left side of the = operator"
  end

  # Expands macros and aliases at the top of the expression until nothing changes.
  def expand_top(ast, env) do
    case :phial_compiler.expand_once(ast, env) do
      {ast, true} -> expand_top(ast, env)
      {ast, false} -> ast
    end
  end

  # The code that builds a term again. Only what can stand in code can be escaped.
  def escape(term) when is_atom(term) or is_number(term) or is_binary(term), do: term
  def escape([]), do: []
  def escape([_ | _] = list), do: escape_list(list)
  def escape({left, right}), do: {escape(left), escape(right)}
  def escape(tuple) when is_tuple(tuple), do: {:{}, [], escape_list(:erlang.tuple_to_list(tuple))}

  def escape(map) when is_map(map) do
    {:%{}, [], escape_pairs(:lists.sort(:maps.to_list(map)))}
  end

  def escape(bitstring) when is_bitstring(bitstring) do
    size = :erlang.bit_size(bitstring)
    bits = rem(size, 8)
    bytes = size - bits
    <<head::bitstring-size(bytes), last::size(bits)>> = bitstring
    {:<<>>, [], escape_bytes(head, [{:"::", [], [last, {:size, [], [bits]}]}])}
  end

  def escape(fun) when is_function(fun) do
    case {:erlang.fun_info(fun, :module), :erlang.fun_info(fun, :name), :erlang.fun_info(fun, :arity),
          :erlang.fun_info(fun, :type)} do
      {{:module, module}, {:name, name}, {:arity, arity}, {:type, :external}} ->
        {:&, [], [{:/, [], [{{:., [], [module, name]}, [no_parens: true], []}, arity]}]}

      _ ->
        cannot_escape(fun)
    end
  end

  def escape(pid) when is_pid(pid), do: pid
  def escape(other), do: cannot_escape(other)

  defp escape_bytes(<<byte, rest::bitstring>>, last), do: [byte | escape_bytes(rest, last)]
  defp escape_bytes(<<>>, last), do: last

  defp escape_list([head | tail]) when is_list(tail), do: [escape(head) | escape_list(tail)]
  defp escape_list([head | tail]), do: [{:|, [], [escape(head), escape(tail)]}]
  defp escape_list([]), do: []

  defp escape_pairs([{key, value} | rest]), do: [{escape(key), escape(value)} | escape_pairs(rest)]
  defp escape_pairs([]), do: []

  defp cannot_escape(term) do
    raise ArgumentError,
          "cannot escape #{Kernel.inspect(term)}. The supported values are: lists, tuples, maps, atoms, numbers, bitstrings, PIDs and remote functions in the format &Mod.fun/arity"
  end

  def expand_binding(context, env) do
    %{versioned_vars: vars, context: in_context} = env

    case in_context do
      :match -> invalid_context!(:match, "binding/0")
      _ -> binding_pairs(:lists.sort(:maps.keys(vars)), context)
    end
  end

  defp binding_pairs([{name, context} | rest], context) do
    [{name, {name, [generated: true], context}} | binding_pairs(rest, context)]
  end

  defp binding_pairs([_ | rest], context), do: binding_pairs(rest, context)
  defp binding_pairs([], _context), do: []

  def expand_use({{:., _, [base, :{}]}, _, modules}, opts), do: {:__block__, [], use_each(base, modules, opts)}

  def expand_use(module, opts) do
    quote do
      require unquote(module)
      unquote(module).__using__(unquote(opts))
    end
  end

  defp use_each(base, [module | rest], opts), do: [expand_use(join_alias(base, module), opts) | use_each(base, rest, opts)]
  defp use_each(_base, [], _opts), do: []

  defp join_alias({:__aliases__, meta, left}, {:__aliases__, _, right}), do: {:__aliases__, meta, left ++ right}
  defp join_alias(base, {:__aliases__, meta, right}), do: {:__aliases__, meta, [base | right]}
  defp join_alias(base, atom) when is_atom(atom), do: {:__aliases__, [], [base, atom]}

  ## defstruct

  def define_struct(module, fields, _env) do
    case :phial_module.get_attribute(module, :__struct__) do
      nil ->
        :ok

      _ ->
        raise ArgumentError,
              "defstruct has already been called for #{Kernel.inspect(module)}, defstruct can only be called once per module"
    end

    case is_list(fields) do
      true -> :ok
      false -> raise ArgumentError, "struct fields definition must be list, got: #{Kernel.inspect(fields)}"
    end

    pairs = struct_pairs(fields)
    struct = :maps.put(:__struct__, module, :maps.from_list(pairs))
    enforced = list_of(:phial_module.get_attribute(module, :enforce_keys))
    check_enforced(enforced, struct, fields)

    :phial_module.put_attribute(module, :__struct__, struct)
    :phial_module.put_attribute(module, :enforce_keys, enforced)
    :phial_module.put_attribute(module, :__struct_info__, struct_info(pairs))
    {struct, enforced, list_of(:phial_module.get_attribute(module, :derive))}
  end

  defp struct_info([{field, default} | rest]), do: [%{field: field, default: default} | struct_info(rest)]
  defp struct_info([]), do: []

  defp struct_pairs([{key, value} | rest]) when is_atom(key), do: [{key, value} | struct_pairs(rest)]
  defp struct_pairs([key | rest]) when is_atom(key), do: [{key, nil} | struct_pairs(rest)]
  defp struct_pairs([]), do: []

  defp struct_pairs([{key, _} | _]) do
    raise ArgumentError, "struct field names must be atoms, got: #{Kernel.inspect(key)}"
  end

  defp struct_pairs([other | _]) do
    raise ArgumentError, "struct field names must be atoms, got: #{Kernel.inspect(other)}"
  end

  defp list_of(nil), do: []
  defp list_of(list) when is_list(list), do: list
  defp list_of(other), do: [other]

  defp check_enforced([key | _], _struct, _fields) when not is_atom(key) do
    raise ArgumentError, "keys given to @enforce_keys must be atoms, got: #{Kernel.inspect(key)}"
  end

  defp check_enforced([_ | _] = keys, struct, fields) do
    case missing_keys(keys, struct) do
      [] ->
        :ok

      missing ->
        raise ArgumentError,
              "@enforce_keys required keys (#{Kernel.inspect(missing)}) that are not defined in defstruct: #{Kernel.inspect(fields)}"
    end
  end

  defp check_enforced([], _struct, _fields), do: :ok

  defp missing_keys([key | rest], struct) do
    case struct do
      %{^key => _} -> missing_keys(rest, struct)
      _ -> [key | missing_keys(rest, struct)]
    end
  end

  defp missing_keys([], _struct), do: []

  def build_struct(struct, enforced, fields, module) do
    fields =
      case fields do
        list when is_list(list) -> list
        map when is_map(map) and not is_map_key(map, :__struct__) -> :maps.to_list(map)
        other -> Enum.to_list(other)
      end

    # An unknown key is reported before a missing one.
    merged = merge_all(fields, struct)

    case enforced -- field_keys(fields) do
      [] ->
        merged

      missing ->
        raise ArgumentError,
              "the following keys must also be given when building struct #{Kernel.inspect(module)}: #{Kernel.inspect(missing)}"
    end
  end

  # [unquote_splicing(left) | right]
  def splice_tail(left, right) when is_list(right), do: :erlang.++(left, right)

  def splice_tail(left, right) do
    [last | init] = :lists.reverse(left)
    :lists.reverse(init, [{:|, [], [last, right]}])
  end

  defp field_keys([{key, _} | rest]), do: [key | field_keys(rest)]
  defp field_keys([]), do: []

  ## defexception

  def expand_exception(fields) do
    quote do
      @behaviour Exception

      case :maps.is_key(:message, defstruct(Kernel.Utils.exception_fields(unquote(fields)))) do
        true ->
          def message(exception), do: exception.message
          defoverridable message: 1

          def exception(message) when :erlang.is_binary(message), do: %{__struct__() | message: message}

        false ->
          :ok
      end

      def exception(fields) when :erlang.is_list(fields), do: Kernel.Utils.exception(__struct__(), fields)

      defoverridable exception: 1
    end
  end

  def exception_fields(fields) when is_list(fields), do: [{:__exception__, true} | fields]

  def exception_fields(fields) do
    raise ArgumentError, "struct fields definition must be list, got: #{Kernel.inspect(fields)}"
  end

  # Unknown fields are warned about and dropped: an error must not be hidden by an error in raising it.
  def exception(%{__struct__: module} = struct, [{key, value} | rest]) do
    case struct do
      %{^key => _} ->
        exception(%{struct | key => value}, rest)

      _ ->
        IO.warn("the field #{Kernel.inspect(key)} is unknown when raising #{Kernel.inspect(module)}")
        exception(struct, rest)
    end
  end

  def exception(struct, []), do: struct

  ## defdelegate

  def expand_delegate(funs, opts) when is_list(funs), do: {:__block__, [], delegates(funs, opts)}
  def expand_delegate(fun, opts), do: {:__block__, [], delegates([fun], opts)}

  defp delegates([fun | rest], opts), do: [delegate(fun, opts) | delegates(rest, opts)]
  defp delegates([], _opts), do: []

  defp delegate({:when, _, [_ | _]} = fun, _opts) do
    raise ArgumentError, "guards are not allowed in defdelegate/2, got: #{Macro.to_string(fun)}"
  end

  defp delegate({name, meta, context}, opts) when is_atom(context), do: delegate({name, meta, []}, opts)

  defp delegate({name, _, args} = call, opts) when is_list(args) do
    target =
      case :lists.keyfind(:to, 1, opts) do
        {:to, target} -> target
        false -> raise ArgumentError, "expected to: to be given as argument"
      end

    as =
      case {:lists.keyfind(:as, 1, opts), name} do
        {{:as, as}, _} -> as
        {false, {:unquote, _, [name]}} -> name
        {false, name} -> name
      end

    # The target is evaluated once, in the module's body, unless it is a plain name.
    remote = {:., [], [in_body(target), in_body(as)]}

    quote do
      @doc delegate_to: {unquote(target), unquote(as), unquote(length(args))}
      def unquote(call), do: unquote({remote, [], without_defaults(args)})
    end
  end

  defp delegate(other, _opts) do
    raise ArgumentError, "invalid syntax in defdelegate #{Macro.to_string(other)}"
  end

  defp in_body(atom) when is_atom(atom), do: atom
  defp in_body({:__aliases__, _, _} = alias), do: alias
  defp in_body({:__MODULE__, _, context} = module) when is_atom(context), do: module
  defp in_body(expr), do: {:unquote, [], [expr]}

  defp without_defaults([{:\\, _, [arg, _]} | rest]), do: [arg | without_defaults(rest)]
  defp without_defaults([arg | rest]), do: [arg | without_defaults(rest)]
  defp without_defaults([]), do: []

  ## defguard

  def expand_guard(kind, {:when, _, [call, guard]}, _env) do
    {name, args} = guard_head(call)

    definition =
      {kind, [],
       [
         {name, [], args},
         [
           do:
             quote do
               require Kernel.Utils
               Kernel.Utils.guard_body(unquote(args), unquote(guard))
             end
         ]
       ]}

    case kind do
      :defmacro -> {:__block__, [], [quote(do: @doc(guard: true)), definition]}
      :defmacrop -> definition
    end
  end

  def expand_guard(_kind, {:when, _, _} = call, _env) do
    raise ArgumentError, "invalid syntax in defguard #{Macro.to_string(call)}, only a single when clause is allowed"
  end

  def expand_guard(kind, call, _env) do
    {name, args} = guard_head(call)
    {kind, [], [{name, [], args}]}
  end

  defp guard_head({name, _, context}) when is_atom(context), do: {name, []}

  defp guard_head({name, _, args} = call) when is_list(args) do
    check_variables(args, call)
    {name, args}
  end

  defp check_variables([{name, _, context} | rest], call) when is_atom(name) and is_atom(context) do
    check_variables(rest, call)
  end

  defp check_variables([other | _], call) do
    raise ArgumentError,
          "invalid syntax in defguard #{Macro.to_string(call)}, arguments must be variables, got: #{Macro.to_string(other)}"
  end

  defp check_variables([], _call), do: :ok

  # Inside the macro that defguard defines. The guard is expanded here, at its definition, so that it may use private
  # macros. In a guard the arguments are put in place; elsewhere each is evaluated once, before.
  defmacro guard_body(args, guard) do
    {expanded, _env} = :phial_compiler.expand(guard, %{__CALLER__ | context: :guard})
    names = variable_names(args)
    in_guard = {:quote, [], [[do: unquote_variables(expanded, names)]]}
    in_body = {:quote, [], [[do: {:__block__, [], bind_variables(args) ++ [strict_booleans(expanded)]}]]}

    quote do
      case __CALLER__ do
        %{context: :guard} -> unquote(in_guard)
        _ -> unquote(in_body)
      end
    end
  end

  defp variable_names([{name, _, context} | rest]), do: [{name, context} | variable_names(rest)]
  defp variable_names([]), do: []

  defp bind_variables([{name, _, context} | rest]) do
    var = {name, [generated: true], context}
    [{:=, [generated: true], [var, {:unquote, [], [var]}]} | bind_variables(rest)]
  end

  defp bind_variables([]), do: []

  defp unquote_variables({name, _, context} = var, names) when is_atom(name) and is_atom(context) do
    case :lists.member({name, context}, names) do
      true -> {:unquote, [], [{name, [], context}]}
      false -> var
    end
  end

  defp unquote_variables({left, meta, args}, names) do
    {unquote_variables(left, names), meta, unquote_variables(args, names)}
  end

  defp unquote_variables({left, right}, names), do: {unquote_variables(left, names), unquote_variables(right, names)}
  defp unquote_variables([h | t], names), do: [unquote_variables(h, names) | unquote_variables(t, names)]
  defp unquote_variables(other, _names), do: other

  defp strict_booleans({{:., _, [:erlang, :andalso]}, _, [left, right]}) do
    quote do
      case unquote(strict_booleans(left)) do
        false -> false
        true -> unquote(strict_booleans(right))
        other -> :erlang.error({:badbool, :and, other})
      end
    end
  end

  defp strict_booleans({{:., _, [:erlang, :orelse]}, _, [left, right]}) do
    quote do
      case unquote(strict_booleans(left)) do
        false -> unquote(strict_booleans(right))
        true -> true
        other -> :erlang.error({:badbool, :or, other})
      end
    end
  end

  # Versions of variables belong to the definition, not to the code that is made from it.
  defp strict_booleans({name, _, context}) when is_atom(name) and is_atom(context), do: {name, [], context}
  defp strict_booleans({left, meta, args}), do: {strict_booleans(left), meta, strict_booleans(args)}
  defp strict_booleans({left, right}), do: {strict_booleans(left), strict_booleans(right)}
  defp strict_booleans([h | t]), do: [strict_booleans(h) | strict_booleans(t)]
  defp strict_booleans(other), do: other
end
