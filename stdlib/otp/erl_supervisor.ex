defmodule :supervisor do
  @moduledoc """
  The supervisor: a server that starts children, restarts them as its strategy says, and ends them
  in reverse order.

  Static children are a list in start order; each is a map with the keys of its specification and
  `:pid` (a pid, `:undefined`, or `:restarting` between failed attempts). A `simple_one_for_one` supervisor has
  one template child and a map from pids to extra arguments. Children that are shut
  down on purpose are monitored and unlinked first, so every `:EXIT` message is news.
  """

  @callback init(args :: term) :: {:ok, {flags :: term, specs :: list}} | :ignore

  # ---- Client ---------------------------------------------------------------------------

  @doc "Starts a supervisor with the callback `module.init(args)`, linked to the caller."
  def start_link(module, args), do: :gen_server.start_link(:supervisor, {:self, module, args}, [])

  @doc "Starts a named supervisor."
  def start_link(name, module, args),
    do: :gen_server.start_link(name, :supervisor, {name, module, args}, [])

  @doc "Adds a child: a specification, or extra arguments for `simple_one_for_one`."
  def start_child(supervisor, spec), do: call(supervisor, {:start_child, spec})

  @doc "Restarts a child that was terminated."
  def restart_child(supervisor, id), do: call(supervisor, {:restart_child, id})

  @doc "Deletes the specification of a child that does not run."
  def delete_child(supervisor, id), do: call(supervisor, {:delete_child, id})

  @doc "Ends a child, by id, or by pid for `simple_one_for_one`."
  def terminate_child(supervisor, id), do: call(supervisor, {:terminate_child, id})

  @doc "Returns the specification of a child."
  def get_childspec(supervisor, id), do: call(supervisor, {:get_childspec, id})

  @doc "Returns `{id, pid, type, modules}` of all children."
  def which_children(supervisor), do: call(supervisor, :which_children)

  @doc "Returns `{:ok, {id, pid, type, modules}}` of a child."
  def which_child(supervisor, id), do: call(supervisor, {:which_child, id})

  @doc "Returns counts of specifications, active children, supervisors and workers."
  def count_children(supervisor), do: call(supervisor, :count_children)

  @doc "Returns the callback module."
  def get_callback_module(supervisor), do: call(supervisor, :get_callback_module)

  defp call(supervisor, request), do: :gen_server.call(supervisor, request, :infinity)

  @doc """
  Checks child specifications: `:ok` or `{:error, reason}`.

      iex> :supervisor.check_childspecs([%{id: 1, start: {Agent, :start_link, [fn -> 1 end]}}])
      :ok
      iex> :supervisor.check_childspecs([%{start: {Agent, :start_link, []}}])
      {:error, :missing_id}
  """
  def check_childspecs(specs), do: check_childspecs(specs, :undefined)

  def check_childspecs(specs, auto_shutdown) when is_list(specs) do
    case checked_specs(specs, if(auto_shutdown == :undefined, do: :any, else: auto_shutdown)) do
      {:ok, _} -> :ok
      error -> error
    end
  end

  def check_childspecs(other, _), do: {:error, {:badarg, other}}

  # ---- Start ----------------------------------------------------------------------------

  @doc false
  def init({name, module, args}) do
    :erlang.process_flag(:trap_exit, true)

    case module.init(args) do
      {:ok, {flags, specs}} ->
        name = if name == :self, do: {self(), module}, else: name

        case checked_flags(flags) do
          {:ok, flags} ->
            state =
              :maps.merge(flags, %{
                name: name,
                module: module,
                args: args,
                children: [],
                dynamics: %{},
                restarts: []
              })

            init_children(state, specs)

          {:error, reason} ->
            {:stop, {:supervisor_data, reason}}
        end

      :ignore ->
        :ignore

      other ->
        {:stop, {:bad_return, {module, :init, other}}}
    end
  end

  defp init_children(%{strategy: :simple_one_for_one} = state, specs) do
    case checked_specs(specs, state.auto_shutdown) do
      {:ok, [template]} -> {:ok, %{state | children: [template]}}
      {:ok, _} -> {:stop, {:bad_start_spec, specs}}
      {:error, reason} -> {:stop, {:start_spec, reason}}
    end
  end

  defp init_children(state, specs) do
    case checked_specs(specs, state.auto_shutdown) do
      {:ok, children} ->
        case start_children(children, [], state) do
          {:ok, children} ->
            {:ok, %{state | children: children}}

          {:error, started, id, reason} ->
            terminate_children(:lists.reverse(started), state)
            {:stop, {:shutdown, {:failed_to_start_child, id, reason}}}
        end

      {:error, reason} ->
        {:stop, {:start_spec, reason}}
    end
  end

  # Returns the children in start order, or those started so far, latest last, and who failed.
  defp start_children([], started, _state), do: {:ok, :lists.reverse(started)}

  defp start_children([child | rest], started, state) do
    case do_start_child(child, state) do
      {:ok, :undefined} when child.restart == :temporary ->
        start_children(rest, started, state)

      {:ok, pid} ->
        start_children(rest, [%{child | pid: pid} | started], state)

      {:ok, pid, _extra} ->
        start_children(rest, [%{child | pid: pid} | started], state)

      {:error, reason} ->
        report(:start_error, reason, child, state)
        {:error, :lists.reverse(started), child.id, reason}
    end
  end

  defp do_start_child(%{start: {module, function, args}} = child, state) do
    case apply_start(module, function, args) do
      {:ok, pid} when is_pid(pid) ->
        progress(%{child | pid: pid}, state)
        {:ok, pid}

      {:ok, pid, extra} when is_pid(pid) ->
        progress(%{child | pid: pid}, state)
        {:ok, pid, extra}

      :ignore ->
        {:ok, :undefined}

      {:error, reason} ->
        {:error, reason}

      other ->
        {:error, other}
    end
  end

  defp apply_start(module, function, args) do
    apply(module, function, args)
  catch
    :throw, value -> value
    :error, reason -> {:error, {:EXIT, {reason, __STACKTRACE__}}}
    :exit, reason -> {:error, {:EXIT, reason}}
  end

  # ---- Requests -------------------------------------------------------------------------

  @doc false
  def handle_call({:start_child, extra_args}, _from, %{strategy: :simple_one_for_one} = state)
      when is_list(extra_args) do
    [%{start: {module, function, args}} = template] = state.children
    child = %{template | start: {module, function, args ++ extra_args}}

    case do_start_child(child, state) do
      {:ok, :undefined} ->
        {:reply, {:ok, :undefined}, state}

      {:ok, pid} ->
        {:reply, {:ok, pid}, put_dynamic(state, pid, extra_args)}

      {:ok, pid, extra} ->
        {:reply, {:ok, pid, extra}, put_dynamic(state, pid, extra_args)}

      {:error, _} = error ->
        {:reply, error, state}
    end
  end

  def handle_call({:start_child, spec}, _from, state) do
    case checked_spec(spec, state.auto_shutdown) do
      {:ok, child} -> add_child(child, state)
      {:error, _} = error -> {:reply, error, state}
    end
  end

  def handle_call({:terminate_child, pid}, _from, %{strategy: :simple_one_for_one} = state) do
    cond do
      not is_pid(pid) ->
        {:reply, {:error, :simple_one_for_one}, state}

      :maps.is_key(pid, state.dynamics) ->
        [template] = state.children
        shutdown(%{template | pid: pid}, state)
        {:reply, :ok, delete_dynamic(state, pid)}

      true ->
        {:reply, {:error, :not_found}, state}
    end
  end

  def handle_call({request, _id}, _from, %{strategy: :simple_one_for_one} = state)
      when request in [:restart_child, :delete_child, :which_child] do
    {:reply, {:error, :simple_one_for_one}, state}
  end

  def handle_call({:terminate_child, id}, _from, state) do
    case find(id, state) do
      nil ->
        {:reply, {:error, :not_found}, state}

      %{pid: pid} = child ->
        if is_pid(pid), do: shutdown(child, state)
        {:reply, :ok, drop(child, state)}
    end
  end

  def handle_call({:restart_child, id}, _from, state) do
    case find(id, state) do
      nil ->
        {:reply, {:error, :not_found}, state}

      %{pid: :undefined} = child ->
        case do_start_child(child, state) do
          {:ok, pid} ->
            {:reply, {:ok, pid}, replace(%{child | pid: pid}, state)}

          {:ok, pid, extra} ->
            {:reply, {:ok, pid, extra}, replace(%{child | pid: pid}, state)}

          {:error, _} = error ->
            {:reply, error, state}
        end

      %{pid: :restarting} ->
        {:reply, {:error, :restarting}, state}

      _ ->
        {:reply, {:error, :running}, state}
    end
  end

  def handle_call({:delete_child, id}, _from, state) do
    case find(id, state) do
      nil -> {:reply, {:error, :not_found}, state}
      %{pid: :undefined} -> {:reply, :ok, delete(id, state)}
      %{pid: :restarting} -> {:reply, {:error, :restarting}, state}
      _ -> {:reply, {:error, :running}, state}
    end
  end

  def handle_call({:get_childspec, id}, _from, state) do
    child =
      if state.strategy == :simple_one_for_one,
        do: by_pid_or_template(id, state),
        else: find(id, state) || find_pid(id, state)

    case child do
      nil -> {:reply, {:error, :not_found}, state}
      child -> {:reply, {:ok, :maps.remove(:pid, child)}, state}
    end
  end

  def handle_call({:which_child, id}, _from, state) do
    case find(id, state) do
      nil -> {:reply, {:error, :not_found}, state}
      child -> {:reply, {:ok, {child.id, child.pid, child.type, child.modules}}, state}
    end
  end

  def handle_call(:which_children, _from, %{strategy: :simple_one_for_one} = state) do
    [%{type: type, modules: modules}] = state.children

    reply =
      for {pid, args} <- :maps.to_list(state.dynamics) do
        {:undefined, if(args == :restarting, do: :restarting, else: pid), type, modules}
      end

    {:reply, reply, state}
  end

  def handle_call(:which_children, _from, state) do
    reply = for child <- state.children, do: {child.id, child.pid, child.type, child.modules}
    {:reply, :lists.reverse(reply), state}
  end

  def handle_call(:count_children, _from, %{strategy: :simple_one_for_one} = state) do
    [%{type: type}] = state.children
    active = length(for {pid, _} <- :maps.to_list(state.dynamics), is_pid(pid), do: pid)
    total = map_size(state.dynamics)

    reply =
      if type == :supervisor,
        do: [specs: 1, active: active, supervisors: total, workers: 0],
        else: [specs: 1, active: active, supervisors: 0, workers: total]

    {:reply, reply, state}
  end

  def handle_call(:count_children, _from, %{children: children} = state) do
    reply = [
      specs: length(children),
      active: length(for %{pid: pid} <- children, is_pid(pid), do: pid),
      supervisors: length(for %{type: :supervisor} = child <- children, do: child),
      workers: length(for %{type: :worker} = child <- children, do: child)
    ]

    {:reply, reply, state}
  end

  def handle_call(:get_callback_module, _from, state), do: {:reply, state.module, state}

  defp by_pid_or_template(pid, state) when is_map_key(:erlang.map_get(:dynamics, state), pid),
    do: hd(state.children)

  defp by_pid_or_template(id, state), do: find(id, state)

  defp add_child(%{id: id} = child, state) do
    case find(id, state) do
      nil ->
        case do_start_child(child, state) do
          {:ok, :undefined} when child.restart == :temporary ->
            {:reply, {:ok, :undefined}, state}

          {:ok, pid} ->
            {:reply, {:ok, pid}, append(%{child | pid: pid}, state)}

          {:ok, pid, extra} ->
            {:reply, {:ok, pid, extra}, append(%{child | pid: pid}, state)}

          {:error, reason} ->
            report(:start_error, reason, child, state)
            {:reply, {:error, start_error(reason, child)}, state}
        end

      %{pid: pid} when is_pid(pid) ->
        {:reply, {:error, {:already_started, pid}}, state}

      _ ->
        {:reply, {:error, :already_present}, state}
    end
  end

  # The caller gets the child's reason together with its specification.
  defp start_error(reason, child) do
    {reason,
     {:child, :undefined, child.id, child.start, child.restart, child.significant, child.shutdown, child.type,
      child.modules}}
  end

  # ---- Exits ----------------------------------------------------------------------------

  @doc false
  def handle_cast({:try_again_restart, key}, state) do
    child =
      if state.strategy == :simple_one_for_one do
        case state.dynamics do
          %{^key => args} when key != :undefined -> dynamic_child({:restarting, key}, args, state)
          _ -> nil
        end
      else
        case find(key, state) do
          %{pid: :restarting} = child -> child
          _ -> nil
        end
      end

    case child do
      nil -> {:noreply, state}
      child -> restart(child, state)
    end
  end

  def handle_cast(_msg, state), do: {:noreply, state}

  @doc false
  def handle_info({:EXIT, pid, reason}, %{strategy: :simple_one_for_one} = state) do
    case state.dynamics do
      %{^pid => args} -> child_exited(dynamic_child(pid, args, state), reason, state)
      _ -> {:noreply, state}
    end
  end

  def handle_info({:EXIT, pid, reason}, state) do
    case find_pid(pid, state) do
      nil -> {:noreply, state}
      child -> child_exited(child, reason, state)
    end
  end

  def handle_info(msg, state) do
    :logger.log(:error, ~c"Supervisor received unexpected message: ~tp~n", [msg], %{
      domain: [:otp],
      error_logger: %{tag: :error}
    })

    {:noreply, state}
  end

  defp dynamic_child(pid, args, state) do
    [%{start: {module, function, first_args}} = template] = state.children
    %{template | pid: pid, start: {module, function, first_args ++ args}}
  end

  defp child_exited(%{restart: :permanent} = child, reason, state) do
    report(:child_terminated, reason, child, state)
    restart(child, state)
  end

  defp child_exited(%{restart: :transient} = child, reason, state) do
    if normal?(reason) do
      auto_shutdown(child, clear(child, state))
    else
      report(:child_terminated, reason, child, state)
      restart(child, state)
    end
  end

  defp child_exited(%{restart: :temporary} = child, reason, state) do
    if not normal?(reason), do: report(:child_terminated, reason, child, state)
    auto_shutdown(child, drop(child, state))
  end

  defp normal?(:normal), do: true
  defp normal?(:shutdown), do: true
  defp normal?({:shutdown, _}), do: true
  defp normal?(_), do: false

  defp auto_shutdown(%{significant: true}, %{auto_shutdown: :any_significant} = state),
    do: {:stop, :shutdown, state}

  defp auto_shutdown(%{significant: true}, %{auto_shutdown: :all_significant} = state) do
    if significant_running?(state), do: {:noreply, state}, else: {:stop, :shutdown, state}
  end

  defp auto_shutdown(_child, state), do: {:noreply, state}

  defp significant_running?(%{strategy: :simple_one_for_one} = state), do: map_size(state.dynamics) > 0

  defp significant_running?(state) do
    :lists.any(fn child -> child.significant and child.pid != :undefined end, state.children)
  end

  defp restart(child, state) do
    case add_restart(state) do
      {:ok, state} ->
        case restart(state.strategy, child, state) do
          {:ok, state} ->
            {:noreply, state}

          {:try_again, key, state} ->
            # By message, so that others may have a word between the attempts.
            :gen_server.cast(self(), {:try_again_restart, key})
            {:noreply, state}
        end

      {:terminate, state} ->
        report(:shutdown, :reached_max_restart_intensity, child, state)
        {:stop, :shutdown, drop(child, state)}
    end
  end

  defp restart(:simple_one_for_one, %{pid: old} = child, state) do
    key =
      case old do
        {:restarting, key} -> key
        pid -> pid
      end

    args = :maps.get(key, state.dynamics)

    case do_start_child(child, state) do
      {:ok, :undefined} ->
        {:ok, delete_dynamic(state, key)}

      {:ok, pid} ->
        {:ok, state |> delete_dynamic(key) |> put_dynamic(pid, args)}

      {:ok, pid, _extra} ->
        {:ok, state |> delete_dynamic(key) |> put_dynamic(pid, args)}

      {:error, reason} ->
        report(:start_error, reason, child, state)
        {:try_again, key, state}
    end
  end

  defp restart(:one_for_one, child, state) do
    case do_start_child(child, state) do
      {:ok, pid} ->
        {:ok, replace(%{child | pid: pid}, state)}

      {:ok, pid, _extra} ->
        {:ok, replace(%{child | pid: pid}, state)}

      {:error, reason} ->
        report(:start_error, reason, child, state)
        {:try_again, child.id, replace(%{child | pid: :restarting}, state)}
    end
  end

  defp restart(:rest_for_one, child, state) do
    {before, from} = :lists.splitwith(fn other -> other.id != child.id end, state.children)
    restart_group(child, before, from, state)
  end

  defp restart(:one_for_all, child, state), do: restart_group(child, [], state.children, state)

  # `group` holds the child itself, which does not run any more.
  defp restart_group(child, before, group, state) do
    group = for member <- group, do: if(member.id == child.id, do: %{member | pid: :undefined}, else: member)
    group = terminate_children(group, state)

    case start_children(group, [], state) do
      {:ok, group} ->
        {:ok, %{state | children: before ++ group}}

      {:error, started, failed, _reason} ->
        rest = :lists.nthtail(index(failed, group), group)
        [failed_child | rest] = rest
        group = started ++ [%{failed_child | pid: :restarting} | rest]
        {:try_again, failed, %{state | children: before ++ group}}
    end
  end

  defp index(id, group), do: length(:lists.takewhile(fn child -> child.id != id end, group))

  defp add_restart(%{intensity: intensity, period: period, restarts: restarts} = state) do
    now = :erlang.monotonic_time(:second)
    recent = [now | :lists.takewhile(fn time -> now - time <= period end, restarts)]
    state = %{state | restarts: recent}
    if length(recent) > intensity, do: {:terminate, state}, else: {:ok, state}
  end

  # ---- Shutdown -------------------------------------------------------------------------

  @doc false
  def terminate(_reason, %{strategy: :simple_one_for_one} = state), do: terminate_dynamics(state)

  def terminate(_reason, state) do
    terminate_children(state.children, state)
    :ok
  end

  # Ends children, latest first; returns those that stay, in start order, without pids.
  defp terminate_children(children, state) do
    terminate_reversed(:lists.reverse(children), [], state)
  end

  defp terminate_reversed([child | rest], done, state) do
    if is_pid(child.pid), do: shutdown(child, state)

    if child.restart == :temporary and child.pid != :undefined,
      do: terminate_reversed(rest, done, state),
      else: terminate_reversed(rest, [%{child | pid: :undefined} | done], state)
  end

  defp terminate_reversed([], done, _state), do: done

  defp shutdown(%{pid: pid, shutdown: :brutal_kill} = child, state) do
    ref = monitor_for_shutdown(pid)
    :erlang.exit(pid, :kill)

    receive do
      {:DOWN, ^ref, :process, ^pid, :killed} -> :ok
      {:DOWN, ^ref, :process, ^pid, :noproc} -> unexpected(flushed_exit(pid), child, state)
      {:DOWN, ^ref, :process, ^pid, reason} -> unexpected(reason, child, state)
    end
  end

  defp shutdown(%{pid: pid, shutdown: timeout} = child, state) do
    ref = monitor_for_shutdown(pid)
    :erlang.exit(pid, :shutdown)

    receive do
      {:DOWN, ^ref, :process, ^pid, :shutdown} -> :ok
      {:DOWN, ^ref, :process, ^pid, :noproc} -> unexpected(flushed_exit(pid), child, state)
      {:DOWN, ^ref, :process, ^pid, reason} -> unexpected(reason, child, state)
    after
      timeout ->
        :erlang.exit(pid, :kill)

        receive do
          {:DOWN, ^ref, :process, ^pid, reason} -> unexpected(reason, child, state)
        end
    end
  end

  # The exit message of a child that ended a moment ago must not be taken for news later.
  defp monitor_for_shutdown(pid) do
    ref = :erlang.monitor(:process, pid)
    :erlang.unlink(pid)
    ref
  end

  defp flushed_exit(pid) do
    receive do
      {:EXIT, ^pid, reason} -> reason
    after
      0 -> :noproc
    end
  end

  defp unexpected({:shutdown, _}, _child, _state), do: :ok
  defp unexpected(:shutdown, _child, _state), do: :ok
  defp unexpected(:normal, %{restart: restart}, _state) when restart != :permanent, do: :ok
  defp unexpected(reason, child, state), do: report(:shutdown_error, reason, child, state)

  # Dynamic children are many and independent: they are all told to end, then awaited together.
  defp terminate_dynamics(%{children: [template], dynamics: dynamics} = state) do
    waiting =
      for pid <- :maps.keys(dynamics), is_pid(pid), into: %{} do
        ref = monitor_for_shutdown(pid)
        :erlang.exit(pid, if(template.shutdown == :brutal_kill, do: :kill, else: :shutdown))
        {ref, pid}
      end

    timer =
      case template.shutdown do
        time when is_integer(time) -> :erlang.start_timer(time, self(), :kill)
        _ -> nil
      end

    await_dynamics(waiting, timer, template, state)
    if timer, do: :erlang.cancel_timer(timer)
    :ok
  end

  defp await_dynamics(waiting, _timer, _template, _state) when map_size(waiting) == 0, do: :ok

  defp await_dynamics(waiting, timer, template, state) do
    receive do
      {:DOWN, ref, :process, pid, reason} when is_map_key(waiting, ref) ->
        if not (reason == :killed and template.shutdown == :brutal_kill),
          do:
            unexpected(
              if(reason == :noproc, do: :normal, else: reason),
              %{template | pid: pid, restart: :temporary},
              state
            )

        await_dynamics(:maps.remove(ref, waiting), timer, template, state)

      {:timeout, ^timer, :kill} ->
        for {_, pid} <- :maps.to_list(waiting), do: :erlang.exit(pid, :kill)
        await_dynamics(waiting, timer, template, state)
    end
  end

  @doc false
  def code_change(_old, state, _extra) do
    case state.module.init(state.args) do
      {:ok, {flags, specs}} ->
        with {:ok, flags} <- checked_flags(flags),
             {:ok, new} <- checked_specs(specs, flags.auto_shutdown) do
          children =
            for child <- new do
              case find(child.id, state) do
                nil -> child
                old -> %{child | pid: old.pid}
              end
            end

          {:ok, :maps.merge(%{state | children: children}, flags)}
        end

      :ignore ->
        {:ok, state}

      error ->
        error
    end
  end

  # ---- Children -------------------------------------------------------------------------

  defp find(id, %{children: children}), do: find_by(:id, id, children)
  defp find_pid(pid, %{children: children}) when is_pid(pid), do: find_by(:pid, pid, children)
  defp find_pid(_, _), do: nil

  defp find_by(key, value, [child | rest]) do
    if :erlang.map_get(key, child) == value, do: child, else: find_by(key, value, rest)
  end

  defp find_by(_key, _value, []), do: nil

  defp replace(%{id: id} = new, %{children: children} = state) do
    %{state | children: for(child <- children, do: if(child.id == id, do: new, else: child))}
  end

  defp append(child, %{children: children} = state), do: %{state | children: children ++ [child]}

  defp delete(id, %{children: children} = state),
    do: %{state | children: for(child <- children, child.id != id, do: child)}

  # Takes note that a child does not run any more.
  defp clear(child, %{strategy: :simple_one_for_one} = state), do: drop(child, state)
  defp clear(child, state), do: replace(%{child | pid: :undefined}, state)

  defp drop(%{pid: {:restarting, key}}, %{strategy: :simple_one_for_one} = state),
    do: delete_dynamic(state, key)

  defp drop(%{pid: pid}, %{strategy: :simple_one_for_one} = state), do: delete_dynamic(state, pid)
  defp drop(child, state) when child.restart == :temporary, do: delete(child.id, state)
  defp drop(child, state), do: replace(%{child | pid: :undefined}, state)

  defp put_dynamic(state, pid, args), do: %{state | dynamics: :maps.put(pid, args, state.dynamics)}
  defp delete_dynamic(state, pid), do: %{state | dynamics: :maps.remove(pid, state.dynamics)}

  # ---- Specifications -------------------------------------------------------------------

  defp checked_flags(flags) when is_map(flags) do
    defaults = %{strategy: :one_for_one, intensity: 1, period: 5, auto_shutdown: :never}
    flags = :maps.merge(defaults, :maps.with(:maps.keys(defaults), flags))

    cond do
      flags.strategy not in [:one_for_one, :one_for_all, :rest_for_one, :simple_one_for_one] ->
        {:error, {:invalid_strategy, flags.strategy}}

      not (is_integer(flags.intensity) and flags.intensity >= 0) ->
        {:error, {:invalid_intensity, flags.intensity}}

      not (is_integer(flags.period) and flags.period > 0) ->
        {:error, {:invalid_period, flags.period}}

      flags.auto_shutdown not in [:never, :any_significant, :all_significant] ->
        {:error, {:invalid_auto_shutdown, flags.auto_shutdown}}

      flags.strategy == :simple_one_for_one and flags.auto_shutdown == :all_significant ->
        {:error, {:bad_combination, [{:auto_shutdown, :all_significant}, {:strategy, :simple_one_for_one}]}}

      true ->
        {:ok, flags}
    end
  end

  defp checked_flags({strategy, intensity, period}),
    do: checked_flags(%{strategy: strategy, intensity: intensity, period: period})

  defp checked_flags(other), do: {:error, {:invalid_type, other}}

  defp checked_specs(specs, auto_shutdown) when is_list(specs), do: checked_specs(specs, auto_shutdown, [])
  defp checked_specs(other, _auto_shutdown), do: {:error, {:invalid_child_specs, other}}

  defp checked_specs([spec | rest], auto_shutdown, done) do
    case checked_spec(spec, auto_shutdown) do
      {:ok, %{id: id} = child} ->
        if find_by(:id, id, done),
          do: {:error, {:duplicate_child_name, id}},
          else: checked_specs(rest, auto_shutdown, [child | done])

      error ->
        error
    end
  end

  defp checked_specs([], _auto_shutdown, done), do: {:ok, :lists.reverse(done)}

  defp checked_spec({id, start, restart, shutdown, type, modules}, auto_shutdown) do
    checked_spec(
      %{id: id, start: start, restart: restart, shutdown: shutdown, type: type, modules: modules},
      auto_shutdown
    )
  end

  defp checked_spec(spec, auto_shutdown) when is_map(spec) do
    cond do
      not :maps.is_key(:id, spec) -> {:error, :missing_id}
      not :maps.is_key(:start, spec) -> {:error, :missing_start}
      true -> complete_spec(spec, auto_shutdown)
    end
  end

  defp checked_spec(other, _auto_shutdown), do: {:error, {:invalid_child_spec, other}}

  defp complete_spec(%{id: id, start: start} = spec, auto_shutdown) do
    type = :maps.get(:type, spec, :worker)
    restart = :maps.get(:restart, spec, :permanent)
    significant = :maps.get(:significant, spec, false)
    shutdown = :maps.get(:shutdown, spec, if(type == :supervisor, do: :infinity, else: 5000))

    modules =
      case spec do
        %{modules: modules} -> modules
        _ -> if is_tuple(start) and tuple_size(start) == 3, do: [elem(start, 0)], else: []
      end

    cond do
      not mfa?(start) ->
        {:error, {:invalid_mfa, start}}

      restart not in [:permanent, :transient, :temporary] ->
        {:error, {:invalid_restart_type, restart}}

      not is_boolean(significant) ->
        {:error, {:invalid_significant, significant}}

      significant and restart == :permanent ->
        {:error, {:bad_combination, [restart: :permanent, significant: true]}}

      significant and auto_shutdown == :never ->
        {:error, {:bad_combination, [auto_shutdown: :never, significant: true]}}

      type not in [:worker, :supervisor] ->
        {:error, {:invalid_child_type, type}}

      not (shutdown in [:infinity, :brutal_kill] or (is_integer(shutdown) and shutdown >= 0)) ->
        {:error, {:invalid_shutdown, shutdown}}

      not (modules == :dynamic or (is_list(modules) and :lists.all(&is_atom/1, modules))) ->
        {:error, {:invalid_modules, modules}}

      true ->
        {:ok,
         %{
           pid: :undefined,
           id: id,
           start: start,
           restart: restart,
           significant: significant,
           shutdown: shutdown,
           type: type,
           modules: modules
         }}
    end
  end

  defp mfa?({module, function, args}) when is_atom(module) and is_atom(function) and is_list(args), do: true
  defp mfa?(_), do: false

  # ---- Reports --------------------------------------------------------------------------

  defp progress(child, state) do
    if :logger.allow(:info, :supervisor) do
      :logger.log(
        :info,
        %{label: {:supervisor, :progress}, report: [supervisor: state.name, started: offender(child)]},
        %{
          domain: [:otp, :sasl],
          report_cb: &:supervisor.format_log/1,
          logger_formatter: %{title: ~c"PROGRESS REPORT"},
          error_logger: %{tag: :info_report, type: :progress}
        }
      )
    end
  end

  defp report(error, reason, child, state) do
    :logger.log(
      :error,
      %{
        label: {:supervisor, error},
        report: [supervisor: state.name, errorContext: error, reason: reason, offender: offender(child)]
      },
      %{
        domain: [:otp, :sasl],
        report_cb: &:supervisor.format_log/1,
        logger_formatter: %{title: ~c"SUPERVISOR REPORT"},
        error_logger: %{tag: :error_report, type: :supervisor_report}
      }
    )
  end

  defp offender(child) do
    [
      pid: child.pid,
      id: child.id,
      mfargs: child.start,
      restart_type: child.restart,
      significant: child.significant,
      shutdown: child.shutdown,
      child_type: child.type
    ]
  end

  @doc false
  def format_log(%{label: {:supervisor, :progress}, report: report}) do
    {~c"    supervisor: ~tp~n    started: ~tp~n", [report[:supervisor], report[:started]]}
  end

  def format_log(%{label: {:supervisor, _}, report: report}) do
    {~c"    supervisor: ~tp~n    errorContext: ~tp~n    reason: ~tp~n    offender: ~tp~n",
     [report[:supervisor], report[:errorContext], report[:reason], report[:offender]]}
  end
end
