defmodule Protocol do
  @moduledoc """
  Functions on protocols: sets of functions that each type implements in its own way.

  `defprotocol/2` declares the functions, `defimpl/3` implements them for a type. A call looks at its first argument and
  goes to the implementation for its struct, or for its built-in type:

      defprotocol Size do
        @doc "The number of elements."
        def size(data)
      end

      defimpl Size, for: Tuple do
        def size(tuple), do: tuple_size(tuple)
      end

      Size.size({1, 2}) #=> 2

  The built-in types are `Atom`, `BitString`, `Float`, `Function`, `Integer`, `List`, `Map`, `PID`, `Port`, `Reference`
  and `Tuple`. An implementation for `Any` serves structs that `@derive` the protocol, and, where the protocol sets
  `@fallback_to_any true`, everything else. A protocol may take part in deriving with a macro `__deriving__(module, opts)`
  in the protocol (or `__deriving__(module, struct, opts)` in the implementation for `Any`).

  A protocol module has `impl_for/1` (the implementing module or `nil`), `impl_for!/1` and `__protocol__/1` with
  `:module`, `:functions`, `:impls` and `:consolidated?`. Which module implements a protocol for a struct is
  remembered at the first call, so that dispatch is as fast as it would be in a consolidated protocol.
  """

  # String.Chars, Enumerable and others are compiled with this module before Enum, Module or String exist: what runs
  # while a protocol or an implementation is compiled uses only natives.

  import Kernel, except: [def: 1]

  @built_in [
    is_tuple: Tuple,
    is_atom: Atom,
    is_list: List,
    is_map: Map,
    is_bitstring: BitString,
    is_integer: Integer,
    is_float: Float,
    is_function: Function,
    is_pid: PID,
    is_port: Port,
    is_reference: Reference
  ]

  ## defprotocol

  @doc false
  def __protocol__(name, block, _env) do
    functions = protocol_functions(block)

    quote do
      defmodule unquote(name) do
        Protocol.__start__(__MODULE__)
        unquote(functions)
        unquote(dispatch(@built_in))
      end
    end
  end

  # In a protocol `def` declares a function; it has no body.
  defp protocol_functions({:def, _, [signature]}), do: protocol_function(signature)
  defp protocol_functions({:quote, _, _} = quoted), do: quoted
  defp protocol_functions({left, meta, right}), do: {protocol_functions(left), meta, protocol_functions(right)}
  defp protocol_functions({left, right}), do: {protocol_functions(left), protocol_functions(right)}
  defp protocol_functions([head | tail]), do: [protocol_functions(head) | protocol_functions(tail)]
  defp protocol_functions(other), do: other

  @doc """
  Declares a function of a protocol; inside `defprotocol/2`, a plain `def` without a body is this macro.
  """
  defmacro def(signature), do: protocol_function(signature)

  defp protocol_function({:when, _, _}) do
    raise ArgumentError, "cannot use guards in protocol functions"
  end

  defp protocol_function({name, _, args}) when is_atom(args) or args == [] do
    raise ArgumentError, "protocol functions expect at least one argument, got: #{Macro.to_string(name)}/0"
  end

  defp protocol_function({name, _, args}) when is_atom(name) and is_list(args) do
    check_arguments(args)
    [target | _] = vars = argument_vars(args, 0, __MODULE__)

    body = quote do: impl_for!(unquote(target)).unquote(name)(unquote_splicing(vars))

    {:__block__, [],
     [
       quote(do: Protocol.__add_function__(__MODULE__, unquote(name), unquote(length(args)))),
       {:def, [], [{name, [], vars}, [do: body]]}
     ]}
  end

  defp check_arguments([{:\\, _, _} | _]) do
    raise ArgumentError, "default arguments are not supported in protocol definitions"
  end

  defp check_arguments([_ | rest]), do: check_arguments(rest)
  defp check_arguments([]), do: :ok

  # Names of variables show in documentation; the others get names of their own.
  defp argument_vars([{name, _, context} | rest], index, module) when is_atom(name) and is_atom(context) and name != :_ do
    [{name, [], module} | argument_vars(rest, index + 1, module)]
  end

  defp argument_vars([_ | rest], index, module) do
    name = :erlang.binary_to_atom("arg" <> :erlang.integer_to_binary(index), :utf8)
    [{name, [], module} | argument_vars(rest, index + 1, module)]
  end

  defp argument_vars([], _index, _module), do: []

  @doc false
  def __start__(module), do: :phial_module.put_attribute(module, :__functions__, [])

  @doc false
  def __add_function__(module, name, arity) do
    functions = :phial_module.get_attribute(module, :__functions__)
    :phial_module.put_attribute(module, :__functions__, [{name, arity} | functions])
  end

  # The part of each protocol that finds the implementation.
  defp dispatch(built_in) do
    clauses =
      for {guard, type} <- built_in do
        quote do
          def impl_for(data) when :erlang.unquote(guard)(data) do
            case :persistent_term.get(unquote({:{}, [], [Protocol, quote(do: __MODULE__), type]}), nil) do
              target when :erlang.andalso(:erlang.is_atom(target), :erlang."/="(target, nil)) -> target
              _ -> Protocol.__impl_for__(__MODULE__, unquote(type), unquote({:unquote, [], [quote(do: any)]}))
            end
          end
        end
      end

    quote do
      any = Protocol.__any__(__MODULE__)

      @doc """
      The module that implements the protocol for the given value, or `nil`.
      """
      def impl_for(%{__struct__: struct}) when :erlang.is_atom(struct) do
        Protocol.__impl_for__(__MODULE__, struct, unquote({:unquote, [], [quote(do: any)]}))
      end

      unquote_splicing(clauses)
      def impl_for(_), do: unquote({:unquote, [], [quote(do: any)]})

      @doc """
      The module that implements the protocol for the given value; raises `Protocol.UndefinedError` if there is none.
      """
      def impl_for!(data) do
        case impl_for(data) do
          nil -> :erlang.error(Protocol.UndefinedError.exception(protocol: __MODULE__, value: data))
          module -> module
        end
      end

      @doc false
      def __protocol__(:module), do: __MODULE__

      def __protocol__(:functions) do
        unquote({:unquote, [], [quote(do: Protocol.__functions__(__MODULE__))]})
      end

      def __protocol__(:consolidated?), do: false
      def __protocol__(:impls), do: :not_consolidated
    end
  end

  @doc false
  def __any__(protocol) do
    case :phial_module.get_attribute(protocol, :fallback_to_any) do
      true -> impl_name(protocol, Any)
      _ -> nil
    end
  end

  @doc false
  def __functions__(protocol), do: :lists.sort(:phial_module.get_attribute(protocol, :__functions__))

  ## Dispatch

  # The answers are kept under {Protocol, protocol, type}; a miss is kept with the generation of the code path, since
  # a module that appears later on a path may implement the protocol.
  @doc false
  def __impl_for__(protocol, type, default) do
    case :persistent_term.get({Protocol, protocol, type}, nil) do
      {:none, generation} -> recheck(protocol, type, default, generation)
      nil -> find_impl(protocol, type, default)
      target -> target
    end
  end

  defp recheck(protocol, type, default, generation) do
    if :persistent_term.get({Protocol, :generation}, 0) == generation do
      default
    else
      find_impl(protocol, type, default)
    end
  end

  defp find_impl(protocol, type, default) do
    impl = impl_name(protocol, type)

    if implementation?(impl) do
      target = impl.__impl__(:target)
      :persistent_term.put({Protocol, protocol, type}, target)
      target
    else
      :persistent_term.put({Protocol, protocol, type}, {:none, :persistent_term.get({Protocol, :generation}, 0)})
      default
    end
  end

  # The module may be defined by another file that is compiled at the same time.
  defp compiled(module) do
    case :phial_code.ensure_loaded(module) do
      {:module, module} -> {:module, module}
      {:error, reason} -> if :erlang.get(:elixir_parallel_compiler) == :undefined, do: {:error, reason}, else: Kernel.ParallelCompiler.await_module(module, reason)
    end
  end

  defp implementation?(impl) do
    case :phial_code.ensure_loaded(impl) do
      {:module, _} -> :erlang.function_exported(impl, :__impl__, 1)
      {:error, _} -> false
    end
  end

  # Called when an implementation has been compiled or a directory was added to the code path.
  @doc false
  def __register__(protocol, type), do: :persistent_term.erase({Protocol, protocol, type})

  @doc false
  def __new_code_path__() do
    :persistent_term.put({Protocol, :generation}, :persistent_term.get({Protocol, :generation}, 0) + 1)
  end

  defp impl_name(protocol, type) do
    suffix =
      case :erlang.atom_to_binary(type, :utf8) do
        "Elixir." <> rest -> rest
        other -> other
      end

    :erlang.binary_to_atom(:erlang.atom_to_binary(protocol, :utf8) <> "." <> suffix, :utf8)
  end

  ## defimpl

  @doc false
  def __impl__(protocol, opts, env) do
    block =
      case :lists.keyfind(:do, 1, opts) do
        {:do, block} -> block
        false -> raise ArgumentError, "defimpl/3 expects a do-end block"
      end

    types =
      case {:lists.keyfind(:for, 1, opts), env} do
        {{:for, types}, _} -> types
        {false, %{module: nil}} -> raise ArgumentError, "defimpl/3 expects a :for option when declared outside a module"
        {false, %{module: module}} -> module
      end

    protocol = Kernel.Utils.expand_top(protocol, env)

    case expand_types(types, env) do
      types when is_list(types) and is_atom(protocol) -> {:__block__, [], static_impls(types, protocol, block)}
      types -> dynamic_impls(types, protocol, block)
    end
  end

  defp expand_types(types, env) when is_list(types) do
    types = for type <- types, do: Kernel.Utils.expand_top(type, env)
    if atoms?(types), do: types, else: {:list, types}
  end

  defp expand_types(type, env) do
    case Kernel.Utils.expand_top(type, env) do
      atom when is_atom(atom) -> [atom]
      list when is_list(list) -> expand_types(list, env)
      other -> other
    end
  end

  defp atoms?([head | tail]) when is_atom(head), do: atoms?(tail)
  defp atoms?(rest), do: rest == []

  defp static_impls([type | rest], protocol, block) do
    impl =
      quote do
        Protocol.assert_protocol!(unquote(protocol))

        defmodule unquote(impl_name(protocol, type)) do
          unquote(impl_body(protocol, type, block))
        end
      end

    [impl | static_impls(rest, protocol, block)]
  end

  defp static_impls([], _protocol, _block), do: []

  defp dynamic_impls({:list, types}, protocol, block), do: dynamic_impls(types, protocol, block)

  defp dynamic_impls(types, protocol, block) do
    quote do
      protocol = unquote(protocol)
      Protocol.assert_protocol!(protocol)

      for type <- List.wrap(unquote(types)) do
        defmodule Module.concat(protocol, type) do
          unquote(impl_body(quote(do: protocol), quote(do: type), block))
        end
      end
    end
  end

  defp impl_body(protocol, type, block) do
    quote do
      @protocol unquote(protocol)
      @for unquote(type)

      unquote(block)

      Protocol.__finish_impl__(__MODULE__, unquote(protocol), unquote(type), __ENV__)

      @doc false
      def __impl__(:for), do: unquote(fragment(type))
      def __impl__(:target), do: __MODULE__
      def __impl__(:protocol), do: unquote(fragment(protocol))
    end
  end

  defp fragment(atom) when is_atom(atom), do: atom
  defp fragment(expr), do: {:unquote, [], [expr]}

  @doc false
  def __finish_impl__(module, protocol, type, env) do
    __register__(protocol, type)

    for {name, arity} = function <- protocol.__protocol__(:functions),
        not :phial_module.defines(module, function, :def) do
      IO.warn(
        "function #{name}/#{arity} required by protocol #{inspect(protocol)} is not implemented (in module " <>
          "#{inspect(module)})",
        env
      )
    end

    :ok
  end

  ## Deriving

  @doc """
  Derives protocols for a struct's module outside of it, with options.

      require Protocol
      Protocol.derive(Inspect, User, only: [:name])
  """
  defmacro derive(protocol, module, options \\ []) do
    quote do
      module = unquote(module)
      Protocol.__derive__([{unquote(protocol), unquote(options)}], module, __ENV__)
    end
  end

  @doc false
  def __derive__(derives, module, env) do
    struct =
      case :phial_module.open(module) do
        true -> :phial_module.get_attribute(module, :__struct__)
        false -> Macro.struct!(module, env)
      end

    for {protocol, options} <- flatten_derives(derives, []) do
      derive_one(protocol, module, struct, options, env)
    end

    :ok
  end

  # The attribute gathers the latest first.
  defp flatten_derives([head | tail], acc) when is_list(head), do: flatten_derives(tail, each_derive(head) ++ acc)
  defp flatten_derives([head | tail], acc), do: flatten_derives(tail, each_derive([head]) ++ acc)
  defp flatten_derives([], acc), do: acc

  defp each_derive([{protocol, options} | rest]), do: [{protocol, options} | each_derive(rest)]
  defp each_derive([protocol | rest]), do: [{protocol, []} | each_derive(rest)]
  defp each_derive([]), do: []

  defp derive_one(protocol, module, struct, options, env) do
    assert_protocol!(protocol)
    any = impl_name(protocol, Any)

    cond do
      macro?(protocol, 2) ->
        evaluate(apply(protocol, :"MACRO-__deriving__", [env, module, options]), env)

      match?({:module, _}, compiled(any)) and implementation?(any) and macro?(any, 3) ->
        evaluate(apply(any, :"MACRO-__deriving__", [env, module, struct, options]), env)

      implementation?(any) ->
        evaluate(derived_impl(protocol, module, any), env)

      true ->
        raise Protocol.UndefinedError,
          protocol: protocol,
          value: struct,
          description: ", there is no implementation for Any to derive from"
    end

    __register__(protocol, module)
  end

  defp macro?(module, arity), do: :erlang.function_exported(module, :"MACRO-__deriving__", arity + 1)

  defp evaluate(quoted, env), do: :phial_compiler.eval_quoted(quoted, [], env)

  defp derived_impl(protocol, module, any) do
    quote do
      defmodule unquote(impl_name(protocol, module)) do
        @moduledoc false
        def __impl__(:for), do: unquote(module)
        def __impl__(:target), do: unquote(any)
        def __impl__(:protocol), do: unquote(protocol)
      end
    end
  end

  ## Questions

  @doc """
  Raises `ArgumentError` unless the module is a protocol.

      iex> Protocol.assert_protocol!(Enumerable)
      :ok
  """
  @spec assert_protocol!(module) :: :ok
  def assert_protocol!(module) do
    case compiled(module) do
      {:module, _} ->
        if :erlang.function_exported(module, :__protocol__, 1) do
          :ok
        else
          raise ArgumentError, "#{inspect(module)} is not a protocol"
        end

      {:error, reason} ->
        raise ArgumentError, "could not load module #{inspect(module)} due to reason #{inspect(reason)}"
    end
  end

  @doc """
  Raises `ArgumentError` unless the protocol is implemented for the type.

      iex> Protocol.assert_impl!(Enumerable, List)
      :ok
  """
  @spec assert_impl!(module, module) :: :ok
  def assert_impl!(protocol, base) do
    impl = impl_name(protocol, base)

    case compiled(impl) do
      {:module, _} -> :ok
      {:error, reason} -> raise ArgumentError, "could not load module #{inspect(impl)} due to reason #{inspect(reason)}"
    end

    if :erlang.function_exported(impl, :__impl__, 1) do
      case impl.__impl__(:protocol) do
        ^protocol -> :ok
        other -> raise ArgumentError, "expected #{inspect(impl)} to be an implementation of #{inspect(protocol)}, got: #{inspect(other)}"
      end
    else
      raise ArgumentError, "#{inspect(impl)} is not an implementation of a protocol"
    end
  end

  @doc """
  Whether the protocol was consolidated. Dispatch needs no consolidation here, so protocols never are.

      iex> is_boolean(Protocol.consolidated?(Enumerable))
      true
  """
  @spec consolidated?(module) :: boolean
  def consolidated?(protocol), do: protocol.__protocol__(:consolidated?)

  @doc """
  Consolidates a protocol. Since dispatch is already resolved once per type, there is never anything to rewrite, and
  the answer is `{:error, :no_beam_info}`, or `{:error, :not_a_protocol}` for other modules.

      iex> Protocol.consolidate(String, [])
      {:error, :not_a_protocol}
  """
  def consolidate(protocol, types) when is_atom(protocol) and is_list(types) do
    case :phial_code.ensure_loaded(protocol) do
      {:module, _} ->
        if :erlang.function_exported(protocol, :__protocol__, 1),
          do: {:error, :no_beam_info},
          else: {:error, :not_a_protocol}

      {:error, _} ->
        {:error, :no_beam_info}
    end
  end

  @doc """
  The types for which compiled modules in the given directories implement the protocol.
  """
  def extract_impls(protocol, paths) when is_atom(protocol) do
    prefix = Atom.to_string(protocol) <> "."

    for module <- modules_in(paths, prefix),
        implementation?(module),
        module.__impl__(:protocol) == protocol,
        do: module.__impl__(:for)
  end

  @doc """
  The protocols among the compiled modules in the given directories.
  """
  def extract_protocols(paths) do
    for module <- modules_in(paths, "Elixir."),
        match?({:module, _}, :phial_code.ensure_loaded(module)),
        :erlang.function_exported(module, :__protocol__, 1),
        do: module
  end

  # The library's modules are in no directory: its own paths stand for all of them.
  defp modules_in(paths, prefix) do
    root = :erlang.list_to_binary(:code.root_dir())
    paths = for path <- paths, do: to_string(path)

    names =
      if Enum.any?(paths, &String.starts_with?(&1, root)) do
        :phial_compiler.library_modules()
      else
        []
      end

    files = for path <- paths, {:ok, files} <- [:prim_file.list_dir(path)], file <- files, do: Path.rootname(to_string(file))
    for name <- names ++ files, String.starts_with?(name, prefix), do: String.to_atom(name)
  end

  @doc false
  def __built_in__(), do: @built_in
end

defmodule Protocol.UndefinedError do
  @moduledoc """
  Raised when a protocol is called with a value for whose type it has no implementation.
  """
  defexception [:protocol, :value, description: ""]

  def message(%{protocol: protocol, value: value, description: description}) do
    "protocol #{inspect(protocol)} not implemented for type #{type(value)}#{about(description)}#{implementations(protocol)}" <>
      "\n\nGot value:\n\n    #{value |> inspect(pretty: true) |> String.replace("\n", "\n    ")}\n"
  end

  # Known for the library's protocols.
  defp implementations(protocol) do
    prefix = Atom.to_string(protocol) <> "."

    case for(name <- :phial_compiler.library_modules(), String.starts_with?(name, prefix), do: String.replace_prefix(name, prefix, "")) do
      [] -> ""
      types -> ". This protocol is implemented for the following type(s): " <> Enum.join(types, ", ")
    end
  end

  defp about(""), do: ""
  defp about("," <> _ = description), do: description
  defp about(description), do: ", " <> description

  defp type(%{__struct__: struct}) when is_atom(struct), do: "#{inspect(struct)} (a struct)"
  defp type(value) when is_tuple(value), do: "Tuple"
  defp type(value) when is_atom(value), do: "Atom"
  defp type(value) when is_list(value), do: "List"
  defp type(value) when is_map(value), do: "Map"
  defp type(value) when is_bitstring(value), do: "BitString"
  defp type(value) when is_integer(value), do: "Integer"
  defp type(value) when is_float(value), do: "Float"
  defp type(value) when is_function(value), do: "Function"
  defp type(value) when is_pid(value), do: "PID"
  defp type(value) when is_port(value), do: "Port"
  defp type(value) when is_reference(value), do: "Reference"
end
