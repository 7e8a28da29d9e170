defmodule Supervisor do
  @moduledoc """
  A process that starts other processes, watches over them and restarts them when they end.

      children = [
        {Counter, 0},
        Supervisor.child_spec({Agent, fn -> [] end}, id: :list)
      ]

      Supervisor.start_link(children, strategy: :one_for_one)

  A child is a module (its `child_spec/1` is called with `[]`), `{module, argument}`, or a map with
  `:id`, `:start` (`{module, function, args}`) and optionally `:restart` (`:permanent`, `:transient`,
  `:temporary`), `:shutdown`, `:type`, `:modules` and `:significant`.

  Strategies: `:one_for_one` restarts the child that ended, `:one_for_all` all children, `:rest_for_one` that child and those
  started after it. More than `:max_restarts` (3) in `:max_seconds` (5) end the supervisor itself.
  """

  @type on_start :: {:ok, pid} | :ignore | {:error, {:already_started, pid} | {:shutdown, term} | term}
  @type on_start_child ::
          {:ok, child}
          | {:ok, child, info :: term}
          | {:error, {:already_started, child} | :already_present | term}
  @type child :: pid | :undefined
  @type name :: atom | {:global, term} | {:via, module, term}
  @type option :: {:name, name}
  @type auto_shutdown :: :never | :any_significant | :all_significant
  @type init_option ::
          {:strategy, strategy}
          | {:max_restarts, non_neg_integer}
          | {:max_seconds, pos_integer}
          | {:auto_shutdown, auto_shutdown}
  @type supervisor :: pid | name | {atom, node}
  @type strategy :: :one_for_one | :one_for_all | :rest_for_one
  @type restart :: :permanent | :transient | :temporary
  @type shutdown :: timeout | :brutal_kill
  @type type :: :worker | :supervisor
  @type sup_flags :: map
  @type module_spec :: {module, args :: term} | module
  @type child_spec :: map

  @callback init(init_arg :: term) :: {:ok, {sup_flags, [child_spec]}} | :ignore

  @doc false
  defmacro __using__(opts) do
    quote location: :keep, bind_quoted: [opts: opts] do
      @behaviour Supervisor

      if not Module.has_attribute?(__MODULE__, :doc) do
        @doc """
        Returns a specification to start this module under a supervisor.

        See `Supervisor`.
        """
      end

      def child_spec(init_arg) do
        default = %{
          id: __MODULE__,
          start: {__MODULE__, :start_link, [init_arg]},
          type: :supervisor
        }

        Supervisor.child_spec(default, unquote(Macro.escape(opts)))
      end

      defoverridable child_spec: 1
    end
  end

  # ---- Starting -------------------------------------------------------------------------

  @doc """
  Starts a supervisor with `children`, linked to the caller.

  Options are those of `init/2` and `:name`.

      iex> {:ok, pid} = Supervisor.start_link([{Agent, fn -> 1 end}], strategy: :one_for_one)
      iex> Supervisor.count_children(pid).active
      1
      iex> Supervisor.stop(pid)
      :ok
  """
  @spec start_link([child_spec | module_spec], [option | init_option]) :: on_start
  def start_link(children, options) when is_list(children) do
    {sup_opts, start_opts} = Keyword.split(options, [:strategy, :max_seconds, :max_restarts, :auto_shutdown])
    start_link(Supervisor.Default, init(children, sup_opts), start_opts)
  end

  @doc """
  Starts the supervisor whose callback module is `module`, linked to the caller.
  """
  @spec start_link(module, term) :: on_start
  @spec start_link(module, term, [option]) :: on_start
  def start_link(module, init_arg, options \\ []) when is_list(options) do
    case Keyword.get(options, :name) do
      nil ->
        :supervisor.start_link(module, init_arg)

      atom when is_atom(atom) ->
        :supervisor.start_link({:local, atom}, module, init_arg)

      {:global, _term} = tuple ->
        :supervisor.start_link(tuple, module, init_arg)

      {:via, via_module, _term} = tuple when is_atom(via_module) ->
        :supervisor.start_link(tuple, module, init_arg)

      other ->
        raise ArgumentError, """
        expected :name option to be one of the following:

          * nil
          * atom
          * {:global, term}
          * {:via, module, term}

        Got: #{inspect(other)}
        """
    end
  end

  @doc """
  Makes what a supervisor's `init/1` has to return, from children and options.

      iex> {:ok, {flags, [child]}} = Supervisor.init([Task], strategy: :one_for_all, max_restarts: 1)
      iex> {flags.strategy, flags.intensity, child.id}
      {:one_for_all, 1, Task}
  """
  @spec init([child_spec | module_spec], [init_option]) :: {:ok, tuple}
  def init(children, options) when is_list(children) and is_list(options) do
    strategy =
      case options[:strategy] do
        nil -> raise ArgumentError, "expected :strategy option to be given"
        :simple_one_for_one -> :simple_one_for_one
        strategy -> strategy
      end

    flags = %{
      strategy: strategy,
      intensity: Keyword.get(options, :max_restarts, 3),
      period: Keyword.get(options, :max_seconds, 5),
      auto_shutdown: Keyword.get(options, :auto_shutdown, :never)
    }

    {:ok, {flags, Enum.map(children, &init_child/1)}}
  end

  defp init_child(module) when is_atom(module), do: init_child({module, []})

  defp init_child({module, arg}) when is_atom(module) do
    module.child_spec(arg)
  rescue
    e in UndefinedFunctionError ->
      case __STACKTRACE__ do
        [{^module, :child_spec, [^arg], _} | _] -> raise ArgumentError, child_spec_error(module)
        stack -> reraise e, stack
      end
  end

  defp init_child(map) when is_map(map), do: map
  defp init_child({_, _, _, _, _, _} = tuple), do: tuple

  defp init_child(other) do
    raise ArgumentError, """
    supervisors expect each child to be one of the following:

      * a module
      * a {module, arg} tuple
      * a child specification as a map with at least the :id and :start fields
      * or a tuple with 6 elements generated by Supervisor.Spec (deprecated)

    Got: #{inspect(other)}
    """
  end

  defp child_spec_error(module) do
    if Code.ensure_loaded?(module) do
      """
      The module #{inspect(module)} was given as a child to a supervisor
      but it does not implement child_spec/1.

      If you own the given module, please define a child_spec/1 function
      that receives an argument and returns a child specification as a map.
      For example:

          def child_spec(opts) do
            %{
              id: __MODULE__,
              start: {__MODULE__, :start_link, [opts]},
              type: :worker,
              restart: :permanent,
              shutdown: 500
            }
          end

      Note that "use Agent", "use GenServer" and so on automatically define
      this function for you.

      However, if you don't own the given module and it doesn't implement
      child_spec/1, instead of passing the module name directly as a supervisor
      child, you will have to pass a child specification as a map:

          %{
            id: #{inspect(module)},
            start: {#{inspect(module)}, :start_link, [arg1, arg2]}
          }

      See the Supervisor documentation for more information.
      """
    else
      "The module #{inspect(module)} was given as a child to a supervisor but it does not exist."
    end
  end

  @doc """
  Builds a child specification, with some of its fields overridden.

      iex> Supervisor.child_spec({Agent, fn -> :ok end}, id: MyAgent, shutdown: 10_000).id
      MyAgent
  """
  @spec child_spec(child_spec | module_spec, keyword) :: child_spec
  def child_spec(module_or_map, overrides)

  def child_spec({_, _, _, _, _, _} = tuple, _overrides) do
    raise ArgumentError,
          "old tuple-based child specification #{inspect(tuple)} is not supported in Supervisor.child_spec/2"
  end

  def child_spec(module_or_map, overrides) do
    Enum.reduce(overrides, init_child(module_or_map), fn
      {key, value}, acc when key in [:id, :start, :restart, :shutdown, :type, :modules, :significant] ->
        Map.put(acc, key, value)

      {key, _value}, _acc ->
        raise ArgumentError, "unknown key #{inspect(key)} in child specification override"
    end)
  end

  # ---- Children -------------------------------------------------------------------------

  @doc """
  Adds a child to a running supervisor.

      iex> {:ok, sup} = Supervisor.start_link([], strategy: :one_for_one)
      iex> {:ok, pid} = Supervisor.start_child(sup, {Agent, fn -> 1 end})
      iex> is_pid(pid)
      true
  """
  @spec start_child(supervisor, child_spec | module_spec | [term]) :: on_start_child
  def start_child(supervisor, {_, _, _, _, _, _} = child_spec),
    do: call(supervisor, {:start_child, child_spec})

  def start_child(supervisor, args) when is_list(args), do: call(supervisor, {:start_child, args})

  def start_child(supervisor, child_spec) do
    call(supervisor, {:start_child, Supervisor.child_spec(child_spec, [])})
  end

  @doc """
  Ends a child; its specification stays, except for temporary children.

      iex> {:ok, sup} = Supervisor.start_link([{Agent, fn -> 1 end}], strategy: :one_for_one)
      iex> Supervisor.terminate_child(sup, Agent)
      :ok
      iex> Supervisor.terminate_child(sup, :unknown)
      {:error, :not_found}
  """
  @spec terminate_child(supervisor, term) :: :ok | {:error, :not_found}
  def terminate_child(supervisor, child_id), do: call(supervisor, {:terminate_child, child_id})

  @doc """
  Deletes the specification of a child that does not run.

      iex> {:ok, sup} = Supervisor.start_link([{Agent, fn -> 1 end}], strategy: :one_for_one)
      iex> Supervisor.delete_child(sup, Agent)
      {:error, :running}
  """
  @spec delete_child(supervisor, term) :: :ok | {:error, :not_found | :running | :restarting}
  def delete_child(supervisor, child_id), do: call(supervisor, {:delete_child, child_id})

  @doc """
  Starts a child again that was terminated.

      iex> {:ok, sup} = Supervisor.start_link([{Agent, fn -> 1 end}], strategy: :one_for_one)
      iex> Supervisor.restart_child(sup, Agent)
      {:error, :running}
  """
  @spec restart_child(supervisor, term) ::
          {:ok, child} | {:ok, child, term} | {:error, :not_found | :running | :restarting | term}
  def restart_child(supervisor, child_id), do: call(supervisor, {:restart_child, child_id})

  @doc """
  Returns `{id, pid, type, modules}` of the children.

      iex> {:ok, sup} = Supervisor.start_link([{Agent, fn -> 1 end}], strategy: :one_for_one)
      iex> [{Agent, pid, :worker, [Agent]}] = Supervisor.which_children(sup)
      iex> is_pid(pid)
      true
  """
  @spec which_children(supervisor) :: [{term | :undefined, child | :restarting, type, [module] | :dynamic}]
  def which_children(supervisor), do: call(supervisor, :which_children)

  @doc """
  Counts the children: `:specs`, `:active`, `:supervisors` and `:workers`.

      iex> {:ok, sup} = Supervisor.start_link([], strategy: :one_for_one)
      iex> Supervisor.count_children(sup)
      %{active: 0, specs: 0, supervisors: 0, workers: 0}
  """
  @spec count_children(supervisor) :: map
  def count_children(supervisor), do: Map.new(call(supervisor, :count_children))

  @doc """
  Stops a supervisor, and its children.

      iex> {:ok, sup} = Supervisor.start_link([], strategy: :one_for_one)
      iex> Supervisor.stop(sup)
      :ok
  """
  @spec stop(supervisor, reason :: term, timeout) :: :ok
  def stop(supervisor, reason \\ :normal, timeout \\ :infinity) do
    GenServer.stop(supervisor, reason, timeout)
  end

  @compile {:inline, call: 2}
  defp call(supervisor, req), do: GenServer.call(supervisor, req, :infinity)
end
