defmodule Phial.Trace do
  @moduledoc """
  Records what processes say to each other, shows it, and plays it again.

  A log holds, in order and with times, the messages that the chosen processes sent and received, what they spawned, their names, links and ends:

      Phial.Trace.record("run.trace", fn -> MyApp.do_something() end)   # a function and all that it spawns
      {:ok, recording} = Phial.Trace.start("shop.trace", [Shop.Cart])   # processes that run already
      Phial.Trace.stop(recording)

  `format/2` makes text of it, `mermaid/2` a sequence diagram, and `replay/4` gives the recorded messages to a fresh process and tells where it
  first does something else than the recorded one did. From the command line: `phial trace record -o FILE SCRIPT`, `phial trace show FILE`.
  """

  alias Phial.Trace.{Log, Recorder, Replay}

  @flags [:send, :receive, :procs, :set_on_spawn, :monotonic_timestamp]

  # -- recording

  @doc """
  Runs a function and records to a file what it and all processes that come of it do; gives `{value, number of events}`.

      iex> file = Path.join(System.tmp_dir!(), "doctest_record.trace")
      iex> {6, events} = Phial.Trace.record(file, fn -> Task.await(Task.async(fn -> 6 end)) end)
      iex> events == length(Phial.Trace.read!(file).events)
      true
  """
  @spec record(Path.t(), (-> value)) :: {value, non_neg_integer} when value: term
  def record(file, fun) when is_function(fun, 0) do
    {:ok, recording} = start(file, [self()])

    try do
      fun.()
    catch
      kind, reason ->
        stop(recording)
        :erlang.raise(kind, reason, __STACKTRACE__)
    else
      value ->
        {:ok, count} = stop(recording)
        {value, count}
    end
  end

  @doc """
  Begins to record processes (pids, names, `:all` or `:new` ones) and those that they spawn: `{:ok, recording}`, or `{:error, reason}` where the file cannot be
  written or a process is traced by somebody else.

      iex> file = Path.join(System.tmp_dir!(), "doctest_start.trace")
      iex> {:ok, agent} = Agent.start(fn -> 0 end)
      iex> {:ok, recording} = Phial.Trace.start(file, [agent])
      iex> Agent.update(agent, & &1 + 1)
      iex> {:ok, events} = Phial.Trace.stop(recording)
      iex> events >= 2
      true
  """
  @spec start(Path.t(), [pid | atom] | :all | :new) :: {:ok, pid} | {:error, term}
  def start(file, whom) do
    pids = if is_list(whom), do: Enum.map(whom, &pid!/1), else: []

    with {:ok, recorder} <- Recorder.start(file, pids) do
      try do
        for target <- if(is_list(whom), do: pids, else: [whom]), do: :erlang.trace(target, true, [{:tracer, recorder} | @flags])
        {:ok, recorder}
      rescue
        ArgumentError ->
          stop(recorder)
          {:error, :traced_by_another}
      end
    end
  end

  defp pid!(pid) when is_pid(pid), do: pid

  defp pid!(name) do
    GenServer.whereis(name) || raise ArgumentError, "there is no process named #{inspect(name)}"
  end

  @doc "Ends a recording: `{:ok, number of events}`, or `{:error, reason}` if the file could not be written to its end."
  @spec stop(pid) :: {:ok, non_neg_integer} | {:error, term}
  def stop(recording) do
    for pid <- Process.list(), :erlang.trace_info(pid, :tracer) == {:tracer, recording}, do: :erlang.trace(pid, false, @flags)
    if :erlang.trace_info(:new, :tracer) == {:tracer, recording}, do: :erlang.trace(:new, false, @flags)
    reference = :erlang.trace_delivered(:all)
    receive do: ({:trace_delivered, :all, ^reference} -> :ok)
    Recorder.stop(recording)
  end

  # -- showing

  @doc "The log in a file; raises `File.Error` or `ArgumentError` where there is none."
  @spec read!(Path.t()) :: Log.t()
  def read!(file), do: Log.read!(file)

  @doc """
  A log as text, a line an event. Options: `:only` (names or pids of processes), `:limit` (events), `:width` (of a message, 80).
  """
  @spec format(Log.t(), keyword) :: iodata
  def format(log, options \\ []), do: Log.format(log, options)

  @doc "A log as a sequence diagram in the language of Mermaid. Options as for `format/2`."
  @spec mermaid(Log.t(), keyword) :: iodata
  def mermaid(log, options \\ []), do: Log.mermaid(log, options)

  # -- replaying

  @doc """
  Gives a fresh process the messages that a recorded one received, and compares what it does.

  `process` is the recorded one: a name it had, or its pid. `start` starts the fresh one and gives `pid` or `{:ok, pid}`, as `GenServer.start/3` does. The
  result is `{:ok, outputs}` (all were the same, so many), or `{:different, difference}` with the first difference: `Phial.Trace.Replay.format/1` explains it.

  Other processes of the log are stood in for: what is sent to them is compared and goes nowhere else. Names that the process sends to are registered for the
  time of the replay where nobody has them. Pids and references stand for each other when they have the same part in both runs. Timers run as they do.

  Options: `:timeout` (milliseconds to wait for an output, 1000).
  """
  @spec replay(Log.t(), pid | atom, (-> pid | {:ok, pid}), keyword) :: {:ok, non_neg_integer} | {:different, map}
  def replay(log, process, start, options \\ []), do: Replay.run(log, process, start, options)

  # -- calls, for the shell

  @doc """
  Prints the next calls of functions, at most so many, with their values, by whatever process makes them. Ends on its own, or with `:dbg.stop()`.

      Phial.Trace.calls({Enum, :map, 2}, 5)
      Phial.Trace.calls({MyServer, :_, :_}, 20)

  Gives the number of functions that are watched.
  """
  @spec calls({module, atom, arity | :_}, pos_integer) :: non_neg_integer
  def calls({module, function, arity}, most \\ 10) do
    Code.ensure_loaded(module)
    device = Process.group_leader()
    caller = self()

    tracer =
      spawn(fn ->
        receive do: (:go -> :ok)
        print_calls(device, most)
        :erlang.trace_pattern({module, function, arity}, false, [:local])
      end)

    :erlang.trace(:all, true, [:call, {:tracer, tracer}])
    # The shell itself and what it prints with would only tell of the tracing.
    for pid <- [caller, device], is_pid(pid) and pid == device, do: :erlang.trace(pid, false, [:call])
    count = :erlang.trace_pattern({module, function, arity}, [{:_, [], [{:exception_trace}]}], [:local])
    send(tracer, :go)
    count
  end

  defp print_calls(_device, 0), do: :ok

  defp print_calls(device, left) do
    receive do
      {:trace, pid, :call, {m, f, arguments}} ->
        IO.puts(device, "#{inspect(pid)} #{Exception.format_mfa(m, f, arguments)}")
        print_calls(device, left - 1)

      {:trace, pid, :return_from, {m, f, arity}, value} ->
        IO.puts(device, "#{inspect(pid)} #{Exception.format_mfa(m, f, arity)} --> #{inspect(value, limit: 20)}")
        print_calls(device, left)

      {:trace, pid, :exception_from, {m, f, arity}, {kind, reason}} ->
        IO.puts(device, "#{inspect(pid)} #{Exception.format_mfa(m, f, arity)} raised #{kind} #{inspect(reason, limit: 20)}")
        print_calls(device, left)
    end
  end

  # -- the command line

  @usage """
  phial trace record [-o FILE] SCRIPT [ARGS]    run a script and record its messages (phial.trace)
  phial trace show FILE [OPTIONS]               show a log

    --mermaid         as a sequence diagram
    --only NAME       events of that process (a name, or a pid as <0.12.0>); may be repeated
    --limit N         so many events
    --width N         characters of a message (80)
  """

  @doc false
  # `phial trace ...`: the status of the program.
  def main(["record" | arguments]) do
    case OptionParser.parse_head(arguments, strict: [output: :string], aliases: [o: :output]) do
      {options, [script | rest], []} -> record_script(options[:output] || "phial.trace", script, rest)
      _ -> usage(:stderr, 1)
    end
  end

  def main(["show", file | arguments]) do
    case OptionParser.parse(arguments, strict: [mermaid: :boolean, only: :keep, limit: :integer, width: :integer]) do
      {options, [], []} -> show(file, options)
      _ -> usage(:stderr, 1)
    end
  end

  def main(["--help"]), do: usage(:stdio, 0)
  def main(_), do: usage(:stderr, 1)

  defp usage(device, status) do
    IO.write(device, @usage)
    status
  end

  defp record_script(file, script, rest) do
    if File.regular?(script) do
      System.argv(rest)

      try do
        {_, count} = record(file, fn -> Code.require_file(script) end)
        IO.puts(:stderr, "#{count} events in #{file}")
        0
      rescue
        error in MatchError -> cannot("record to #{file}: #{inspect(error.term)}")
      end
    else
      cannot("read #{script}: there is no such file")
    end
  end

  defp show(file, options) do
    log = read!(file)
    options = [only: for(name <- Keyword.get_values(options, :only), do: name), limit: options[:limit], width: options[:width], mermaid: options[:mermaid]]
    IO.write(if options[:mermaid], do: mermaid(log, options), else: format(log, options))
    0
  rescue
    error in [File.Error, ArgumentError] -> cannot("show #{file}: #{Exception.message(error)}")
  end

  defp cannot(text) do
    IO.puts(:stderr, "phial trace: cannot " <> text)
    1
  end
end
