defmodule :global do
  @moduledoc """
  Names and locks for all nodes; here, for this one.

  Names are in the ETS table `global_names` as `{name, pid}`, read by everybody and written by the
  server, which monitors the pids and keeps the locks. The server starts with the first name or lock.
  """

  @table :global_names
  @server :global_name_server

  @doc """
  Registers a pid under any term; `:yes` or `:no`.

      iex> :global.register_name({:doc, 1}, self())
      :yes
      iex> :global.whereis_name({:doc, 1}) == self()
      true
      iex> :global.unregister_name({:doc, 1})
      :ok
  """
  def register_name(name, pid), do: register_name(name, pid, &:global.random_exit_name/3)
  def register_name(name, pid, _resolve) when is_pid(pid), do: call({:register, name, pid})

  @doc "Registers a pid under a name whoever had it before."
  def re_register_name(name, pid), do: re_register_name(name, pid, &:global.random_exit_name/3)
  def re_register_name(name, pid, _resolve) when is_pid(pid), do: call({:re_register, name, pid})

  @doc "Frees a name."
  def unregister_name(name) do
    if :ets.whereis(@table) != :undefined, do: call({:unregister, name})
    :ok
  end

  @doc """
  Returns the pid of a name, or `:undefined`.

      iex> :global.whereis_name(:nobody_has_this)
      :undefined
  """
  def whereis_name(name) do
    case :ets.whereis(@table) do
      :undefined ->
        :undefined

      table ->
        case :ets.lookup(table, name) do
          [{_, pid}] -> if :erlang.is_process_alive(pid), do: pid, else: :undefined
          [] -> :undefined
        end
    end
  end

  @doc "Returns all names."
  def registered_names do
    case :ets.whereis(@table) do
      :undefined -> []
      table -> for {name, _} <- :ets.tab2list(table), do: name
    end
  end

  @doc "Sends a message to a name; returns its pid, or exits."
  def send(name, message) do
    case whereis_name(name) do
      :undefined ->
        :erlang.exit({:badarg, {name, message}})

      pid ->
        Kernel.send(pid, message)
        pid
    end
  end

  @doc "Waits until this node knows what the others know."
  def sync, do: :ok

  @doc "Returns that nodes are not watched for."
  def info, do: []

  @doc "Disconnects from all other nodes."
  def disconnect, do: []

  # ---- Locks ----------------------------------------------------------------------------

  @doc "Takes the lock `{resource, requester}`, waiting as long as it takes."
  def set_lock(id), do: set_lock(id, [node()], :infinity)
  def set_lock(id, nodes), do: set_lock(id, nodes, :infinity)

  def set_lock({resource, requester}, _nodes, retries), do: take(resource, requester, retries, 1)

  # Between attempts one waits, at first a few milliseconds, later up to a second.
  defp take(resource, requester, retries, wait) do
    case call({:set_lock, resource, requester, self()}) do
      true ->
        true

      false when retries == 0 ->
        false

      false ->
        receive after: (wait -> :ok)

        take(
          resource,
          requester,
          if(retries == :infinity, do: :infinity, else: retries - 1),
          min(wait * 2, 1000)
        )
    end
  end

  @doc "Releases a lock."
  def del_lock(id), do: del_lock(id, [node()])

  def del_lock({resource, requester}, _nodes) do
    call({:del_lock, resource, requester, self()})
    true
  end

  @doc """
  Runs `fun` with a lock; `:aborted` when it could not be had.

      iex> :global.trans({:resource, self()}, fn -> :done end)
      :done
  """
  def trans(id, fun), do: trans(id, fun, [node()], :infinity)
  def trans(id, fun, nodes), do: trans(id, fun, nodes, :infinity)

  def trans(id, fun, nodes, retries) do
    case set_lock(id, nodes, retries) do
      true ->
        try do
          fun.()
        after
          del_lock(id, nodes)
        end

      false ->
        :aborted
    end
  end

  # ---- Conflicts ------------------------------------------------------------------------

  @doc "Resolves a conflict of names: ends one process at random."
  def random_exit_name(_name, pid1, pid2) do
    {min, max} = if :rand.uniform(2) == 1, do: {pid1, pid2}, else: {pid2, pid1}
    :erlang.exit(max, :kill)
    min
  end

  @doc "Resolves a conflict of names: tells one process at random."
  def random_notify_name(name, pid1, pid2) do
    {min, max} = if :rand.uniform(2) == 1, do: {pid1, pid2}, else: {pid2, pid1}
    Kernel.send(max, {:global_name_conflict, name})
    min
  end

  @doc "Resolves a conflict of names: tells both processes; the name is free then."
  def notify_all_name(name, pid1, pid2) do
    Kernel.send(pid1, {:global_name_conflict, name, pid2})
    Kernel.send(pid2, {:global_name_conflict, name, pid1})
    :none
  end

  # ---- Server ---------------------------------------------------------------------------

  defp call(request) do
    if :erlang.whereis(@server) == :undefined, do: :phial_system_server.ensure(:global)

    :gen_server.call(@server, request, :infinity)
  end

  @doc false
  def start_server do
    :phial_system_server.start(@server, :global)
  end

  @doc false
  def init([]) do
    :ets.new(@table, [:named_table, :protected, :set, {:read_concurrency, true}])
    # `names` is from a monitor to the name, `locks` from a resource to {requester, [{pid, monitor}]}.
    {:ok, %{names: %{}, locks: %{}}}
  end

  @doc false
  def handle_call({:register, name, pid}, _from, state) do
    case :ets.lookup(@table, name) do
      [{_, other}] ->
        if :erlang.is_process_alive(other) do
          {:reply, :no, state}
        else
          {:reply, :yes, put_name(name, pid, drop_name(name, state))}
        end

      [] ->
        {:reply, :yes, put_name(name, pid, state)}
    end
  end

  def handle_call({:re_register, name, pid}, _from, state),
    do: {:reply, :yes, put_name(name, pid, drop_name(name, state))}

  def handle_call({:unregister, name}, _from, state), do: {:reply, :ok, drop_name(name, state)}

  def handle_call({:set_lock, resource, requester, pid}, _from, %{locks: locks} = state) do
    case locks do
      %{^resource => {^requester, holders}} ->
        {:reply, true,
         put_lock(resource, requester, [{pid, :erlang.monitor(:process, pid)} | holders], state)}

      %{^resource => _} ->
        {:reply, false, state}

      _ ->
        {:reply, true, put_lock(resource, requester, [{pid, :erlang.monitor(:process, pid)}], state)}
    end
  end

  def handle_call({:del_lock, resource, requester, pid}, _from, %{locks: locks} = state) do
    case locks do
      %{^resource => {^requester, holders}} ->
        case :lists.keytake(pid, 1, holders) do
          {:value, {_, ref}, rest} ->
            :erlang.demonitor(ref, [:flush])
            {:reply, :ok, put_lock(resource, requester, rest, state)}

          false ->
            {:reply, :ok, state}
        end

      _ ->
        {:reply, :ok, state}
    end
  end

  @doc false
  def handle_cast(_msg, state), do: {:noreply, state}

  @doc false
  def handle_info({:DOWN, ref, :process, _pid, _reason}, %{names: names} = state) do
    case names do
      %{^ref => name} ->
        :ets.delete(@table, name)
        {:noreply, %{state | names: :maps.remove(ref, names)}}

      _ ->
        {:noreply, release(ref, state)}
    end
  end

  def handle_info(_msg, state), do: {:noreply, state}

  defp put_name(name, pid, state) do
    :ets.insert(@table, {name, pid})
    %{state | names: :maps.put(:erlang.monitor(:process, pid), name, state.names)}
  end

  defp drop_name(name, %{names: names} = state) do
    :ets.delete(@table, name)

    case for {ref, ^name} <- :maps.to_list(names), do: ref do
      [] ->
        state

      refs ->
        for ref <- refs, do: :erlang.demonitor(ref, [:flush])
        %{state | names: :maps.without(refs, names)}
    end
  end

  defp put_lock(resource, _requester, [], state), do: %{state | locks: :maps.remove(resource, state.locks)}

  defp put_lock(resource, requester, holders, state),
    do: %{state | locks: :maps.put(resource, {requester, holders}, state.locks)}

  defp release(ref, state) do
    :lists.foldl(
      fn {resource, {requester, holders}}, state ->
        put_lock(resource, requester, :lists.keydelete(ref, 2, holders), state)
      end,
      state,
      :maps.to_list(state.locks)
    )
  end

  @doc false
  def terminate(_reason, _state), do: :ok
  @doc false
  def code_change(_old, state, _extra), do: {:ok, state}
end
