defmodule DynamicSupervisor do
  @moduledoc """
  A supervisor for children that come and go while it runs.

      {:ok, sup} = DynamicSupervisor.start_link(strategy: :one_for_one)
      {:ok, agent} = DynamicSupervisor.start_child(sup, {Agent, fn -> %{} end})

  Children have no order and no ids; they are found by their pids. When the supervisor ends, all
  children are shut down at once. `:max_children` limits their number.
  """

  @behaviour GenServer

  @type sup_flags :: map
  @type option :: GenServer.option()
  @type init_option ::
          {:strategy, strategy}
          | {:max_restarts, non_neg_integer}
          | {:max_seconds, pos_integer}
          | {:max_children, non_neg_integer | :infinity}
          | {:extra_arguments, [term]}
  @type on_start_child ::
          {:ok, pid}
          | {:ok, pid, info :: term}
          | :ignore
          | {:error, {:already_started, pid} | :max_children | term}
  @type strategy :: :one_for_one

  @callback init(init_arg :: term) :: {:ok, sup_flags} | :ignore

  # The state. `children` maps pids (or `{:restarting, pid}`) to
  # `{mfa, restart, shutdown, type, modules}`.
  defstruct [
    :args,
    :extra_arguments,
    :mod,
    :name,
    :strategy,
    :max_children,
    :max_restarts,
    :max_seconds,
    children: %{},
    restarts: []
  ]

  @doc """
  Returns a specification to start a dynamic supervisor under a supervisor.

      iex> DynamicSupervisor.child_spec(name: Doc).id
      Doc
  """
  def child_spec(options) when is_list(options) do
    id =
      case Keyword.get(options, :name, DynamicSupervisor) do
        name when is_atom(name) -> name
        {:global, name} -> name
        {:via, _module, name} -> name
      end

    %{id: id, start: {DynamicSupervisor, :start_link, [options]}, type: :supervisor}
  end

  @doc false
  defmacro __using__(opts) do
    quote location: :keep, bind_quoted: [opts: opts] do
      @behaviour DynamicSupervisor

      if not Module.has_attribute?(__MODULE__, :doc) do
        @doc """
        Returns a specification to start this module under a supervisor.

        See `Supervisor`.
        """
      end

      def child_spec(arg) do
        default = %{
          id: __MODULE__,
          start: {__MODULE__, :start_link, [arg]},
          type: :supervisor
        }

        Supervisor.child_spec(default, unquote(Macro.escape(opts)))
      end

      defoverridable child_spec: 1
    end
  end

  @doc """
  Starts a supervisor with the options of `init/1` and `:name`, linked to the caller.

      iex> {:ok, sup} = DynamicSupervisor.start_link(strategy: :one_for_one)
      iex> {:ok, pid} = DynamicSupervisor.start_child(sup, {Agent, fn -> 1 end})
      iex> Agent.get(pid, & &1)
      1
  """
  @spec start_link([option | init_option]) :: Supervisor.on_start()
  def start_link(options) when is_list(options) do
    keys = [:extra_arguments, :max_children, :max_seconds, :max_restarts, :strategy]
    {sup_opts, start_opts} = Keyword.split(options, keys)
    start_link(Supervisor.Default, init(sup_opts), start_opts)
  end

  @doc """
  Starts a supervisor whose callback module is `module`, linked to the caller.
  """
  @spec start_link(module, term, [option]) :: Supervisor.on_start()
  def start_link(module, init_arg, opts \\ []) do
    GenServer.start_link(__MODULE__, {module, init_arg, opts[:name]}, opts)
  end

  @doc """
  Makes what a callback module's `init/1` has to return.

  Options: `:strategy` (only `:one_for_one`), `:max_restarts`, `:max_seconds`,
  `:max_children` and `:extra_arguments`.

      iex> {:ok, flags} = DynamicSupervisor.init(max_children: 5)
      iex> flags.max_children
      5
  """
  @impl true
  def init(options) when is_list(options) do
    {:ok,
     %{
       strategy: Keyword.get(options, :strategy, :one_for_one),
       intensity: Keyword.get(options, :max_restarts, 3),
       period: Keyword.get(options, :max_seconds, 5),
       max_children: Keyword.get(options, :max_children, :infinity),
       extra_arguments: Keyword.get(options, :extra_arguments, [])
     }}
  end

  def init({mod, init_arg, name}) do
    if not (is_atom(mod) and (Code.ensure_loaded(mod) == {:module, mod} or function_exported?(mod, :init, 1))) do
      raise ArgumentError, "invalid module: #{inspect(mod)}"
    end

    Process.put(:"$initial_call", {:supervisor, mod, 1})
    Process.flag(:trap_exit, true)

    name =
      cond do
        is_nil(name) -> {self(), mod}
        is_atom(name) -> {:local, name}
        is_tuple(name) -> name
      end

    case mod.init(init_arg) do
      {:ok, flags} when is_map(flags) ->
        case put_flags(%DynamicSupervisor{mod: mod, args: init_arg, name: name}, flags) do
          {:ok, state} -> {:ok, state}
          {:error, reason} -> {:stop, {:supervisor_data, reason}}
        end

      :ignore ->
        :ignore

      other ->
        {:stop, {:bad_return, {mod, :init, other}}}
    end
  end

  defp put_flags(state, flags) do
    extra_arguments = Map.get(flags, :extra_arguments, [])
    max_children = Map.get(flags, :max_children, :infinity)
    max_restarts = Map.get(flags, :intensity, 1)
    max_seconds = Map.get(flags, :period, 5)
    strategy = Map.get(flags, :strategy, :one_for_one)

    cond do
      strategy != :one_for_one ->
        {:error, {:invalid_strategy, strategy}}

      not (is_integer(max_restarts) and max_restarts >= 0) ->
        {:error, {:invalid_intensity, max_restarts}}

      not (is_integer(max_seconds) and max_seconds > 0) ->
        {:error, {:invalid_period, max_seconds}}

      not (max_children == :infinity or (is_integer(max_children) and max_children >= 0)) ->
        {:error, {:invalid_max_children, max_children}}

      not is_list(extra_arguments) ->
        {:error, {:invalid_extra_arguments, extra_arguments}}

      true ->
        {:ok,
         %{
           state
           | extra_arguments: extra_arguments,
             max_children: max_children,
             max_restarts: max_restarts,
             max_seconds: max_seconds,
             strategy: strategy
         }}
    end
  end

  # ---- Client ---------------------------------------------------------------------------

  @doc """
  Starts a child after a specification as those of `Supervisor`; its id is ignored.

      iex> {:ok, sup} = DynamicSupervisor.start_link(max_children: 1)
      iex> {:ok, _} = DynamicSupervisor.start_child(sup, {Agent, fn -> 1 end})
      iex> DynamicSupervisor.start_child(sup, {Agent, fn -> 2 end})
      {:error, :max_children}
  """
  @spec start_child(Supervisor.supervisor(), Supervisor.child_spec() | {module, term} | module) ::
          on_start_child
  def start_child(supervisor, {_, _, _, _, _, _} = child_spec),
    do: validate_and_start_child(supervisor, child_spec)

  def start_child(supervisor, child_spec) do
    validate_and_start_child(supervisor, Supervisor.child_spec(child_spec, []))
  end

  defp validate_and_start_child(supervisor, child_spec) do
    case validate_child(child_spec) do
      {:ok, child} -> call(supervisor, {:start_child, child})
      error -> {:error, error}
    end
  end

  defp validate_child(%{id: _, start: {mod, _, _} = start} = child) do
    restart = Map.get(child, :restart, :permanent)
    type = Map.get(child, :type, :worker)
    modules = Map.get(child, :modules, [mod])
    significant = Map.get(child, :significant, false)
    shutdown = Map.get_lazy(child, :shutdown, fn -> if type == :worker, do: 5_000, else: :infinity end)
    validate_child(start, restart, shutdown, type, modules, significant)
  end

  defp validate_child({_, start, restart, shutdown, type, modules}),
    do: validate_child(start, restart, shutdown, type, modules, false)

  defp validate_child(other), do: {:invalid_child_spec, other}

  defp validate_child(start, restart, shutdown, type, modules, significant) do
    cond do
      not match?({m, f, a} when is_atom(m) and is_atom(f) and is_list(a), start) ->
        {:invalid_mfa, start}

      type not in [:supervisor, :worker] ->
        {:invalid_child_type, type}

      restart not in [:permanent, :temporary, :transient] ->
        {:invalid_restart_type, restart}

      not (shutdown in [:infinity, :brutal_kill] or (is_integer(shutdown) and shutdown >= 0)) ->
        {:invalid_shutdown, shutdown}

      significant != false ->
        {:invalid_significant, significant}

      not (modules == :dynamic or (is_list(modules) and Enum.all?(modules, &is_atom/1))) ->
        {:invalid_modules, modules}

      true ->
        {:ok, {start, restart, shutdown, type, modules}}
    end
  end

  @doc """
  Ends the child `pid`.

      iex> {:ok, sup} = DynamicSupervisor.start_link([])
      iex> {:ok, pid} = DynamicSupervisor.start_child(sup, {Agent, fn -> 1 end})
      iex> DynamicSupervisor.terminate_child(sup, pid)
      :ok
      iex> DynamicSupervisor.terminate_child(sup, pid)
      {:error, :not_found}
  """
  @spec terminate_child(Supervisor.supervisor(), pid) :: :ok | {:error, :not_found}
  def terminate_child(supervisor, pid) when is_pid(pid), do: call(supervisor, {:terminate_child, pid})

  @doc """
  Returns `{:undefined, pid, type, modules}` of the children.

      iex> {:ok, sup} = DynamicSupervisor.start_link([])
      iex> DynamicSupervisor.which_children(sup)
      []
  """
  @spec which_children(Supervisor.supervisor()) :: [
          {:undefined, pid | :restarting, :worker | :supervisor, [module] | :dynamic}
        ]
  def which_children(supervisor), do: call(supervisor, :which_children)

  @doc """
  Counts the children: `:specs`, `:active`, `:supervisors` and `:workers`.

      iex> {:ok, sup} = DynamicSupervisor.start_link([])
      iex> DynamicSupervisor.count_children(sup)
      %{active: 0, specs: 0, supervisors: 0, workers: 0}
  """
  @spec count_children(Supervisor.supervisor()) :: map
  def count_children(supervisor), do: Map.new(call(supervisor, :count_children))

  @doc """
  Stops a supervisor and its children.

      iex> {:ok, sup} = DynamicSupervisor.start_link([])
      iex> DynamicSupervisor.stop(sup)
      :ok
  """
  @spec stop(Supervisor.supervisor(), reason :: term, timeout) :: :ok
  def stop(supervisor, reason \\ :normal, timeout \\ :infinity) do
    GenServer.stop(supervisor, reason, timeout)
  end

  defp call(supervisor, req), do: GenServer.call(supervisor, req, :infinity)

  # ---- Server ---------------------------------------------------------------------------

  @impl true
  def handle_call(:which_children, _from, %{children: children} = state) do
    reply =
      for {pid, {_, _, _, type, modules}} <- children do
        {:undefined, if(is_pid(pid), do: pid, else: :restarting), type, modules}
      end

    {:reply, reply, state}
  end

  def handle_call(:count_children, _from, %{children: children} = state) do
    active = Enum.count(children, fn {pid, _} -> is_pid(pid) end)
    supervisors = Enum.count(children, fn {_, child} -> elem(child, 3) == :supervisor end)
    specs = map_size(children)
    reply = [specs: specs, active: active, supervisors: supervisors, workers: specs - supervisors]
    {:reply, reply, state}
  end

  def handle_call({:terminate_child, pid}, _from, %{children: children} = state) do
    case children do
      %{^pid => child} ->
        :ok = terminate_children(%{pid => child}, state)
        {:reply, :ok, delete_child(pid, state)}

      %{{:restarting, ^pid} => _} ->
        {:reply, :ok, delete_child({:restarting, pid}, state)}

      _ ->
        {:reply, {:error, :not_found}, state}
    end
  end

  def handle_call({:start_child, _child}, _from, %{max_children: max, children: children} = state)
      when is_integer(max) and map_size(children) >= max do
    {:reply, {:error, :max_children}, state}
  end

  def handle_call({:start_child, {{m, f, args} = mfa, restart, shutdown, type, modules}}, _from, state) do
    case start_child(m, f, state.extra_arguments ++ args) do
      {:ok, pid} = reply ->
        {:reply, reply, save_child(pid, mfa, restart, shutdown, type, modules, state)}

      {:ok, pid, _} = reply ->
        {:reply, reply, save_child(pid, mfa, restart, shutdown, type, modules, state)}

      reply ->
        {:reply, reply, state}
    end
  end

  # Temporary children are never started again: their arguments need not be kept.
  defp save_child(pid, {m, f, _}, :temporary, shutdown, type, modules, state),
    do: put_child(pid, {m, f, :undefined}, :temporary, shutdown, type, modules, state)

  defp save_child(pid, mfa, restart, shutdown, type, modules, state),
    do: put_child(pid, mfa, restart, shutdown, type, modules, state)

  defp put_child(pid, mfa, restart, shutdown, type, modules, state) do
    %{state | children: :maps.put(pid, {mfa, restart, shutdown, type, modules}, state.children)}
  end

  defp delete_child(pid, state), do: %{state | children: :maps.remove(pid, state.children)}

  defp start_child(m, f, a) do
    try do
      apply(m, f, a)
    catch
      :throw, value -> value
      kind, reason -> {:error, exit_reason(kind, reason, __STACKTRACE__)}
    end
    |> case do
      {:ok, pid, extra} when is_pid(pid) -> {:ok, pid, extra}
      {:ok, pid} when is_pid(pid) -> {:ok, pid}
      :ignore -> :ignore
      {:error, error} -> {:error, error}
      other -> {:error, other}
    end
  end

  defp exit_reason(:exit, reason, _), do: reason
  defp exit_reason(:error, reason, stack), do: {reason, stack}

  @impl true
  def handle_cast(_msg, state), do: {:noreply, state}

  @impl true
  def handle_info({:EXIT, pid, reason}, state) do
    case state.children do
      %{^pid => child} -> maybe_restart_child(child, reason, pid, state)
      _ -> {:noreply, state}
    end
  end

  def handle_info({:"$gen_restart", pid}, %{children: children} = state) do
    case children do
      %{{:restarting, ^pid} => child} -> restart_child({:restarting, pid}, child, state)
      _ -> {:noreply, state}
    end
  end

  def handle_info(msg, state) do
    :logger.error(
      %{
        label: {DynamicSupervisor, :unexpected_msg},
        report: %{msg: msg}
      },
      %{
        domain: [:otp, :elixir],
        error_logger: %{tag: :error_msg},
        report_cb: &__MODULE__.format_report/1
      }
    )

    {:noreply, state}
  end

  @doc false
  def format_report(%{label: {__MODULE__, :unexpected_msg}, report: %{msg: msg}}) do
    {~c"DynamicSupervisor received unexpected message: ~p~n", [msg]}
  end

  defp maybe_restart_child({_, :permanent, _, _, _} = child, reason, pid, state) do
    report_error(:child_terminated, reason, pid, child, state)
    restart_child(pid, child, state)
  end

  defp maybe_restart_child({_, restart, _, _, _} = child, reason, pid, state) do
    cond do
      reason == :normal or reason == :shutdown or match?({:shutdown, _}, reason) ->
        {:noreply, delete_child(pid, state)}

      restart == :transient ->
        report_error(:child_terminated, reason, pid, child, state)
        restart_child(pid, child, state)

      true ->
        report_error(:child_terminated, reason, pid, child, state)
        {:noreply, delete_child(pid, state)}
    end
  end

  defp restart_child(pid, child, state) do
    case add_restart(state) do
      {:ok, state} ->
        case try_restart(pid, child, state) do
          {:ok, state} -> {:noreply, state}
        end

      {:shutdown, state} ->
        report_error(:shutdown, :reached_max_restart_intensity, pid, child, state)
        {:stop, :shutdown, delete_child(pid, state)}
    end
  end

  defp add_restart(%{max_seconds: max_seconds, max_restarts: max_restarts, restarts: restarts} = state) do
    now = :erlang.monotonic_time(:second)
    restarts = [now | Enum.filter(restarts, &(now - &1 <= max_seconds))]
    state = %{state | restarts: restarts}
    if length(restarts) <= max_restarts, do: {:ok, state}, else: {:shutdown, state}
  end

  defp try_restart(current_pid, {{m, f, args} = mfa, restart, shutdown, type, modules} = child, state) do
    case start_child(m, f, state.extra_arguments ++ args) do
      {:ok, pid} ->
        state = delete_child(current_pid, state)
        {:ok, save_child(pid, mfa, restart, shutdown, type, modules, state)}

      {:ok, pid, _} ->
        state = delete_child(current_pid, state)
        {:ok, save_child(pid, mfa, restart, shutdown, type, modules, state)}

      :ignore ->
        {:ok, delete_child(current_pid, state)}

      {:error, reason} ->
        report_error(:start_error, reason, {:restarting, current_pid}, child, state)

        pid =
          case current_pid do
            {:restarting, pid} -> pid
            pid -> pid
          end

        send(self(), {:"$gen_restart", pid})
        children = state.children |> Map.delete(current_pid) |> Map.put({:restarting, pid}, child)
        {:ok, %{state | children: children}}
    end
  end

  @impl true
  def terminate(_, %{children: children} = state), do: terminate_children(children, state)

  # All children are told to end, then awaited together, each up to its own time.
  defp terminate_children(children, state) do
    {pids, times, stacks} =
      Enum.reduce(children, {%{}, %{}, []}, fn
        {{:restarting, _}, _}, acc ->
          acc

        {pid, {_, restart, shutdown, _, _} = child}, {pids, times, early} ->
          case monitor(pid) do
            :ok -> {Map.put(pids, pid, child), add_time(times, shutdown, pid), early}
            {:error, :normal} when restart != :permanent -> {pids, times, early}
            {:error, reason} -> {pids, times, [{pid, child, reason} | early]}
          end
      end)

    for {pid, child, reason} <- stacks, do: report_error(:shutdown_error, reason, pid, child, state)

    for {pid, {_, _, shutdown, _, _}} <- pids,
        do: Process.exit(pid, if(shutdown == :brutal_kill, do: :kill, else: :shutdown))

    timers = for {time, of_time} <- times, do: :erlang.start_timer(time, self(), {:kill, of_time})
    wait_children(pids, timers, state)

    for timer <- timers do
      :erlang.cancel_timer(timer)

      receive do
        {:timeout, ^timer, _} -> :ok
      after
        0 -> :ok
      end
    end

    :ok
  end

  defp add_time(times, shutdown, pid) when is_integer(shutdown),
    do: Map.update(times, shutdown, [pid], &[pid | &1])

  defp add_time(times, _, _pid), do: times

  defp monitor(pid) do
    Process.monitor(pid)
    Process.unlink(pid)

    receive do
      {:EXIT, ^pid, reason} ->
        receive do
          {:DOWN, _, :process, ^pid, _} -> {:error, reason}
        end
    after
      0 -> :ok
    end
  end

  defp wait_children(pids, _timers, _state) when map_size(pids) == 0, do: :ok

  defp wait_children(pids, timers, state) do
    receive do
      {:DOWN, _, :process, pid, reason} when is_map_key(pids, pid) ->
        {{_, restart, shutdown, _, _} = child, pids} = Map.pop!(pids, pid)

        expected? =
          case reason do
            :shutdown -> shutdown != :brutal_kill
            {:shutdown, _} -> shutdown != :brutal_kill
            :killed -> shutdown == :brutal_kill
            :normal -> restart != :permanent
            _ -> false
          end

        if not expected?, do: report_error(:shutdown_error, reason, pid, child, state)
        wait_children(pids, timers, state)

      {:timeout, timer, {:kill, of_time}} when is_reference(timer) ->
        for pid <- of_time, do: Process.exit(pid, :kill)
        wait_children(pids, timers, state)
    end
  end

  @impl true
  def code_change(_, %{mod: mod, args: init_arg} = state, _) do
    case mod.init(init_arg) do
      {:ok, flags} when is_map(flags) ->
        case put_flags(state, flags) do
          {:ok, state} -> {:ok, state}
          {:error, reason} -> {:error, {:supervisor_data, reason}}
        end

      :ignore ->
        {:ok, state}

      error ->
        error
    end
  end

  # ---- Reports --------------------------------------------------------------------------

  defp report_error(error, reason, pid, child, %{name: name, extra_arguments: extra}) do
    :logger.error(
      %{
        label: {:supervisor, error},
        report: [
          supervisor: name,
          errorContext: error,
          reason: reason,
          offender: extract_child(pid, child, extra)
        ]
      },
      %{
        domain: [:otp, :sasl],
        report_cb: &:supervisor.format_log/1,
        logger_formatter: %{title: ~c"SUPERVISOR REPORT"},
        error_logger: %{tag: :error_report, type: :supervisor_report}
      }
    )
  end

  defp extract_child(pid, {{m, f, args}, restart, shutdown, type, _modules}, extra) do
    mfargs = if args == :undefined, do: {m, f, :undefined}, else: {m, f, extra ++ args}

    [
      pid: if(is_tuple(pid), do: :restarting, else: pid),
      id: :undefined,
      mfargs: mfargs,
      restart_type: restart,
      shutdown: shutdown,
      child_type: type
    ]
  end
end
