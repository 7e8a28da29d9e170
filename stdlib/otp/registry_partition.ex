defmodule Registry.Partition do
  @moduledoc false
  # Owns one partition's tables, removes the entries of processes that end, and keeps locks.

  use GenServer

  def start_link(name, arg), do: GenServer.start_link(__MODULE__, arg, name: name)

  @impl true
  def init({kind, registry, index, listeners, compressed}) do
    Process.flag(:trap_exit, true)
    type = if kind == :unique, do: :set, else: :duplicate_bag
    options = [:public, read_concurrency: true, write_concurrency: true]
    options = if compressed, do: [:compressed | options], else: options
    key_ets = :ets.new(Module.concat(registry, "KeyPartition#{index}"), [type | options])
    pid_ets = :ets.new(Module.concat(registry, "PIDPartition#{index}"), [:duplicate_bag | options])
    :ets.insert(registry, {index, {key_ets, self(), pid_ets}})
    {:ok, %{registry: registry, listeners: listeners, pid_ets: pid_ets, locks: %{}}}
  end

  @impl true
  # Processes may ask for this to be sure that all earlier ends are dealt with.
  def handle_call(:sync, _from, state), do: {:reply, :ok, state}

  def handle_call({:lock, key}, from, %{locks: locks} = state) do
    case locks do
      %{^key => {holder, queue}} ->
        {:noreply, %{state | locks: :maps.put(key, {holder, :queue.in(from, queue)}, locks)}}

      _ ->
        {:noreply, %{state | locks: grant(key, from, :queue.new(), locks)}}
    end
  end

  @impl true
  def handle_cast({:unlock, key, ref}, %{locks: locks} = state) do
    case locks do
      %{^key => {^ref, queue}} ->
        Process.demonitor(ref, [:flush])
        {:noreply, %{state | locks: next(key, queue, locks)}}

      _ ->
        {:noreply, state}
    end
  end

  @impl true
  def handle_info(
        {:EXIT, pid, _reason},
        %{pid_ets: pid_ets, registry: registry, listeners: listeners} = state
      ) do
    for {_, key, key_ets} <- :ets.take(pid_ets, pid) do
      removed =
        try do
          :ets.select_delete(key_ets, [
            {{:_, {pid, :_}}, [{:"=:=", {:element, 1, :"$_"}, {:const, key}}], [true]}
          ])
        catch
          # The table of another partition that ended.
          :error, :badarg -> 0
        end

      if removed > 0, do: for(listener <- listeners, do: notify(listener, {:unregister, registry, key, pid}))
    end

    {:noreply, state}
  end

  # The holder of a lock ended.
  def handle_info({:DOWN, ref, :process, _pid, _reason}, %{locks: locks} = state) do
    case Enum.find(locks, fn {_, {holder, _}} -> holder == ref end) do
      {key, {_, queue}} -> {:noreply, %{state | locks: next(key, queue, locks)}}
      nil -> {:noreply, state}
    end
  end

  def handle_info(_msg, state), do: {:noreply, state}

  defp grant(key, {pid, _} = from, queue, locks) do
    ref = Process.monitor(pid)
    GenServer.reply(from, ref)
    :maps.put(key, {ref, queue}, locks)
  end

  defp next(key, queue, locks) do
    case :queue.out(queue) do
      {{:value, from}, queue} -> grant(key, from, queue, locks)
      {:empty, _} -> :maps.remove(key, locks)
    end
  end

  defp notify(listener, message) do
    send(listener, message)
    :ok
  catch
    :error, :badarg -> :ok
  end
end
