defmodule ExUnit.CaptureServer do
  @moduledoc false
  # Knows who captures what: named devices (which are replaced by a `StringIO` while captured), and logs.
  # Captures end with the processes that began them.

  use GenServer

  @ets __MODULE__

  def start_link(_opts), do: GenServer.start_link(__MODULE__, :ok, name: __MODULE__)

  def device_capture_on(name, encoding, input),
    do: GenServer.call(__MODULE__, {:device_capture_on, name, encoding, input, self()}, :infinity)

  def device_output(name, ref), do: GenServer.call(__MODULE__, {:device_output, name, ref}, :infinity)
  def device_capture_off(ref), do: GenServer.call(__MODULE__, {:device_capture_off, ref}, :infinity)

  def log_capture_on(pid, string_io, opts),
    do: GenServer.call(__MODULE__, {:log_capture_on, pid, string_io, opts}, :infinity)

  def log_capture_off(ref), do: GenServer.call(__MODULE__, {:log_capture_off, ref}, :infinity)

  @impl true
  def init(:ok) do
    :ets.new(@ets, [:named_table, :public, :set])
    {:ok, %{devices: %{}, device_refs: %{}, log_captures: %{}, log_status: nil}}
  end

  @impl true
  def handle_call({:device_capture_on, name, encoding, input, pid}, _from, state) do
    case state.devices do
      %{^name => device} when input != "" or device.input != "" ->
        # Input can not be shared.
        {:reply, {:error, :input_on_already_captured_device}, state}

      %{^name => %{encoding: other}} when other != encoding ->
        {:reply, {:error, {:changed_encoding, other}}, state}

      %{^name => device} ->
        {_, output} = StringIO.contents(device.pid)
        {ref, state} = add_device_ref(name, pid, byte_size(output), state)
        {:reply, {:ok, ref}, state}

      _ ->
        {:ok, string_io} = StringIO.open(input, encoding: encoding)
        original = Process.whereis(name)
        if original, do: Process.unregister(name)
        Process.register(string_io, name)
        device = %{pid: string_io, original: original, encoding: encoding, input: input, count: 0}
        {ref, state} = add_device_ref(name, pid, 0, put_in(state.devices[name], device))
        {:reply, {:ok, ref}, state}
    end
  end

  def handle_call({:device_output, name, ref}, _from, state) do
    {_name, _pid, from} = Map.fetch!(state.device_refs, ref)
    {_, output} = StringIO.contents(state.devices[name].pid)
    {:reply, binary_part(output, from, byte_size(output) - from), state}
  end

  def handle_call({:device_capture_off, ref}, _from, state) do
    Process.demonitor(ref, [:flush])
    {:reply, :ok, remove_device_ref(ref, state)}
  end

  def handle_call({:log_capture_on, pid, string_io, opts}, _from, state) do
    ref = Process.monitor(pid)
    :ets.insert(@ets, {ref, string_io, opts[:level], opts[:formatter]})

    status =
      if map_size(state.log_captures) == 0 do
        silence()
      else
        state.log_status
      end

    {:reply, ref, %{state | log_captures: Map.put(state.log_captures, ref, true), log_status: status}}
  end

  def handle_call({:log_capture_off, ref}, _from, state) do
    Process.demonitor(ref, [:flush])
    {:reply, :ok, remove_log_capture(ref, state)}
  end

  @impl true
  def handle_info({:DOWN, ref, _, _, _}, state),
    do: {:noreply, ref |> remove_log_capture(state) |> then(&remove_device_ref(ref, &1))}

  def handle_info(_msg, state), do: {:noreply, state}

  defp add_device_ref(name, pid, from, state) do
    ref = Process.monitor(pid)
    state = update_in(state.devices[name].count, &(&1 + 1))
    {ref, %{state | device_refs: Map.put(state.device_refs, ref, {name, pid, from})}}
  end

  defp remove_device_ref(ref, state) do
    case Map.pop(state.device_refs, ref) do
      {nil, _} ->
        state

      {{name, _pid, _from}, refs} ->
        state = %{state | device_refs: refs}
        device = Map.fetch!(state.devices, name)

        if device.count == 1 do
          Process.unregister(name)
          if device.original && Process.alive?(device.original), do: Process.register(device.original, name)
          StringIO.close(device.pid)
          %{state | devices: Map.delete(state.devices, name)}
        else
          put_in(state.devices[name].count, device.count - 1)
        end
    end
  end

  # While logs are captured, the default handler is silent.
  defp silence do
    :logger.add_handler(__MODULE__, __MODULE__, %{})

    case :logger.get_handler_config(:default) do
      {:ok, %{module: module} = config} ->
        :logger.remove_handler(:default)
        {module, config}

      _ ->
        nil
    end
  end

  defp remove_log_capture(ref, %{log_captures: captures} = state) when is_map_key(captures, ref) do
    :ets.delete(@ets, ref)
    captures = Map.delete(captures, ref)

    if map_size(captures) == 0 do
      :logger.remove_handler(__MODULE__)

      case state.log_status do
        {module, config} -> :logger.add_handler(:default, module, config)
        nil -> :ok
      end

      %{state | log_captures: captures, log_status: nil}
    else
      %{state | log_captures: captures}
    end
  end

  defp remove_log_capture(_ref, state), do: state

  # The callback of the logger's handler: writes to all that capture.
  @doc false
  def log(%{level: level} = event, _config) do
    for {_ref, string_io, wanted, {module, config}} <- :ets.tab2list(@ets),
        wanted == nil or :logger.compare_levels(level, wanted) != :lt do
      IO.write(string_io, module.format(event, config))
    end

    :ok
  end
end
