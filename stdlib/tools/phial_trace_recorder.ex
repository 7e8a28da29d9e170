defmodule Phial.Trace.Recorder do
  @moduledoc false
  # The tracer of a recording: writes each event to the file as it comes. The format: a line that names it, then events as a length of four bytes and a term in
  # the external format. An event is {nanoseconds since the start, pid, what, ...}.

  @magic "phial trace 1\n"

  def magic, do: @magic

  # {:ok, pid} or {:error, reason}. `pids`: who is recorded from the start; what is known of them comes first.
  def start(file, pids) do
    caller = self()

    {pid, monitor} =
      spawn_monitor(fn ->
        case :file.open(file, [:write, :raw, :binary, :delayed_write]) do
          {:ok, device} ->
            :ok = :file.write(device, @magic)
            start = :erlang.monotonic_time(:nanosecond)
            for pid <- pids, do: write(device, known(pid))
            send(caller, {self(), :ok})
            loop(device, start, 0, Map.from_keys(pids, true))

          {:error, reason} ->
            send(caller, {self(), {:error, reason}})
        end
      end)

    receive do
      {^pid, :ok} ->
        Process.demonitor(monitor, [:flush])
        {:ok, pid}

      {^pid, {:error, reason}} ->
        Process.demonitor(monitor, [:flush])
        {:error, reason}

      {:DOWN, ^monitor, _, _, reason} ->
        {:error, reason}
    end
  end

  def stop(recorder) do
    monitor = Process.monitor(recorder)
    send(recorder, {:stop_recording, self(), monitor})

    receive do
      {^monitor, result} ->
        Process.demonitor(monitor, [:flush])
        result

      {:DOWN, ^monitor, _, _, reason} ->
        {:error, reason}
    end
  end

  # What is shown of a process that was there before the recording.
  defp known(pid) do
    name = with {:registered_name, name} when is_atom(name) <- Process.info(pid, :registered_name), do: name, else: (_ -> nil)

    call =
      case Process.info(pid, :dictionary) do
        {:dictionary, dictionary} -> Keyword.get(Enum.filter(dictionary, &match?({key, _} when is_atom(key), &1)), :"$initial_call")
        _ -> nil
      end

    call = call || with({:initial_call, call} <- Process.info(pid, :initial_call), do: call, else: (_ -> nil))
    {0, pid, :known, name, call}
  end

  # `seen`: processes whose names are in the log, if they have any.
  defp loop(device, start, count, seen) do
    receive do
      {:stop_recording, from, reference} ->
        result = :file.close(device)
        send(from, {reference, if(result == :ok, do: {:ok, count}, else: result)})

      message when elem(message, 0) == :trace_ts ->
        [_, pid | what] = Tuple.to_list(message)
        {at, what} = List.pop_at(what, -1)
        seen = meet(what, device, seen)

        case write(device, List.to_tuple([at - start, pid | what])) do
          :ok -> loop(device, start, count + 1, seen)
          # A full disk: told when the recording ends.
          error -> failed(device, error)
        end
    end
  end

  # A process that is sent to for the first time, which may have a name.
  defp meet([:send, _, to], device, seen) when is_pid(to) and not is_map_key(seen, to) do
    if Process.alive?(to), do: write(device, known(to))
    Map.put(seen, to, true)
  end

  defp meet([:spawn, child | _], _, seen), do: Map.put(seen, child, true)
  defp meet(_, _, seen), do: seen

  defp failed(device, error) do
    receive do
      {:stop_recording, from, reference} ->
        :file.close(device)
        send(from, {reference, error})

      _ ->
        failed(device, error)
    end
  end

  defp write(device, event) do
    bytes =
      try do
        :erlang.term_to_binary(event)
      rescue
        # A closure has no external format.
        ArgumentError -> :erlang.term_to_binary(without_closures(event))
      end

    :file.write(device, [<<byte_size(bytes)::32>>, bytes])
  end

  # The term with closures as their text. The tail of a list may be no list.
  defp without_closures(fun) when is_function(fun), do: if(match?({:type, :external}, Function.info(fun, :type)), do: fun, else: inspect(fun))
  defp without_closures([head | tail]), do: [without_closures(head) | without_closures(tail)]
  defp without_closures(tuple) when is_tuple(tuple), do: tuple |> Tuple.to_list() |> without_closures() |> List.to_tuple()
  defp without_closures(map) when is_map(map), do: map |> :maps.to_list() |> without_closures() |> :maps.from_list()
  defp without_closures(term), do: term
end
