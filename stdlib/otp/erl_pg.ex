defmodule :pg do
  @moduledoc """
  Process groups: names that many processes join, in scopes that do not see each other.

  A scope is a registered server and an ETS table of the same name with rows `{group, pids}`.
  """

  @default :pg

  @doc "Starts the default scope, linked to the caller."
  def start_link, do: start_link(@default)

  @doc "Starts a scope, linked to the caller."
  def start_link(scope) when is_atom(scope), do: :gen_server.start_link({:local, scope}, :pg, [scope], [])

  @doc """
  Starts a scope.

      iex> {:ok, pid} = :pg.start(:pg_doc_start)
      iex> is_pid(pid)
      true
  """
  def start(scope) when is_atom(scope), do: :gen_server.start({:local, scope}, :pg, [scope], [])

  @doc """
  Lets one or several processes join a group; each time counts.

      iex> :pg.start(:pg_doc_join)
      iex> :pg.join(:pg_doc_join, :workers, self())
      :ok
      iex> :pg.get_members(:pg_doc_join, :workers) == [self()]
      true
  """
  def join(group, pids), do: join(@default, group, pids)
  def join(scope, group, pid) when is_pid(pid), do: join(scope, group, [pid])

  def join(scope, group, pids) when is_list(pids),
    do: :gen_server.call(scope, {:join, group, pids}, :infinity)

  @doc "Lets one or several processes leave a group."
  def leave(group, pids), do: leave(@default, group, pids)
  def leave(scope, group, pid) when is_pid(pid), do: leave(scope, group, [pid])

  def leave(scope, group, pids) when is_list(pids),
    do: :gen_server.call(scope, {:leave, group, pids}, :infinity)

  @doc "Returns the members of a group."
  def get_members(group), do: get_members(@default, group)

  def get_members(scope, group) do
    case :ets.lookup(scope, group) do
      [{_, pids}] -> pids
      [] -> []
    end
  catch
    :error, :badarg -> []
  end

  @doc "Returns the members of a group on this node."
  def get_local_members(group), do: get_local_members(@default, group)
  def get_local_members(scope, group), do: for(pid <- get_members(scope, group), node(pid) == node(), do: pid)

  @doc "Returns the groups that have members."
  def which_groups, do: which_groups(@default)

  def which_groups(scope) do
    for {group, _} <- :ets.tab2list(scope), do: group
  catch
    :error, :badarg -> []
  end

  @doc "Returns the groups that have members on this node."
  def which_local_groups, do: which_groups()
  def which_local_groups(scope), do: which_groups(scope)

  @doc "Watches all groups: `{ref, :join | :leave, group, pids}` messages; returns the state of now."
  def monitor_scope, do: monitor_scope(@default)
  def monitor_scope(scope), do: :gen_server.call(scope, {:monitor, :scope, self()}, :infinity)

  @doc "Watches one group."
  def monitor(group), do: monitor(@default, group)
  def monitor(scope, group), do: :gen_server.call(scope, {:monitor, {:group, group}, self()}, :infinity)

  @doc "Ends a watch."
  def demonitor(ref), do: demonitor(@default, ref)

  def demonitor(scope, ref) do
    case :gen_server.call(scope, {:demonitor, ref}, :infinity) do
      :ok ->
        flush(ref)
        :ok

      other ->
        other
    end
  end

  defp flush(ref) do
    receive do
      {^ref, kind, _, _} when kind in [:join, :leave] -> flush(ref)
    after
      0 -> :ok
    end
  end

  # ---- Server ---------------------------------------------------------------------------

  @doc false
  def init([scope]) do
    ^scope = :ets.new(scope, [:set, :protected, :named_table, {:read_concurrency, true}])
    # `members` is from a pid to {monitor, groups}, `watchers` from a monitor to {pid, what}.
    {:ok, %{scope: scope, members: %{}, watchers: %{}}}
  end

  @doc false
  def handle_call({:join, group, pids}, _from, state) do
    state = :lists.foldl(&add_member(&1, group, &2), state, pids)
    put_group(state.scope, group, pids ++ get_members(state.scope, group))
    tell(state, :join, group, pids)
    {:reply, :ok, state}
  end

  def handle_call({:leave, group, pids}, _from, state) do
    present = for pid <- pids, :lists.member(pid, get_members(state.scope, group)), do: pid

    case present do
      [] ->
        {:reply, :not_joined, state}

      _ ->
        state = :lists.foldl(&remove_member(&1, group, &2), state, present)
        put_group(state.scope, group, get_members(state.scope, group) -- present)
        tell(state, :leave, group, present)
        {:reply, :ok, state}
    end
  end

  def handle_call({:monitor, what, pid}, _from, state) do
    ref = :erlang.monitor(:process, pid)
    state = %{state | watchers: :maps.put(ref, {pid, what}, state.watchers)}

    reply =
      case what do
        :scope -> {ref, :maps.from_list(:ets.tab2list(state.scope))}
        {:group, group} -> {ref, get_members(state.scope, group)}
      end

    {:reply, reply, state}
  end

  def handle_call({:demonitor, ref}, _from, state) do
    if :maps.is_key(ref, state.watchers) do
      :erlang.demonitor(ref, [:flush])
      {:reply, :ok, %{state | watchers: :maps.remove(ref, state.watchers)}}
    else
      {:reply, false, state}
    end
  end

  @doc false
  def handle_cast(_msg, state), do: {:noreply, state}

  @doc false
  def handle_info({:DOWN, ref, :process, pid, _reason}, state) do
    case state.members do
      %{^pid => {^ref, groups}} ->
        for group <- :lists.usort(groups) do
          members = get_members(state.scope, group)
          {gone, rest} = :lists.partition(&(&1 == pid), members)
          put_group(state.scope, group, rest)
          tell(state, :leave, group, gone)
        end

        {:noreply, %{state | members: :maps.remove(pid, state.members)}}

      _ ->
        {:noreply, %{state | watchers: :maps.remove(ref, state.watchers)}}
    end
  end

  def handle_info(_msg, state), do: {:noreply, state}

  @doc false
  def terminate(_reason, _state), do: :ok
  @doc false
  def code_change(_old, state, _extra), do: {:ok, state}

  defp add_member(pid, group, %{members: members} = state) do
    entry =
      case members do
        %{^pid => {ref, groups}} -> {ref, [group | groups]}
        _ -> {:erlang.monitor(:process, pid), [group]}
      end

    %{state | members: :maps.put(pid, entry, members)}
  end

  defp remove_member(pid, group, %{members: members} = state) do
    {ref, groups} = :maps.get(pid, members)

    case :lists.delete(group, groups) do
      [] ->
        :erlang.demonitor(ref, [:flush])
        %{state | members: :maps.remove(pid, members)}

      groups ->
        %{state | members: :maps.put(pid, {ref, groups}, members)}
    end
  end

  defp put_group(scope, group, []), do: :ets.delete(scope, group)
  defp put_group(scope, group, pids), do: :ets.insert(scope, {group, pids})

  defp tell(state, kind, group, pids) do
    for {ref, {pid, what}} <- :maps.to_list(state.watchers),
        what == :scope or what == {:group, group},
        do: send(pid, {ref, kind, group, pids})

    :ok
  end
end
