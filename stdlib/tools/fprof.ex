defmodule :fprof do
  @moduledoc """
  Measures how long functions take, themselves (OWN) and with what they call (ACC). Every call and return is a message, so the program is slowed down
  a lot; `:eprof` and `Phial.Profile.sample/2` are lighter.

      iex> :fprof.apply(fn -> Enum.sum([1, 2]) end, [])
      3
      iex> :fprof.profile()
      :ok
      iex> Enum.any?(:fprof.rows(), fn {mfa, _, acc, own} -> mfa == {Enum, :sum, 1} and acc >= own end)
      true
      iex> :fprof.stop()
      :ok
  """

  @doc "Calls the function with these arguments, traced; gives its value."
  def apply(fun, arguments) when is_function(fun), do: run(fn -> Kernel.apply(fun, arguments) end)
  def apply(module, function, arguments), do: run(fn -> Kernel.apply(module, function, arguments) end)

  defp run(fun) do
    stop()
    pattern = fn change -> :erlang.trace_pattern({:_, :_, :_}, change, [:local]) end
    keeper = self()
    tracer = spawn(fn -> collect(%{}, %{}, keeper) end)
    pattern.(true)
    caller = self()
    reference = make_ref()

    {pid, monitor} =
      spawn_monitor(fn ->
        receive do: (:go -> :ok)
        send(caller, {reference, Phial.Profile.outcome(fun)})
      end)

    :erlang.trace(pid, true, [:call, :return_to, :arity, :running, :monotonic_timestamp, :set_on_spawn, :procs, {:tracer, tracer}])
    send(pid, :go)

    outcome =
      receive do
        {^reference, outcome} -> outcome
        {:DOWN, ^monitor, _, _, reason} -> {:exit, reason, []}
      end

    Process.demonitor(monitor, [:flush])
    pattern.(false)
    if Process.alive?(pid), do: :erlang.trace(pid, false, [:all])
    send(tracer, {:fprof_end, self()})
    rows = receive do: ({:fprof_rows, rows} -> rows)
    Agent.start(fn -> %{traced: rows, rows: []} end, name: :fprof)

    case outcome do
      {:ok, value} -> value
      {kind, reason, stack} -> :erlang.raise(kind, reason, stack)
    end
  end

  @doc "Forgets everything."
  def stop do
    if Process.whereis(:fprof), do: Agent.stop(:fprof)
    :ok
  end

  @doc "Makes a profile of what was traced."
  def profile do
    case Process.whereis(:fprof) do
      nil -> {:error, :no_profile}
      _ -> Agent.update(:fprof, &%{&1 | rows: Enum.sort_by(&1.traced, fn {mfa, _, acc, own} -> {-acc, -own, mfa} end)})
    end
  end

  @doc "The profile: `[{{module, function, arity}, calls, nanoseconds with callees, own nanoseconds}]`."
  def rows, do: if(Process.whereis(:fprof), do: Agent.get(:fprof, & &1.rows), else: [])

  @doc "Prints the profile."
  def analyse, do: analyse([])

  @doc "Prints the profile: `sort: :acc | :own`, `dest: device`."
  def analyse(options) do
    device = options[:dest] || :standard_io
    rows = if options[:sort] == :own, do: Enum.sort_by(rows(), &(-elem(&1, 3))), else: rows()
    :io.format(device, "~-60ts~10ts~12ts~12ts~n", ["%", "CNT", "ACC", "OWN"])

    for {{m, f, a}, count, acc, own} <- rows do
      name = :lists.flatten(:io_lib.format("~w:~tw/~w", [m, f, a]))
      :io.format(device, "~-60ts~10w~12.3f~12.3f~n", [name, count, acc / 1_000_000, own / 1_000_000])
    end

    :ok
  end

  # -- the tracer. stacks: pid => {[{mfa, time of the call, was it on the stack already}], time of the last event or nil while it does not run}

  defp collect(stacks, rows, keeper) do
    receive do
      {:fprof_end, from} ->
        # What has not returned counts up to its last event.
        rows = Enum.reduce(stacks, rows, fn {_, {stack, last, _}}, rows -> unwind(stack, last, rows) end)
        send(from, {:fprof_rows, for({mfa, {count, acc, own}} <- rows, elem(mfa, 0) != :fprof, do: {mfa, count, acc, own})})

      {:trace_ts, pid, :call, mfa, at} ->
        {stack, rows} = charge(stacks, pid, at, rows)
        again = List.keymember?(stack, mfa, 0)
        rows = Map.update(rows, mfa, {1, 0, 0}, fn {count, acc, own} -> {count + 1, acc, own} end)
        collect(Map.put(stacks, pid, {[{mfa, at, again} | stack], at, true}), rows, keeper)

      {:trace_ts, pid, :return_to, mfa, at} ->
        {stack, rows} = charge(stacks, pid, at, rows)
        {left, kept} = Enum.split_while(stack, &(elem(&1, 0) != mfa))
        collect(Map.put(stacks, pid, {kept, at, true}), unwind(left, at, rows), keeper)

      {:trace_ts, pid, :out, _, at} ->
        {stack, rows} = charge(stacks, pid, at, rows)
        collect(Map.put(stacks, pid, {stack, at, false}), rows, keeper)

      {:trace_ts, pid, :in, _, at} ->
        {stack, _, _} = Map.get(stacks, pid, {[], at, false})
        collect(Map.put(stacks, pid, {stack, at, true}), rows, keeper)

      _ ->
        collect(stacks, rows, keeper)
    end
  end

  # The time since the last event is the own time of the function on top.
  defp charge(stacks, pid, at, rows) do
    case stacks do
      %{^pid => {[{mfa, _, _} | _] = stack, last, true}} -> {stack, Map.update!(rows, mfa, fn {count, acc, own} -> {count, acc, own + at - last} end)}
      %{^pid => {stack, _, _}} -> {stack, rows}
      _ -> {[], rows}
    end
  end

  # Functions that are left, the innermost first; of a recursion the outermost call counts.
  defp unwind(left, at, rows) do
    Enum.reduce(left, rows, fn
      {_, _, true}, rows -> rows
      {mfa, from, false}, rows -> Map.update!(rows, mfa, fn {count, acc, own} -> {count, acc + at - from, own} end)
    end)
  end
end
