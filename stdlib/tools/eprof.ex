defmodule :eprof do
  @moduledoc """
  Measures how long functions take themselves, process by process.

      iex> {:ok, [1, 2]} = :eprof.profile(fn -> Enum.sort([2, 1]) end)
      iex> :eprof.stop()
      :stopped
  """

  @doc "Starts the server that keeps what was measured."
  def start do
    case Agent.start(fn -> %{rows: %{}, log: :standard_io, running: nil} end, name: :eprof) do
      {:ok, pid} -> {:ok, pid}
      {:error, {:already_started, pid}} -> {:error, {:already_started, pid}}
    end
  end

  @doc "Forgets everything."
  def stop do
    if Process.whereis(:eprof), do: Agent.stop(:eprof)
    :stopped
  end

  @doc "Calls the function and measures it, with the processes that it spawns: `{:ok, value}` or `{:error, reason}`."
  def profile(fun) when is_function(fun, 0), do: profile([], fun)

  @doc "The same with some processes that run already."
  def profile(pids, fun) when is_list(pids) and is_function(fun, 0) do
    start()
    caller = self()
    reference = make_ref()

    # A process of its own, so that nothing of the caller is measured.
    {pid, monitor} = spawn_monitor(fn -> send(caller, {reference, Phial.Profile.timed(fun, pids)}) end)

    receive do
      {^reference, {outcome, rows}} ->
        Process.demonitor(monitor, [:flush])
        Agent.update(:eprof, &%{&1 | rows: rows})

        case outcome do
          {:ok, value} -> {:ok, value}
          {kind, reason, _} -> {:error, {kind, reason}}
        end

      {:DOWN, ^monitor, _, ^pid, reason} ->
        {:error, reason}
    end
  end

  @doc "The same with the function and its arguments."
  def profile(pids, module, function, arguments), do: profile(pids, fn -> apply(module, function, arguments) end)

  @doc "Begins to measure processes: `:profiling`."
  def start_profiling(pids) do
    start()
    caller = self()

    runner =
      spawn(fn ->
        {_, rows} =
          Phial.Profile.timed(
            fn ->
              send(caller, {self(), :profiling})
              receive do: (:stop_profiling -> :ok)
            end,
            pids
          )

        Agent.update(:eprof, &%{&1 | rows: Map.delete(rows, self())})
        send(caller, {self(), :stopped})
      end)

    receive do: ({^runner, :profiling} -> :ok)
    Agent.update(:eprof, &%{&1 | running: runner})
    :profiling
  end

  @doc "Ends what `start_profiling/1` began: `:profiling_stopped`, or `:profiling_already_stopped`."
  def stop_profiling do
    case Process.whereis(:eprof) && Agent.get_and_update(:eprof, &{&1.running, %{&1 | running: nil}}) do
      nil ->
        :profiling_already_stopped

      runner ->
        send(runner, :stop_profiling)
        receive do: ({^runner, :stopped} -> :profiling_stopped)
    end
  end

  @doc "Where tables go: a file, too."
  def log(file) do
    start()

    case File.open(file, [:write, :utf8]) do
      {:ok, device} -> Agent.update(:eprof, &%{&1 | log: device})
      {:error, reason} -> {:error, reason}
    end
  end

  @doc "Prints a table for each process."
  def analyze, do: analyze(:procs)

  @doc "Prints tables: `:procs`, one a process, or `:total`, one of all."
  def analyze(kind), do: analyze(kind, [])

  @doc "The same with options: `sort: :time | :calls | :mfa`, `filter: [calls: least, time: least microseconds]`."
  def analyze(kind, options) do
    case Process.whereis(:eprof) && Agent.get(:eprof, & &1) do
      %{rows: rows, log: device} when map_size(rows) > 0 ->
        all = rows |> Map.values() |> Enum.concat()
        total = time(all)

        case kind do
          :total ->
            table(device, all |> Enum.group_by(&elem(&1, 0)) |> Enum.map(fn {mfa, same} -> {mfa, calls(same), time(same)} end), options)

          :procs ->
            for {pid, rows} <- Enum.sort_by(rows, fn {pid, rows} -> {-time(rows), pid} end) do
              :io.format(device, "~n****** Process ~w    -- ~s % of profiled time *** ~n", [pid, percent(time(rows), total)])
              table(device, rows, options)
            end
        end

        :ok

      _ ->
        :nothing_to_analyze
    end
  end

  defp calls(rows), do: rows |> Enum.map(&elem(&1, 1)) |> Enum.sum()
  defp time(rows), do: rows |> Enum.map(&elem(&1, 2)) |> Enum.sum()
  defp percent(_, 0), do: "0.00"
  defp percent(part, whole), do: :erlang.float_to_binary(100 * part / whole, decimals: 2)

  defp table(device, rows, options) do
    total = time(rows)
    filter = options[:filter] || []
    shown = Enum.filter(rows, fn {_, count, time} -> count >= (filter[:calls] || 0) and time / 1000 >= (filter[:time] || 0) end)

    shown =
      case options[:sort] || :time do
        :time -> Enum.sort_by(shown, fn {mfa, _, time} -> {time, mfa} end)
        :calls -> Enum.sort_by(shown, fn {mfa, count, _} -> {count, mfa} end)
        :mfa -> Enum.sort(shown)
      end

    line = fn {{m, f, a}, count, time} ->
      micro = div(time, 1000)
      [List.to_string(:io_lib.format("~w:~tw/~w", [m, f, a])), "#{count}", percent(time, total), "#{micro}", "[" <> String.pad_leading(each(time, count), 10) <> "]"]
    end

    lines = Enum.map(shown, line)
    sum = ["Total:", "#{calls(rows)}", "100.00%", "#{div(total, 1000)}", "[" <> String.pad_leading(each(total, calls(rows)), 10) <> "]"]
    head = ["FUNCTION", "CALLS", "%", "TIME", "[uS / CALLS]"]
    widths = Enum.zip_with([head, sum | lines], fn column -> column |> Enum.map(&String.length/1) |> Enum.max() end)
    rule = fn sizes -> Enum.map(sizes, &String.duplicate("-", &1)) end
    print = fn row -> :io.format(device, "~ts~n", [aligned(row, widths)]) end
    print.(head)
    print.(rule.([8, 5, 7, 4]) ++ ["[----------]"])
    Enum.each(lines, print)
    print.(rule.(Enum.take(widths, 4)) ++ ["[----------]"])
    print.(sum)
  end

  defp each(_, 0), do: "0.00"
  defp each(time, count), do: :erlang.float_to_binary(time / 1000 / count, decimals: 2)

  defp aligned([first | rest], [width | widths]),
    do: [String.pad_trailing(first, width) | Enum.zip_with(rest, widths, fn text, width -> ["  ", String.pad_leading(text, width)] end)]
end
