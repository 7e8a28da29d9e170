defmodule Macro.Env do
  @moduledoc """
  The environment of a place in the code: `__ENV__`, and `__CALLER__` in macros.

  Public fields: `:context` (`nil`, `:guard` or `:match`), `:context_modules` (modules defined here), `:file`, `:function`
  (`{name, arity}` or `nil`), `:line`, `:module`, `:aliases`, `:functions` and `:macros` (imports by module), `:macro_aliases`,
  `:requires`, `:lexical_tracker`, `:tracers` and `:versioned_vars`.
  """

  defstruct [
    :module,
    file: "nofile",
    line: 0,
    function: nil,
    context: nil,
    context_modules: [],
    aliases: [],
    requires: [],
    functions: [],
    macros: [],
    macro_aliases: [],
    versioned_vars: %{},
    lexical_tracker: nil,
    tracers: []
  ]

  @type name_arity :: {atom, arity}
  @type variable :: {atom, atom | term}
  @type t :: %Macro.Env{}

  @doc """
  The variables of the environment as pairs of a name and a context.

      iex> x = 1
      iex> {x, {:x, nil} in Macro.Env.vars(__ENV__)}
      {1, true}
  """
  @spec vars(t) :: [variable]
  def vars(env)
  def vars(%{__struct__: Macro.Env, versioned_vars: vars}), do: Map.keys(vars)

  @doc """
  Whether the environment has a variable.

      iex> Macro.Env.has_var?(__ENV__, {:unknown, nil})
      false
  """
  @spec has_var?(t, variable) :: boolean
  def has_var?(%{__struct__: Macro.Env, versioned_vars: vars}, variable), do: is_map_key(vars, variable)

  @doc """
  The file and line of the environment as a keyword list.

      iex> Macro.Env.location(__ENV__) |> Keyword.keys()
      [:file, :line]
  """
  @spec location(t) :: keyword
  def location(%{__struct__: Macro.Env, file: file, line: line}), do: [file: file, line: line]

  @doc """
  What an alias stands for, as `{:ok, module}` or `:error`.

      iex> alias Foo.Bar, as: Baz
      iex> Macro.Env.fetch_alias(__ENV__, :Baz)
      {:ok, Foo.Bar}
  """
  @spec fetch_alias(t, atom) :: {:ok, atom} | :error
  def fetch_alias(%{__struct__: Macro.Env, aliases: aliases}, name) when is_atom(name) do
    Keyword.fetch(aliases, :"Elixir.#{name}")
  end

  @doc """
  What an alias set by a macro stands for.
  """
  @spec fetch_macro_alias(t, atom) :: {:ok, atom} | :error
  def fetch_macro_alias(%{__struct__: Macro.Env, macro_aliases: aliases}, name) when is_atom(name) do
    Keyword.fetch(aliases, :"Elixir.#{name}")
  end

  @doc """
  The modules from which a name and number of arguments is imported, each with `:function` or `:macro`.

      iex> Macro.Env.lookup_import(__ENV__, {:def, 1})
      [macro: Kernel]
  """
  @spec lookup_import(t, name_arity) :: [{:function | :macro, module}]
  def lookup_import(%{__struct__: Macro.Env, functions: functions, macros: macros}, {name, arity} = pair)
      when is_atom(name) and is_integer(arity) do
    imported(functions, :function, pair) ++ imported(macros, :macro, pair)
  end

  defp imported(imports, kind, pair), do: for({module, pairs} <- imports, pair in pairs, do: {kind, module})

  @doc """
  The modules that an alias may stand for: the full names under which it is known here.

      iex> alias Foo.Bar, as: Baz
      iex> Macro.Env.lookup_alias_as(__ENV__, Foo.Bar)
      [Elixir.Baz]
  """
  @spec lookup_alias_as(t, atom) :: [atom]
  def lookup_alias_as(%{__struct__: Macro.Env, aliases: aliases}, module) when is_atom(module) do
    for {name, ^module} <- aliases, do: name
  end

  @doc """
  Whether a module is required.

      iex> Macro.Env.required?(__ENV__, Kernel)
      true
  """
  @spec required?(t, module) :: boolean
  def required?(%{__struct__: Macro.Env, requires: requires}, module) when is_atom(module), do: module in requires

  @doc """
  Whether the environment is inside a guard.

      iex> Macro.Env.in_guard?(__ENV__)
      false
  """
  @spec in_guard?(t) :: boolean
  def in_guard?(env)
  def in_guard?(%{__struct__: Macro.Env, context: context}), do: context == :guard

  @doc """
  Whether the environment is inside a pattern.

      iex> Macro.Env.in_match?(__ENV__)
      false
  """
  @spec in_match?(t) :: boolean
  def in_match?(env)
  def in_match?(%{__struct__: Macro.Env, context: context}), do: context == :match

  @doc """
  The environment for a pattern at the same place.
  """
  @spec to_match(t) :: t
  def to_match(%{__struct__: Macro.Env, context: :match} = env), do: env
  def to_match(%{__struct__: Macro.Env} = env), do: %{env | context: :match}

  @doc """
  The environment for a guard at the same place.
  """
  @spec to_guard(t) :: t
  def to_guard(%{__struct__: Macro.Env} = env), do: %{env | context: :guard}

  @doc """
  Leaves out what belongs to the compilation of a file, so that the environment can be kept.
  """
  @spec prune_compile_info(t) :: t
  def prune_compile_info(%{__struct__: Macro.Env} = env), do: %{env | lexical_tracker: nil, tracers: []}

  @doc false
  def prepend_tracer(%{__struct__: Macro.Env, tracers: tracers} = env, tracer), do: %{env | tracers: [tracer | tracers]}

  @doc """
  The environment as a stack trace of one entry.

      iex> [{_, _, _, location}] = Macro.Env.stacktrace(__ENV__)
      iex> Keyword.keys(location)
      [:file, :line]
  """
  @spec stacktrace(t) :: list
  def stacktrace(%{__struct__: Macro.Env} = env) do
    location = [file: relative_location(env), line: env.line]

    cond do
      is_nil(env.module) -> [{:elixir_compiler, :__FILE__, 1, location}]
      is_nil(env.function) -> [{env.module, :__MODULE__, 0, location}]
      true -> [{env.module, elem(env.function, 0), elem(env.function, 1), location}]
    end
  end

  defp relative_location(env), do: String.to_charlist(Exception.__relative__(env.file))

  @doc """
  Requires a module in the environment, as `require/2` with metadata and options would.
  """
  def define_require(%{__struct__: Macro.Env} = env, _meta, module, opts \\ []) when is_atom(module) do
    env = if module in env.requires, do: env, else: %{env | requires: :ordsets.add_element(module, env.requires)}

    case Keyword.fetch(opts, :as) do
      {:ok, as} -> define_alias(env, [], module, as: as)
      :error -> {:ok, env}
    end
  end

  @doc """
  Sets an alias in the environment, as `alias/2` with metadata and options would.
  """
  def define_alias(%{__struct__: Macro.Env} = env, _meta, module, opts \\ []) when is_atom(module) do
    as = Keyword.get_lazy(opts, :as, fn -> Module.concat([List.last(Module.split(module))]) end)

    if as == module do
      {:ok, %{env | aliases: List.keydelete(env.aliases, as, 0)}}
    else
      {:ok, %{env | aliases: List.keystore(env.aliases, as, 0, {as, module})}}
    end
  end

  @doc """
  Imports functions and macros of a module in the environment, as `import/2` with metadata and options would.
  """
  def define_import(%{__struct__: Macro.Env} = env, _meta, module, opts \\ []) when is_atom(module) do
    case Code.ensure_compiled(module) do
      {:module, _} ->
        functions = chosen(module.__info__(:functions), :functions, opts)
        macros = chosen(module.__info__(:macros), :macros, opts)

        {:ok, env} = define_require(env, [], module)
        {:ok, %{env | functions: imports(env.functions, module, functions), macros: imports(env.macros, module, macros)}}

      {:error, _} ->
        {:error, "module #{inspect(module)} is not loaded and could not be found"}
    end
  end

  defp chosen(pairs, kind, opts) do
    case {Keyword.get(opts, :only), Keyword.get(opts, :except, [])} do
      {nil, except} -> pairs -- except
      {only, except} when is_atom(only) -> if(only == kind, do: pairs -- except, else: [])
      {only, _} -> Enum.filter(pairs, &(&1 in only))
    end
  end

  defp imports(imports, module, []), do: List.keydelete(imports, module, 0)
  defp imports(imports, module, pairs), do: [{module, pairs} | List.keydelete(imports, module, 0)]

  @doc """
  Expands an alias in the environment: `{:alias, module}` or `:error`.

      iex> alias Foo.Bar, as: Baz
      iex> Macro.Env.expand_alias(__ENV__, [], [:Baz, :Inner])
      {:alias, Foo.Bar.Inner}
  """
  def expand_alias(%{__struct__: Macro.Env} = env, _meta, [head | rest], _opts \\ []) when is_atom(head) do
    case fetch_alias(env, head) do
      {:ok, module} -> {:alias, Module.concat([module | rest])}
      :error -> :error
    end
  end

  @doc """
  What a call without a module means through the imports: `{:macro, module, expander}`, `{:function, module, name}` or
  `{:error, :not_found | {:ambiguous, modules}}`. The expander takes metadata and the argument expressions.

      iex> {:macro, Kernel, expander} = Macro.Env.expand_import(__ENV__, [], :unless, 2)
      iex> is_tuple(expander.([], [false, [do: 1]]))
      true
      iex> Macro.Env.expand_import(__ENV__, [], :missing, 1)
      {:error, :not_found}
  """
  @spec expand_import(t, keyword, atom, arity, keyword) ::
          {:macro, module, (keyword, [Macro.t()] -> Macro.t())} | {:function, module, atom} | {:error, term}
  def expand_import(%{__struct__: Macro.Env} = env, meta, name, arity, opts \\ []) when is_list(meta) and is_list(opts) do
    local? = Keyword.get(opts, :allow_locals, true) and env.module != nil and :phial_module.open(env.module) and Module.defines?(env.module, {name, arity})

    case lookup_import(env, {name, arity}) do
      _ when local? -> {:error, :not_found}
      [] -> {:error, :not_found}
      [{:function, module}] -> {:function, module, name}
      [{:macro, module}] -> {:macro, module, expander(env, module, name)}
      several -> {:error, {:ambiguous, for({_, module} <- several, do: module)}}
    end
  end

  @doc """
  What a call of a module means: `{:macro, module, expander}`, or `:error` where it is no macro of a required module.

      iex> {:macro, Kernel, _} = Macro.Env.expand_require(__ENV__, [], Kernel, :if, 2)
      iex> Macro.Env.expand_require(__ENV__, [], Kernel, :length, 1)
      :error
  """
  @spec expand_require(t, keyword, module, atom, arity, keyword) ::
          {:macro, module, (keyword, [Macro.t()] -> Macro.t())} | :error
  def expand_require(%{__struct__: Macro.Env} = env, meta, module, name, arity, opts \\ []) when is_list(meta) and is_list(opts) do
    if (required?(env, module) or meta[:required]) && Code.ensure_loaded?(module) && macro_exported?(module, name, arity),
      do: {:macro, module, expander(env, module, name)},
      else: :error
  end

  defp expander(env, module, name) do
    env = %{env | requires: Enum.uniq([module | env.requires])}

    fn meta, args ->
      Macro.expand_once({{:., meta, [module, name]}, meta, args}, %{env | line: Keyword.get(meta, :line, env.line)})
    end
  end
end
