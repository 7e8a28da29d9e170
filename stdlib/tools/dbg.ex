defmodule :dbg do
  @moduledoc """
  Tracing by hand: who is traced (`p`), which calls are seen (`tp`, `tpl`), and a process that prints what comes.

      iex> {:ok, _} = :dbg.tracer(:process, {fn message, seen -> [elem(message, 2) | seen] end, []})
      iex> {:ok, _} = :dbg.p(:new, :c)
      iex> {:ok, [{:matched, _, 1} | _]} = :dbg.tp(String, :upcase, 1, :x)
      iex> :dbg.stop()
      :ok
  """

  @node :nonode@nohost
  @builtin %{
    x: [{:_, [], [{:exception_trace}]}],
    exception_trace: [{:_, [], [{:exception_trace}]}],
    c: [{:_, [], [{:message, {:caller}}]}],
    caller_trace: [{:_, [], [{:message, {:caller}}]}],
    cx: [{:_, [], [{:exception_trace}, {:message, {:caller}}]}],
    caller_exception_trace: [{:_, [], [{:exception_trace}, {:message, {:caller}}]}]
  }

  @doc "Starts the tracer, which prints what is traced: `{:ok, pid}`, or `{:error, :already_started}`."
  def start, do: tracer()

  @doc "Starts the tracer, which prints what is traced."
  def tracer, do: tracer(:process, {&print/2, :standard_io})

  @doc """
  Starts a tracer with a function of its own: `fun.(message, state)` gives the next state.

      iex> {:ok, _} = :dbg.tracer(:process, {fn _message, count -> count + 1 end, 0})
      iex> :dbg.tracer()
      {:error, :already_started}
      iex> :dbg.stop()
      :ok
  """
  def tracer(:process, {fun, state}) when is_function(fun, 2) do
    caller = self()
    # It belongs to nobody, and its messages are printed where the caller's are.
    {pid, monitor} = spawn_monitor(fn -> server(caller, fun, state) end)

    receive do
      {^pid, :started} ->
        Process.demonitor(monitor, [:flush])
        {:ok, pid}

      {:DOWN, ^monitor, _, _, _} ->
        {:error, :already_started}
    end
  end

  @doc "The tracer: `{:ok, pid}`, or `{:error, reason}` where none was started."
  def get_tracer do
    case :erlang.whereis(:dbg) do
      :undefined -> {:error, :no_tracer}
      pid -> {:ok, pid}
    end
  end

  @doc "Traces nobody and no call any more, and ends the tracer when it has handled what came."
  def stop do
    :erlang.trace(:all, false, [:all])
    for flags <- [[:local], [:global]], do: :erlang.trace_pattern({:_, :_, :_}, false, flags)
    :erlang.trace_pattern(:on_load, false, [:local])

    with {:ok, pid} <- get_tracer() do
      monitor = Process.monitor(pid)
      send(pid, {:dbg_stop, self()})
      receive do: ({:DOWN, ^monitor, _, _, _} -> :ok)
    end

    :ok
  end

  @doc "The same as `stop/0`, which takes all patterns away."
  def stop_clear, do: stop()

  @doc "What is traced for that item."
  def p(item), do: p(item, [:m])

  @doc """
  Traces a process (pid, registered name), `:all`, `:new` or `:existing` ones. Flags, one or a list: `:s` send, `:r` receive, `:m` both,
  `:c` calls, `:p` their life, `:sos`, `:sol`, `:sofs`, `:sofl` inheritance at spawns and links, `:all`, `:clear`, or those of `:erlang.trace/3`.
  """
  def p(item, flags) do
    with {:ok, tracer} <- get_tracer(),
         {:ok, who} <- item(item),
         {:ok, names} <- flags(List.wrap(flags)) do
      count =
        cond do
          :clear in names -> :erlang.trace(who, false, [:all])
          true -> :erlang.trace(who, true, [{:tracer, tracer} | names])
        end

      {:ok, [{:matched, @node, count}]}
    end
  rescue
    ArgumentError -> {:error, {:no_such_process_or_other_tracer, item}}
  end

  defp item(item) when is_pid(item) or item in [:all, :new, :existing, :processes, :new_processes, :existing_processes], do: {:ok, item}
  defp item({a, b, c}), do: {:ok, :erlang.list_to_pid(~c"<#{a}.#{b}.#{c}>")}
  defp item(number) when is_integer(number), do: {:ok, :erlang.list_to_pid(~c"<0.#{number}.0>")}
  defp item(text) when is_list(text), do: {:ok, :erlang.list_to_pid(text)}

  defp item(name) when is_atom(name) do
    case :erlang.whereis(name) do
      :undefined -> {:error, :not_running}
      pid -> {:ok, pid}
    end
  end

  @letters %{s: [:send], r: [:receive], m: [:send, :receive], c: [:call], p: [:procs], sos: [:set_on_spawn]} |> Map.merge(%{sol: [:set_on_link], sofs: [:set_on_first_spawn], sofl: [:set_on_first_link]})

  defp flags(list) do
    names = Enum.flat_map(list, &Map.get(@letters, &1, [&1]))

    known =
      ~w(send receive procs call arity return_to silent running garbage_collection set_on_spawn set_on_link set_on_first_spawn set_on_first_link
         exiting all clear timestamp cpu_timestamp monotonic_timestamp strict_monotonic_timestamp)a

    case names -- known do
      [] -> {:ok, names}
      [wrong | _] -> {:error, {:bad_flag, wrong}}
    end
  end

  @doc """
  Sees global calls of these functions: `{:ok, [{:matched, node, count}, {:saved, number}]}`. The specification is a list, `[]`, the number of an
  earlier one, or a letter: `:x` values and exceptions, `:c` callers, `:cx` both.
  """
  def tp(module, spec) when is_atom(module), do: pattern({module, :_, :_}, spec, [])
  def tp({_, _, _} = mfa, spec), do: pattern(mfa, spec, [])
  def tp(module, function, spec), do: pattern({module, function, :_}, spec, [])
  def tp(module, function, arity, spec), do: pattern({module, function, arity}, spec, [])

  @doc "Sees local calls, too: see `tp/2`."
  def tpl(module, spec) when is_atom(module), do: pattern({module, :_, :_}, spec, [:local])
  def tpl({_, _, _} = mfa, spec), do: pattern(mfa, spec, [:local])
  def tpl(module, function, spec), do: pattern({module, function, :_}, spec, [:local])
  def tpl(module, function, arity, spec), do: pattern({module, function, arity}, spec, [:local])

  @doc "Takes patterns away, of global and local calls."
  def ctp, do: ctp({:_, :_, :_})
  def ctp({_, _, _} = mfa), do: clear(mfa, [[], [:local]])
  def ctp(module), do: ctp({module, :_, :_})
  def ctp(module, function), do: ctp({module, function, :_})
  def ctp(module, function, arity), do: ctp({module, function, arity})

  @doc "Takes patterns of local calls away."
  def ctpl, do: ctpl({:_, :_, :_})
  def ctpl({_, _, _} = mfa), do: clear(mfa, [[:local]])
  def ctpl(module), do: ctpl({module, :_, :_})
  def ctpl(module, function), do: ctpl({module, function, :_})
  def ctpl(module, function, arity), do: ctpl({module, function, arity})

  @doc "Takes patterns of global calls away."
  def ctpg, do: ctpg({:_, :_, :_})
  def ctpg({_, _, _} = mfa), do: clear(mfa, [[]])
  def ctpg(module), do: ctpg({module, :_, :_})
  def ctpg(module, function), do: ctpg({module, function, :_})
  def ctpg(module, function, arity), do: ctpg({module, function, arity})

  defp pattern({module, _, _} = mfa, spec, flags) do
    with {:ok, spec, saved} <- spec(spec) do
      if module != :_, do: Code.ensure_loaded(module)
      {:ok, [{:matched, @node, :erlang.trace_pattern(mfa, spec, flags)} | saved]}
    end
  rescue
    ArgumentError -> {:error, :bad_match_spec}
  end

  defp spec([]), do: {:ok, true, []}

  defp spec(name) when is_atom(name) do
    case @builtin do
      %{^name => spec} -> {:ok, spec, [{:saved, name}]}
      _ -> {:error, :unknown_pattern}
    end
  end

  defp spec(number) when is_integer(number) do
    case List.keyfind(saved(), number, 0) do
      {_, spec} -> {:ok, spec, [{:saved, number}]}
      nil -> {:error, :unknown_pattern}
    end
  end

  defp spec(spec) when is_list(spec) do
    case {get_tracer(), List.keyfind(saved(), spec, 1)} do
      {_, {number, _}} ->
        {:ok, spec, [{:saved, number}]}

      {{:ok, tracer}, nil} ->
        reference = make_ref()
        send(tracer, {:dbg_save, self(), reference, spec})
        receive do: ({^reference, number} -> {:ok, spec, [{:saved, number}]})

      {_, nil} ->
        {:ok, spec, []}
    end
  end

  defp saved do
    case get_tracer() do
      {:ok, tracer} ->
        reference = make_ref()
        send(tracer, {:dbg_saved, self(), reference})
        receive do: ({^reference, saved} -> saved)

      _ ->
        []
    end
  end

  defp clear(mfa, kinds) do
    counts = for flags <- kinds, do: :erlang.trace_pattern(mfa, false, flags)
    {:ok, [{:matched, @node, Enum.max(counts)}]}
  end

  @doc "Prints the specifications that `tp` and `tpl` have saved."
  def ltp do
    for {number, spec} <- Enum.sort(saved()), do: :io.format("~w: ~p~n", [number, spec])
    for {name, _} <- Enum.sort(@builtin), do: :io.format("~w: built in~n", [name])
    :ok
  end

  @doc "Prints who is traced, and how."
  def i do
    for pid <- Process.list(), {:flags, [_ | _] = flags} <- [:erlang.trace_info(pid, :flags)], do: :io.format("~p  ~w~n", [pid, flags])
    :ok
  end

  @doc "Calls `apply(module, function, arguments)` with everything of it traced; gives its value."
  def c(module, function, arguments), do: c(module, function, arguments, [:all])

  def c(module, function, arguments, flags) do
    with {:ok, tracer} <- get_tracer(), {:ok, names} <- flags(List.wrap(flags)) do
      parent = self()

      {pid, monitor} =
        spawn_monitor(fn ->
          receive do: (:go -> send(parent, {self(), apply(module, function, arguments)}))
        end)

      :erlang.trace(pid, true, [{:tracer, tracer} | names])
      send(pid, :go)

      receive do
        {^pid, value} ->
          Process.demonitor(monitor, [:flush])
          value

        {:DOWN, ^monitor, _, _, reason} ->
          {:EXIT, reason}
      end
    end
  end

  @doc """
  A match specification of a function that is written out: its argument is the list of a call's arguments.

      iex> :dbg.fun2ms(fn [x] when x > 3 -> return_trace() end)
      [{[:"$1"], [{:>, :"$1", 3}], [{:return_trace}]}]
  """
  defmacro fun2ms({:fn, _, clauses}), do: :ms_transform.transform_calls(clauses, __CALLER__)

  defmacro fun2ms(_fun) do
    reason = {:badarg, {:dbg, :fun2ms, [:function, :called, :with, :real, :fun, :should, :be, :transformed]}}
    quote do: :erlang.error(unquote(Macro.escape(reason)))
  end

  # -- the tracer

  defp server(caller, fun, state) do
    :erlang.register(:dbg, self())
    # Where it goes wrong is told by the exit reason.
    send(caller, {self(), :started})
    loop(fun, state, [])
  rescue
    ArgumentError -> exit(:normal)
  end

  defp loop(fun, state, saved) do
    receive do
      {:dbg_stop, _from} ->
        drain(fun, state)

      {:dbg_save, from, reference, spec} ->
        number = length(saved) + 1
        send(from, {reference, number})
        loop(fun, state, [{number, spec} | saved])

      {:dbg_saved, from, reference} ->
        send(from, {reference, saved})
        loop(fun, state, saved)

      message when elem(message, 0) in [:trace, :trace_ts, :drop, :seq_trace] ->
        loop(fun, fun.(message, state), saved)

      _ ->
        loop(fun, state, saved)
    end
  end

  defp drain(fun, state) do
    receive do
      message when elem(message, 0) in [:trace, :trace_ts] -> drain(fun, fun.(message, state))
    after
      0 -> fun.(:end_of_trace, state)
    end
  catch
    # A function that wants no end of the trace.
    :error, _ -> :ok
  end

  @doc "Prints one message of a trace, as the tracer that `tracer/0` starts does."
  def dhandler(message, device), do: print(message, device)

  defp print(:end_of_trace, device), do: device

  defp print(message, device) do
    {pid, what, time} = parts(message)
    :io.format(device, "(~p) ~ts~ts~n", [pid, text(what), time])
    device
  end

  defp parts(message) do
    [kind, pid | what] = Tuple.to_list(message)

    case kind do
      :trace -> {pid, what, ""}
      :trace_ts -> {pid, Enum.drop(what, -1), :io_lib.format(" (Timestamp: ~p)", [List.last(what)])}
    end
  end

  defp text([:call, mfa]), do: ["call ", call(mfa)]
  defp text([:call, mfa, extra]), do: ["call ", call(mfa), :io_lib.format(" (~tp)", [extra])]
  defp text([:return_from, mfa, value]), do: ["returned from ", call(mfa), :io_lib.format(" -> ~tp", [value])]
  defp text([:exception_from, mfa, value]), do: ["exception_from ", call(mfa), :io_lib.format(" ~tp", [value])]
  defp text([:return_to, {_, _, _} = mfa]), do: ["returning to ", call(mfa)]
  defp text([:return_to, other]), do: :io_lib.format("returning to ~tp", [other])
  defp text([:receive, message]), do: :io_lib.format("<< ~tp", [message])
  defp text([:send, message, to]), do: :io_lib.format("~tp ! ~tp", [to, message])
  defp text([:send_to_non_existing_process, message, to]), do: :io_lib.format("~tp !! ~tp", [to, message])
  defp text([:spawn, pid, mfa]), do: [:io_lib.format("spawn ~p as ", [pid]), call(mfa)]
  defp text([:spawned, pid, mfa]), do: [:io_lib.format("spawned by ~p as ", [pid]), call(mfa)]
  defp text([:in, mfa]), do: ["in ", call(mfa)]
  defp text([:out, mfa]), do: ["out ", call(mfa)]
  defp text([what | rest]), do: [:io_lib.format("~tp", [what]) | Enum.map(rest, &:io_lib.format(" ~tp", [&1]))]

  defp call({module, function, arity}) when is_integer(arity), do: :io_lib.format("~p:~p/~p", [module, function, arity])

  defp call({module, function, arguments}) when is_list(arguments),
    do: [:io_lib.format("~p:~p(", [module, function]), Enum.intersperse(Enum.map(arguments, &:io_lib.format("~tp", [&1])), ","), ")"]

  defp call(other), do: :io_lib.format("~tp", [other])
end
