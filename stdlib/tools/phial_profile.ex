defmodule Phial.Profile do
  @moduledoc """
  Finds out where a program spends its time. `phial profile SCRIPT` is the same from the command line.

  Three ways, from cheap to exact:

    * `sample/2` looks at the stacks of all that runs every millisecond. The program hardly notices; the result tells where time goes and by
      which way (a flame graph)
    * `calls/2` counts the calls of each function
    * `time/2` measures the time that each function takes itself, without the functions it calls; it slows the program down several times

  Each runs a function and gives `{value, profile}`; `format/2` makes a table of a profile, `flame/2` a picture.
  """

  @type mfa_row :: {{module, atom, arity}, pos_integer, non_neg_integer}
  @type t :: %{type: :sample | :calls | :time, rows: [mfa_row], stacks: [{[mfa], pos_integer}], period: pos_integer}

  # -- measuring

  @doc """
  Runs the function while the stacks of all processes that work are sampled. Options: `:period` (microseconds between two samples, 1000), `:pid` (one
  process alone).

      iex> {sum, profile} = Phial.Profile.sample(fn -> Enum.sum(1..10) end)
      iex> {sum, profile.type}
      {55, :sample}
  """
  @spec sample((-> value), keyword) :: {value, t} when value: term
  def sample(fun, options \\ []) do
    period = options[:period] || 1000
    start_sampling(period, options[:pid] || :all)
    {outcome, stacks} = with_outcome(fun, &:phial_trace.stop_sampling/0)
    profile = %{type: :sample, period: period, stacks: stacks, rows: sampled_rows(stacks)}
    finish(outcome, profile, options)
  end

  # One profile at a time.
  defp start_sampling(period, whom) do
    if :phial_trace.start_sampling(period, whom) == :busy do
      Process.sleep(10)
      start_sampling(period, whom)
    end
  end

  @doc """
  Runs the function and counts how often each function is called meanwhile, by all processes.

      iex> {_, profile} = Phial.Profile.calls(fn -> for _ <- 1..3, do: List.first([1]) end)
      iex> {{List, :first, 1}, 3, 0} in profile.rows
      true
  """
  @spec calls((-> value), keyword) :: {value, t} when value: term
  def calls(fun, options \\ []) do
    pattern(true, [:call_count])

    {outcome, rows} =
      with_outcome(fun, fn ->
        pattern(:pause, [:call_count])
        rows = for {m, f, a, count, _} <- :phial_trace.measured(), count > 0, not own?(m), do: {{m, f, a}, count, 0}
        pattern(false, [:call_count])
        rows
      end)

    finish(outcome, %{type: :calls, period: 0, stacks: [], rows: Enum.sort_by(rows, fn {mfa, count, _} -> {-count, mfa} end)}, options)
  end

  @doc """
  Runs the function and measures how long each function takes itself, in nanoseconds, in the calling process and those it spawns.

      iex> {_, profile} = Phial.Profile.time(fn -> List.flatten([1, [2, [3]]]) end)
      iex> Enum.any?(profile.rows, fn {mfa, count, _nanoseconds} -> mfa == {List, :flatten, 1} and count == 1 end)
      true
  """
  @spec time((-> value), keyword) :: {value, t} when value: term
  def time(fun, options \\ []) do
    {outcome, by_process} = timed(fun)
    rows = for({_, rows} <- by_process, row <- rows, do: row) |> Enum.group_by(&elem(&1, 0)) |> Enum.map(fn {mfa, rows} -> {mfa, sum(rows, 1), sum(rows, 2)} end)
    finish(outcome, %{type: :time, period: 0, stacks: [], rows: Enum.sort_by(rows, fn {mfa, _, time} -> {-time, mfa} end)}, options)
  end

  @doc false
  # {outcome, %{pid => rows}} of a function that is run with its own time and that of the processes it spawns measured.
  def timed(fun, pids \\ []) do
    tracer = spawn(fn -> receive do: (:end -> :ok) end)
    pattern(true, [:call_time])
    flags = [:call, :set_on_spawn, {:tracer, tracer}]
    for pid <- [self() | pids], do: :erlang.trace(pid, true, flags)

    with_outcome(fun, fn ->
      :erlang.trace(self(), false, [:call, :set_on_spawn])
      for pid <- pids, Process.alive?(pid), do: :erlang.trace(pid, false, [:call, :set_on_spawn])
      pattern(:pause, [:call_time])

      measured =
        for {m, f, a, _, spent} <- :phial_trace.measured(), not own?(m), {m, f} != {:erlang, :trace}, {pid, count, time} <- spent, do: {pid, {{m, f, a}, count, time}}

      pattern(false, [:call_time])
      send(tracer, :end)
      Enum.group_by(measured, &elem(&1, 0), &elem(&1, 1))
    end)
  end

  # What this module and its natives do is no part of the profile.
  defp own?(module), do: module in [__MODULE__, :phial_trace]

  defp pattern(change, flags) do
    :erlang.trace_pattern({:_, :_, :_}, change, flags)
    if is_boolean(change), do: :erlang.trace_pattern(:on_load, change, flags)
  end

  # The function's outcome, and what `after_it` gives, which runs in any case.
  defp with_outcome(fun, after_it) do
    outcome = outcome(fun)
    {outcome, after_it.()}
  end

  @doc false
  # {:ok, value}, or {kind, reason, stack trace} of what it raised.
  def outcome(fun) do
    {:ok, fun.()}
  catch
    kind, reason -> {kind, reason, __STACKTRACE__}
  end

  # A function that fails fails here, after its profile was given to `:failed`.
  defp finish({:ok, value}, profile, _options), do: {value, profile}

  defp finish({kind, reason, stack}, profile, options) do
    if failed = options[:failed], do: failed.(profile)
    :erlang.raise(kind, reason, stack)
  end

  # {mfa, samples with the function on top, samples with it anywhere}
  defp sampled_rows(stacks) do
    Enum.reduce(stacks, %{}, fn {stack, count}, rows ->
      top = List.last(stack)

      stack
      |> Enum.uniq()
      |> Enum.reduce(rows, fn mfa, rows ->
        own = if mfa == top, do: count, else: 0
        Map.update(rows, mfa, {own, count}, fn {a, b} -> {a + own, b + count} end)
      end)
    end)
    |> Enum.map(fn {mfa, {own, total}} -> {mfa, own, total} end)
    |> Enum.sort_by(fn {mfa, own, total} -> {-own, -total, mfa} end)
  end

  defp sum(rows, at), do: rows |> Enum.map(&elem(&1, at)) |> Enum.sum()

  # -- showing

  @doc "The name of a function as people write it."
  def name({module, function, arity}), do: Exception.format_mfa(module, function, arity)

  @doc """
  A profile as a table. Options: `:limit` (rows, 30).

      iex> profile = %{type: :calls, period: 0, stacks: [], rows: [{{List, :first, 1}, 3, 0}]}
      iex> IO.iodata_to_binary(Phial.Profile.format(profile)) =~ "List.first/1"
      true
  """
  @spec format(t, keyword) :: iodata
  def format(profile, options \\ []) do
    limit = options[:limit] || 30
    rows = Enum.take(profile.rows, limit)
    [table(profile, rows), more(length(profile.rows) - length(rows))]
  end

  defp more(0), do: []
  defp more(count), do: "... and #{count} more functions\n"

  defp table(%{type: :sample, period: period, rows: all, stacks: stacks}, rows) do
    total = stacks |> Enum.map(&elem(&1, 1)) |> Enum.sum()
    milliseconds = fn samples -> decimal(samples * period / 1000, 1) end

    [
      "#{total} samples, #{milliseconds.(total)} ms of work, #{length(all)} functions\n\n",
      columns(["own %", "own ms", "with callees %", "function"], for({mfa, own, with} <- rows, do: [percent(own, total), milliseconds.(own), percent(with, total), name(mfa)]))
    ]
  end

  defp table(%{type: :calls, rows: all}, rows) do
    total = sum(all, 1)
    ["#{total} calls of #{length(all)} functions\n\n", columns(["calls", "%", "function"], for({mfa, count, _} <- rows, do: [Integer.to_string(count), percent(count, total), name(mfa)]))]
  end

  defp table(%{type: :time, rows: all}, rows) do
    total = sum(all, 2)

    [
      "#{decimal(total / 1_000_000, 1)} ms in #{sum(all, 1)} calls of #{length(all)} functions\n\n",
      columns(
        ["calls", "own %", "own µs", "µs / call", "function"],
        for({mfa, count, time} <- rows, do: [Integer.to_string(count), percent(time, total), decimal(time / 1000, 1), decimal(time / 1000 / max(count, 1), 2), name(mfa)])
      )
    ]
  end

  defp percent(_, 0), do: "0.0"
  defp percent(part, whole), do: decimal(100 * part / whole, 1)
  defp decimal(number, digits), do: :erlang.float_to_binary(number / 1, decimals: digits)

  # Right-aligned columns, the last one left-aligned.
  defp columns(head, rows) do
    widths = [head | rows] |> Enum.zip_with(fn column -> column |> Enum.map(&String.length/1) |> Enum.max() end)

    for row <- [head | rows] do
      {last, numbers} = List.pop_at(row, -1)
      [Enum.zip_with(numbers, widths, fn text, width -> [String.pad_leading(text, width), "  "] end), last, "\n"]
    end
  end

  @doc """
  The stacks of a sampling profile as a tree, `%{name: name, value: samples, children: [...]}`: what a flame graph draws.

      iex> Phial.Profile.tree([{[{:a, :f, 0}, {:a, :g, 1}], 2}, {[{:a, :f, 0}], 1}])
      %{name: "all", value: 3, children: [%{name: ":a.f/0", value: 3, children: [%{name: ":a.g/1", value: 2, children: []}]}]}
  """
  def tree(stacks, name \\ &name/1), do: node("all", stacks, name)

  defp node(label, stacks, name) do
    children =
      stacks
      |> Enum.reject(fn {frames, _} -> frames == [] end)
      |> Enum.group_by(fn {[frame | _], _} -> frame end, fn {[_ | rest], count} -> {rest, count} end)
      |> Enum.map(fn {frame, rest} -> node(name.(frame), rest, name) end)
      |> Enum.sort_by(& &1.name)

    %{name: label, value: stacks |> Enum.map(&elem(&1, 1)) |> Enum.sum(), children: children}
  end

  @doc "A flame graph of a sampling profile: a page of HTML on its own, or with `:svg` a picture."
  @spec flame(t, :html | :svg) :: iodata
  def flame(profile, format \\ :html), do: Phial.Profile.Flame.draw(tree(profile.stacks), format)

  # -- the command line

  @usage """
  phial profile [OPTIONS] SCRIPT [ARGS]

    --type sample   where time is spent, by samples of the stacks (usual)
    --type calls    how often functions are called
    --type time     how long functions take themselves (slow)
    --limit N       rows of the table (30)
    --flame FILE    with samples: a flame graph, FILE.html or FILE.svg
    --period MS     milliseconds between samples (1)
  """

  @doc false
  # `phial profile ...`: the status of the program.
  def main(arguments) do
    strict = [type: :string, limit: :integer, flame: :string, period: :float, help: :boolean]

    case OptionParser.parse_head(arguments, strict: strict) do
      {options, [script | rest], []} ->
        cond do
          options[:help] -> usage(:stdio, 0)
          options[:type] not in [nil, "sample", "calls", "time"] -> wrong("there is no profile of type #{options[:type]}")
          not File.regular?(script) -> wrong("no file named #{script}")
          options[:flame] && options[:type] in ["calls", "time"] -> wrong("a flame graph is made of samples alone")
          true -> run(options, script, rest)
        end

      {options, [], []} ->
        if options[:help], do: usage(:stdio, 0), else: usage(:stderr, 1)

      {_, _, [{option, _} | _]} ->
        wrong("cannot understand the option #{option}")
    end
  end

  defp usage(device, status) do
    IO.write(device, @usage)
    status
  end

  defp wrong(text) do
    IO.puts(:stderr, "phial profile: " <> text)
    1
  end

  defp run(options, script, rest) do
    System.argv(rest)
    show = fn profile -> show(profile, options) end
    fun = fn -> Code.require_file(script) end

    {_, profile} =
      case options[:type] || "sample" do
        "sample" -> sample(fun, period: max(round((options[:period] || 1.0) * 1000), 10), failed: show)
        "calls" -> calls(fun, failed: show)
        "time" -> time(fun, failed: show)
      end

    show.(profile)
    0
  end

  defp show(profile, options) do
    IO.write(["\n", format(profile, limit: options[:limit])])

    if file = options[:flame] do
      case File.write(file, flame(profile, if(Path.extname(file) == ".svg", do: :svg, else: :html))) do
        :ok -> IO.puts("\nflame graph: #{file}")
        {:error, reason} -> IO.puts(:stderr, "phial profile: cannot write #{file}: #{:file.format_error(reason)}")
      end
    end
  end
end
