defmodule ExUnit.Server do
  @moduledoc false
  # Keeps the modules that wait to be run.
  #
  # Async modules are given out, a group or a module at a time, as soon as they are there; sync modules once
  # all are loaded. A runner that finds no async module while more may be loaded waits for the answer.

  use GenServer

  @name __MODULE__
  @timeout :infinity

  def start_link(_opts), do: GenServer.start_link(__MODULE__, :ok, name: @name)

  def add_module(name, %{} = config) do
    config =
      if valid_parameters?(config.parameterize), do: config, else: raise_parameters(config.parameterize)

    case GenServer.call(@name, {:add, name, config}, @timeout) do
      :ok ->
        :ok

      :already_running ->
        raise "cannot add #{if config.async?, do: "async ", else: ""}module named #{inspect(name)} to the suite after the suite starts"
    end
  end

  defp valid_parameters?(nil), do: true
  defp valid_parameters?(list), do: is_list(list) and Enum.all?(list, &is_map/1)

  defp raise_parameters(other) do
    raise ArgumentError, ":parameterize must be a list of maps, got: #{inspect(other)}"
  end

  # Returns the time that loading took, in microseconds.
  def modules_loaded(uniq?), do: GenServer.call(@name, {:modules_loaded, uniq?}, @timeout)

  # Returns a list of lists: the modules of an inner list run one after another; or `nil` at the end.
  def take_async_modules(count), do: GenServer.call(@name, {:take_async_modules, count}, @timeout)
  def take_sync_modules, do: GenServer.call(@name, :take_sync_modules, @timeout)

  @impl true
  def init(:ok), do: {:ok, initial()}

  defp initial do
    %{loaded: System.monotonic_time(), waiting: nil, groups: %{}, order: :queue.new(), sync: :queue.new()}
  end

  @impl true
  def handle_call({:add, _name, _config}, _from, %{loaded: :done} = state),
    do: {:reply, :already_running, state}

  def handle_call({:add, name, config}, _from, state) do
    modules = for parameters <- config.parameterize || [%{}], do: {name, parameters}

    state =
      cond do
        not config.async? ->
          %{state | sync: Enum.reduce(modules, state.sync, &:queue.in/2)}

        config.group ->
          order =
            if Map.has_key?(state.groups, config.group),
              do: state.order,
              else: :queue.in({:group, config.group}, state.order)

          groups = Map.update(state.groups, config.group, modules, &(&1 ++ modules))
          %{state | groups: groups, order: order}

        true ->
          %{state | order: Enum.reduce(modules, state.order, &:queue.in({:module, &1}, &2))}
      end

    {:reply, :ok, serve(state)}
  end

  def handle_call({:modules_loaded, uniq?}, _from, %{loaded: loaded} = state) when is_integer(loaded) do
    time = System.convert_time_unit(System.monotonic_time() - loaded, :native, :microsecond)
    state = if uniq?, do: uniq(state), else: state
    {:reply, time, serve(%{state | loaded: :done})}
  end

  def handle_call({:modules_loaded, _uniq?}, _from, state), do: {:reply, 0, state}

  def handle_call({:take_async_modules, count}, from, %{waiting: nil} = state),
    do: {:noreply, serve(%{state | waiting: {from, count}})}

  def handle_call(:take_sync_modules, _from, %{waiting: nil, loaded: :done} = state) do
    # All are given out: what is loaded from now on belongs to the next run.
    {:reply, :queue.to_list(state.sync), initial()}
  end

  defp uniq(state) do
    unique = fn queue -> queue |> :queue.to_list() |> Enum.uniq() |> :queue.from_list() end
    %{state | order: unique.(state.order), sync: unique.(state.sync)}
  end

  defp serve(%{waiting: nil} = state), do: state

  defp serve(%{waiting: {from, count}} = state) do
    case :queue.is_empty(state.order) do
      true when state.loaded == :done ->
        GenServer.reply(from, nil)
        %{state | waiting: nil}

      true ->
        state

      # A group may still grow while modules are loaded.
      false ->
        {taken, order, groups} = take(count, state.order, state.groups, [])
        GenServer.reply(from, taken)
        %{state | waiting: nil, order: order, groups: groups}
    end
  end

  defp take(0, order, groups, taken), do: {Enum.reverse(taken), order, groups}

  defp take(count, order, groups, taken) do
    case :queue.out(order) do
      {:empty, order} ->
        {Enum.reverse(taken), order, groups}

      {{:value, {:module, module}}, order} ->
        take(count - 1, order, groups, [[module] | taken])

      {{:value, {:group, group}}, order} ->
        {modules, groups} = Map.pop(groups, group)
        take(count - 1, order, groups, [modules | taken])
    end
  end
end
