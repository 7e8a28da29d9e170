defmodule Module do
  @moduledoc ~S'''
  Functions on modules, above all while they are being compiled.

  Attributes with a meaning of their own:

    * `@moduledoc`, `@doc`, `@typedoc` - documentation, or metadata as keywords; `false` hides
    * `@spec`, `@type`, `@typep`, `@opaque`, `@callback`, `@macrocallback`, `@optional_callbacks` - types
    * `@behaviour` - a behaviour that the module follows; `@impl` marks the functions that are its callbacks
    * `@derive` - protocols to derive for the struct; `@enforce_keys` - keys that must be given
    * `@before_compile`, `@after_compile`, `@after_verify` - modules (or `{module, function}`) to call then
    * `@on_definition` - a module whose `__on_definition__/6` is called for each definition
    * `@on_load` - a function to call when the module is loaded
    * `@compile`, `@dialyzer`, `@vsn`, `@deprecated`, `@external_resource`, `@file`, `@nifs` - as in Elixir

  All others are for the module's own use. An attribute holds its last value, unless it was registered to accumulate:

      defmodule Tasks do
        Module.register_attribute(__MODULE__, :task, accumulate: true)
        @task :one
        @task :two
        def all, do: @task #=> [:two, :one]
      end
  '''

  @type definition :: {atom, arity}
  @type def_kind :: :def | :defp | :defmacro | :defmacrop

  ## Names

  @doc """
  Joins names to the name of a module; strings and atoms may be mixed.

      iex> Module.concat([Foo, "Bar"])
      Foo.Bar
  """
  @spec concat([binary | atom]) :: atom
  def concat(list) when is_list(list), do: :erlang.binary_to_atom(join(list), :utf8)

  @doc """
  Joins two names to the name of a module.

      iex> Module.concat(Foo, Bar)
      Foo.Bar
  """
  @spec concat(binary | atom, binary | atom) :: atom
  def concat(left, right), do: concat([left, right])

  @doc """
  Like `concat/1`, but the atom must exist already.

      iex> Module.safe_concat([List, Chars])
      List.Chars
  """
  @spec safe_concat([binary | atom]) :: atom
  def safe_concat(list) when is_list(list), do: :erlang.binary_to_existing_atom(join(list), :utf8)

  @doc """
  Like `concat/2`, but the atom must exist already.

      iex> Module.safe_concat(List, Chars)
      List.Chars
  """
  @spec safe_concat(binary | atom, binary | atom) :: atom
  def safe_concat(left, right), do: safe_concat([left, right])

  defp join(list), do: join(list, "Elixir")

  defp join([nil | rest], acc), do: join(rest, acc)
  defp join([name | rest], acc) when is_atom(name), do: join([:erlang.atom_to_binary(name, :utf8) | rest], acc)
  defp join(["Elixir" | rest], acc), do: join(rest, acc)
  defp join(["Elixir." <> name | rest], acc), do: join(rest, acc <> "." <> name)
  defp join(["." <> name | rest], acc), do: join(rest, acc <> "." <> name)
  defp join(["" | rest], acc), do: join(rest, acc)
  defp join([name | rest], acc) when is_binary(name), do: join(rest, acc <> "." <> name)
  defp join([], acc), do: acc

  @doc """
  The parts of a module's name.

      iex> Module.split(String.Chars)
      ["String", "Chars"]
  """
  @spec split(module | String.t()) :: [String.t(), ...]
  def split(module)
  def split(module) when is_atom(module), do: split(:erlang.atom_to_binary(module, :utf8), module)
  def split(module) when is_binary(module), do: split(module, module)

  defp split("Elixir." <> name, _original), do: :binary.split(name, ".", [:global])

  defp split(_module, original) do
    raise ArgumentError, "expected an Elixir module, got: #{inspect(original)}"
  end

  ## Modules

  @doc """
  Defines a module from quoted code; returns what `defmodule/2` does.

      iex> {:module, Module.Created, _, _} = Module.create(Module.Created, quote(do: def(one, do: 1)), __ENV__)
      iex> apply(Module.Created, :one, [])
      1
  """
  @spec create(module, Macro.t(), Macro.Env.t() | keyword) :: {:module, module, binary, term}
  def create(module, quoted, env_or_opts)

  def create(module, quoted, %{__struct__: Macro.Env} = env) when is_atom(module), do: define(module, quoted, env)

  def create(module, quoted, opts) when is_atom(module) and is_list(opts) do
    if not Keyword.has_key?(opts, :file) do
      raise ArgumentError, "expected :file to be given as option"
    end

    define(module, quoted, :phial_compiler.env_for_eval(opts))
  end

  defp define(module, quoted, env) do
    :phial_compiler.define_module(module, quoted, [], %{env | module: nil, function: nil}, line: env.line)
  end

  @doc """
  Whether the module is being compiled.

      iex> Module.open?(String)
      false
  """
  @spec open?(module) :: boolean
  def open?(module) when is_atom(module), do: :phial_module.open(module)

  @doc false
  def eval_quoted(env_or_module, quoted, binding \\ [], opts \\ [])

  def eval_quoted(%{__struct__: Macro.Env} = env, quoted, binding, opts) do
    Code.eval_quoted(quoted, binding, struct!(env, opts))
  end

  def eval_quoted(module, quoted, binding, opts) when is_atom(module) do
    Code.eval_quoted(quoted, binding, [module: module] ++ opts)
  end

  ## Definitions

  @doc """
  Whether the module, which is being compiled, defines the function or macro so far.

      defmodule Example do
        def version, do: 1
        Module.defines?(__MODULE__, {:version, 0}) #=> true
      end
  """
  @spec defines?(module, definition) :: boolean
  def defines?(module, {name, arity} = tuple) when is_atom(module) and is_atom(name) and is_integer(arity) do
    assert_open!("defines?/2", module)
    :phial_module.defines(module, tuple)
  end

  @doc """
  Whether the module defines the function or macro as that kind, for example `:defp`.
  """
  @spec defines?(module, definition, def_kind) :: boolean
  def defines?(module, {name, arity} = tuple, kind) when is_atom(module) and is_atom(name) and is_integer(arity) do
    assert_open!("defines?/3", module)
    :phial_module.defines(module, tuple, kind)
  end

  @doc """
  The functions and macros that the module defines so far.
  """
  @spec definitions_in(module) :: [definition]
  def definitions_in(module) when is_atom(module) do
    assert_open!("definitions_in/1", module)
    :phial_module.definitions_in(module)
  end

  @doc """
  The definitions of one kind so far.
  """
  @spec definitions_in(module, def_kind) :: [definition]
  def definitions_in(module, kind) when is_atom(module) and kind in [:def, :defp, :defmacro, :defmacrop] do
    assert_open!("definitions_in/2", module)
    :phial_module.definitions_in(module, kind)
  end

  @doc """
  The kind, metadata and clauses of a definition: `{:v1, kind, meta, [{meta, arguments, guards, body}]}`, or `nil`.
  """
  @spec get_definition(module, definition, keyword) :: {:v1, def_kind, keyword, list} | nil
  def get_definition(module, {name, arity} = tuple, options \\ [])
      when is_atom(module) and is_atom(name) and is_integer(arity) and is_list(options) do
    assert_open!("get_definition/2", module)

    case :phial_module.get_definition(module, tuple) do
      {:v1, kind, meta, clauses} -> {:v1, kind, meta, if(options[:skip_clauses], do: [], else: clauses)}
      nil -> nil
    end
  end

  @doc """
  Removes a definition; returns whether there was one.
  """
  @spec delete_definition(module, definition) :: boolean
  def delete_definition(module, {name, arity} = tuple) when is_atom(module) and is_atom(name) and is_integer(arity) do
    assert_open!("delete_definition/2", module)
    :phial_module.delete_definition(module, tuple)
  end

  @doc """
  Makes definitions, or the callbacks of a behaviour, overridable; see `defoverridable/1`.
  """
  @spec make_overridable(module, [definition] | module) :: :ok
  def make_overridable(module, tuples_or_behaviour) when is_atom(module) do
    assert_open!("make_overridable/2", module)
    :phial_compiler.make_overridable(module, tuples_or_behaviour)
    :ok
  end

  @doc """
  Whether a definition is overridable.
  """
  @spec overridable?(module, definition) :: boolean
  def overridable?(module, {name, arity} = tuple) when is_atom(name) and is_integer(arity) do
    :phial_module.overridable(module, tuple)
  end

  @doc """
  The definitions that are overridable.
  """
  @spec overridables_in(module) :: [definition]
  def overridables_in(module) when is_atom(module) do
    assert_open!("overridables_in/1", module)
    :phial_module.overridables_in(module)
  end

  @doc """
  Whether the module defines a type so far.
  """
  @spec defines_type?(module, definition) :: boolean
  def defines_type?(module, {name, arity}) when is_atom(module) and is_atom(name) and is_integer(arity) do
    assert_open!("defines_type?/2", module)

    Enum.any?([:type, :typep, :opaque], fn kind ->
      Enum.any?(List.wrap(:phial_module.get_attribute(module, kind)), &type_named?(&1, name, arity))
    end)
  end

  defp type_named?({_kind, {:"::", _, [{name, _, args}, _]}, _position}, name, arity), do: type_arity(args) == arity
  defp type_named?({:"::", _, [{name, _, args}, _]}, name, arity), do: type_arity(args) == arity
  defp type_named?(_, _, _), do: false

  defp type_arity(args) when is_list(args), do: length(args)
  defp type_arity(_), do: 0

  ## Attributes

  @doc """
  The value of an attribute; the default if it is not set.

      defmodule Foo do
        Module.put_attribute(__MODULE__, :value, 1)
        Module.get_attribute(__MODULE__, :value) #=> 1
      end
  """
  @spec get_attribute(module, atom, term) :: term
  def get_attribute(module, key, default \\ nil) when is_atom(module) and is_atom(key) do
    assert_open!("get_attribute/2", module)
    :phial_module.get_attribute(module, key, default)
  end

  @doc """
  The last value of an attribute that accumulates; the default if there is none.
  """
  @spec get_last_attribute(module, atom, term) :: term
  def get_last_attribute(module, key, default \\ nil) when is_atom(module) and is_atom(key) do
    case get_attribute(module, key, default) do
      [last | _] -> last
      [] -> default
      other -> other
    end
  end

  @doc """
  Whether an attribute is set.
  """
  @spec has_attribute?(module, atom) :: boolean
  def has_attribute?(module, key) when is_atom(module) and is_atom(key) do
    assert_open!("has_attribute?/2", module)
    :phial_module.has_attribute(module, key)
  end

  @doc """
  The names of all attributes that are set.
  """
  @spec attributes_in(module) :: [atom]
  def attributes_in(module) when is_atom(module) do
    assert_open!("attributes_in/1", module)
    :phial_module.attributes_in(module)
  end

  @doc """
  Sets an attribute, as `@key value` does.
  """
  @spec put_attribute(module, atom, term) :: :ok
  def put_attribute(module, key, value) when is_atom(module) and is_atom(key) do
    assert_open!("put_attribute/3", module)
    :phial_module.put_attribute(module, key, value)
  end

  @doc """
  Deletes an attribute and returns its value, or all values if it accumulates.
  """
  @spec delete_attribute(module, atom) :: term
  def delete_attribute(module, key) when is_atom(module) and is_atom(key) do
    assert_open!("delete_attribute/2", module)
    :phial_module.delete_attribute(module, key)
  end

  @doc """
  Registers an attribute: with `accumulate: true` values gather in a list, with `persist: true` they are kept in the
  compiled module (`module.__info__(:attributes)`).
  """
  @spec register_attribute(module, atom, keyword) :: :ok
  def register_attribute(module, attribute, options)
      when is_atom(module) and is_atom(attribute) and is_list(options) do
    assert_open!("register_attribute/3", module)
    :phial_module.register_attribute(module, attribute, options)
  end

  @doc """
  The attributes with a meaning of their own, with a text on each.

      iex> Map.has_key?(Module.reserved_attributes(), :doc)
      true
  """
  @spec reserved_attributes() :: map
  def reserved_attributes() do
    %{
      after_compile: %{doc: "A module or function to call after the module is compiled."},
      after_verify: %{doc: "A module or function to call after the module is checked."},
      before_compile: %{doc: "A module or function to call before the module is compiled."},
      behaviour: %{doc: "A behaviour that the module follows."},
      callback: %{doc: "A function that modules with this behaviour have."},
      compile: %{doc: "Options for the compilation of the module."},
      deprecated: %{doc: "What to use instead of the next definition."},
      derive: %{doc: "Protocols to derive for the struct of the module."},
      dialyzer: %{doc: "Options for checkers of types."},
      doc: %{doc: "Documentation of the next definition."},
      enforce_keys: %{doc: "Keys that must be given when the struct is built."},
      external_resource: %{doc: "A file that the module depends on."},
      file: %{doc: "The file that stack traces show for the next definition."},
      impl: %{doc: "Marks the next definition as a callback of a behaviour."},
      macrocallback: %{doc: "A macro that modules with this behaviour have."},
      moduledoc: %{doc: "Documentation of the module."},
      nifs: %{doc: "Functions to be replaced by native ones."},
      on_definition: %{doc: "A module or function to call for each definition."},
      on_load: %{doc: "A function to call when the module is loaded."},
      opaque: %{doc: "A type whose structure is private."},
      optional_callbacks: %{doc: "Callbacks that may be left out."},
      spec: %{doc: "The types of a function."},
      type: %{doc: "A type."},
      typedoc: %{doc: "Documentation of the next type."},
      typep: %{doc: "A type that is private to the module."},
      vsn: %{doc: "The version of the module."}
    }
  end

  @doc """
  Turns the typespec of a function into that of a callback; returns whether there was one.
  """
  @spec spec_to_callback(module, definition) :: boolean
  def spec_to_callback(module, {name, arity}) when is_atom(module) and is_atom(name) and is_integer(arity) do
    assert_open!("spec_to_callback/2", module)
    specs = List.wrap(:phial_module.get_attribute(module, :spec))

    case Enum.filter(specs, &spec_of?(&1, name, arity)) do
      [] ->
        false

      found ->
        for {:spec, expr, position} <- found, do: :phial_module.put_attribute(module, :callback, {:callback, expr, position})
        true
    end
  end

  defp spec_of?({:spec, {:when, _, [spec, _]}, position}, name, arity), do: spec_of?({:spec, spec, position}, name, arity)
  defp spec_of?({:spec, {:"::", _, [{name, _, args}, _]}, _}, name, arity), do: type_arity(args) == arity
  defp spec_of?(_, _, _), do: false

  defp assert_open!(function, module) do
    if not :phial_module.open(module) do
      raise ArgumentError,
            "could not call Module.#{function} because the module #{inspect(module)} is already compiled" <>
              hint(function)
    end
  end

  defp hint(function) when function in ["get_attribute/2", "has_attribute?/2"] do
    ". Use the Module.__info__/1 callback or Code.fetch_docs/1 instead"
  end

  defp hint(_function), do: ""
end
