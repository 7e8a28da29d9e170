defmodule :sys do
  @moduledoc """
  System messages: looking into a running behaviour, suspending it, tracing it, changing its code.

  The first part is what a client calls; the second what a special process calls when a
  `{:system, from, request}` message reaches it (`handle_system_msg/6`), and to report its
  events (`handle_debug/4`). The debug state is a list with at most one entry a kind:
  `{:trace, true}`, `{:log, {max, newest_first}}`, `{:statistics, data}`,
  `{:log_to_file, device}` and `{id, {fun, fun_state}}` of `install/2`.
  """

  # ---- Client ---------------------------------------------------------------------------

  @doc """
  Suspends a process: it takes system messages only.

      iex> {:ok, pid} = Agent.start_link(fn -> 42 end)
      iex> :sys.suspend(pid)
      :ok
      iex> :sys.resume(pid)
      :ok
  """
  def suspend(name), do: request(name, :suspend, [name])
  def suspend(name, timeout), do: request(name, :suspend, [name, timeout], timeout)

  @doc "Resumes a suspended process."
  def resume(name), do: request(name, :resume, [name])
  def resume(name, timeout), do: request(name, :resume, [name, timeout], timeout)

  @doc "Returns the status of a process: `{:status, pid, {:module, mod}, items}`."
  def get_status(name), do: request(name, :get_status, [name])
  def get_status(name, timeout), do: request(name, :get_status, [name, timeout], timeout)

  @doc """
  Returns the state of a process.

      iex> {:ok, pid} = Agent.start_link(fn -> 42 end)
      iex> :sys.get_state(pid)
      42
  """
  def get_state(name), do: state_or_error(request(name, :get_state, [name]))

  def get_state(name, timeout),
    do: state_or_error(request(name, :get_state, [name, timeout], timeout))

  @doc """
  Replaces the state of a process by what `fun` makes of it; returns the new state.

      iex> {:ok, pid} = Agent.start_link(fn -> 42 end)
      iex> :sys.replace_state(pid, fn n -> n + 1 end)
      43
  """
  def replace_state(name, fun),
    do: state_or_error(request(name, {:replace_state, fun}, :replace_state, [name, fun], 5000))

  def replace_state(name, fun, timeout) do
    state_or_error(request(name, {:replace_state, fun}, :replace_state, [name, fun, timeout], timeout))
  end

  defp state_or_error({:ok, state}), do: state
  defp state_or_error({:error, reason}), do: :erlang.error(reason)

  @doc "Runs the code change of a suspended process."
  def change_code(name, module, old_version, extra) do
    args = [name, module, old_version, extra]
    request(name, {:change_code, module, old_version, extra}, :change_code, args, 5000)
  end

  def change_code(name, module, old_version, extra, timeout) do
    args = [name, module, old_version, extra, timeout]
    request(name, {:change_code, module, old_version, extra}, :change_code, args, timeout)
  end

  @doc "Ends a process with `reason`."
  def terminate(name, reason),
    do: request(name, {:terminate, reason}, :terminate, [name, reason], 5000)

  def terminate(name, reason, timeout),
    do: request(name, {:terminate, reason}, :terminate, [name, reason, timeout], timeout)

  @doc "Keeps the last events of a process (`true`, `{true, n}`, `false`), or returns (`:get`) or prints them."
  def log(name, flag), do: debug_request(name, {:log, flag}, :log, [name, flag], 5000)

  def log(name, flag, timeout),
    do: debug_request(name, {:log, flag}, :log, [name, flag, timeout], timeout)

  @doc "Prints the events of a process as they happen."
  def trace(name, flag), do: debug_request(name, {:trace, flag}, :trace, [name, flag], 5000)

  def trace(name, flag, timeout),
    do: debug_request(name, {:trace, flag}, :trace, [name, flag, timeout], timeout)

  @doc "Writes the events of a process to a file; `false` stops it."
  def log_to_file(name, file),
    do: debug_request(name, {:log_to_file, file}, :log_to_file, [name, file], 5000)

  def log_to_file(name, file, timeout),
    do: debug_request(name, {:log_to_file, file}, :log_to_file, [name, file, timeout], timeout)

  @doc """
  Counts the messages of a process (`true`, `false`), or returns the counts (`:get`).

      iex> {:ok, pid} = Agent.start_link(fn -> 42 end)
      iex> :sys.statistics(pid, :get)
      {:ok, :no_statistics}
  """
  def statistics(name, flag),
    do: debug_request(name, {:statistics, flag}, :statistics, [name, flag], 5000)

  def statistics(name, flag, timeout),
    do: debug_request(name, {:statistics, flag}, :statistics, [name, flag, timeout], timeout)

  @doc "Turns all debugging off."
  def no_debug(name), do: debug_request(name, :no_debug, :no_debug, [name], 5000)

  def no_debug(name, timeout),
    do: debug_request(name, :no_debug, :no_debug, [name, timeout], timeout)

  @doc "Installs `{fun, state}` or `{id, fun, state}`: the function is called with the state, each event and the process's name."
  def install(name, spec), do: debug_request(name, {:install, spec}, :install, [name, spec], 5000)

  def install(name, spec, timeout),
    do: debug_request(name, {:install, spec}, :install, [name, spec, timeout], timeout)

  @doc "Removes an installed function, by the function or its id."
  def remove(name, id), do: debug_request(name, {:remove, id}, :remove, [name, id], 5000)

  def remove(name, id, timeout),
    do: debug_request(name, {:remove, id}, :remove, [name, id, timeout], timeout)

  defp request(name, request, args), do: request(name, request, request, args, 5000)
  defp request(name, request, args, timeout), do: request(name, request, request, args, timeout)

  defp debug_request(name, request, function, args, timeout),
    do: request(name, {:debug, request}, function, args, timeout)

  defp request(name, request, function, args, timeout) do
    {:ok, reply} = :gen.call(name, :system, request, timeout)
    reply
  catch
    :exit, reason -> :erlang.exit({reason, {:sys, function, args}})
  end

  # ---- Process --------------------------------------------------------------------------

  @doc "Handles a system message; goes on in `module.system_continue/3` or `module.system_terminate/4`."
  def handle_system_msg(request, from, parent, module, debug, misc),
    do: handle(:running, request, from, parent, module, debug, misc, false)

  @doc "Like `handle_system_msg/6`; `hibernate?` tells whether to hibernate again while suspended."
  def handle_system_msg(request, from, parent, module, debug, misc, hibernate?),
    do: handle(:running, request, from, parent, module, debug, misc, hibernate?)

  defp handle(state, request, from, parent, module, debug, misc, hibernate?) do
    case command(state, request, parent, module, debug, misc) do
      {:terminate, reason} ->
        :gen.reply(from, :ok)
        module.system_terminate(reason, parent, debug, misc)

      {:running, reply, debug, misc} ->
        :gen.reply(from, reply)
        module.system_continue(parent, debug, misc)

      {:suspended, reply, debug, misc} ->
        :gen.reply(from, reply)

        if hibernate?,
          do: suspend_loop_hib(parent, module, debug, misc, true),
          else: suspend_loop(parent, module, debug, misc, false)
    end
  end

  @doc false
  def suspend_loop_hib(parent, module, debug, misc, hibernate?),
    do: :proc_lib.hibernate(:sys, :suspend_loop, [parent, module, debug, misc, hibernate?])

  @doc false
  def suspend_loop(parent, module, debug, misc, hibernate?) do
    receive do
      {:system, from, request} ->
        handle(:suspended, request, from, parent, module, debug, misc, hibernate?)

      {:EXIT, ^parent, reason} ->
        module.system_terminate(reason, parent, debug, misc)
    end
  end

  defp command(_, :suspend, _parent, _mod, debug, misc), do: {:suspended, :ok, debug, misc}
  defp command(_, :resume, _parent, _mod, debug, misc), do: {:running, :ok, debug, misc}

  defp command(state, :get_state, _parent, mod, debug, misc),
    do: {state, do_get_state(mod, misc), debug, misc}

  defp command(state, {:replace_state, fun}, _parent, mod, debug, misc) do
    {reply, misc} = do_replace_state(fun, mod, misc)
    {state, reply, debug, misc}
  end

  defp command(state, :get_status, parent, mod, debug, misc),
    do: {state, do_get_status(state, parent, mod, debug, misc), debug, misc}

  defp command(state, {:debug, request}, _parent, _mod, debug, misc) do
    {reply, debug} = do_debug(request, debug)
    {state, reply, debug, misc}
  end

  defp command(_, {:terminate, reason}, _parent, _mod, _debug, _misc), do: {:terminate, reason}

  defp command(:suspended, {:change_code, module, version, extra}, _parent, mod, debug, misc) do
    {reply, misc} = do_change_code(mod, module, version, extra, misc)
    {:suspended, reply, debug, misc}
  end

  defp command(state, other, _parent, _mod, debug, misc),
    do: {state, {:error, {:unknown_system_msg, other}}, debug, misc}

  defp do_get_state(mod, misc) do
    if :erlang.function_exported(mod, :system_get_state, 1) do
      try do
        {:ok, _} = mod.system_get_state(misc)
      catch
        class, reason -> {:error, {:callback_failed, {mod, :system_get_state}, {class, reason}}}
      end
    else
      {:ok, misc}
    end
  end

  defp do_replace_state(fun, mod, misc) do
    if :erlang.function_exported(mod, :system_replace_state, 2) do
      try do
        {:ok, state, misc} = mod.system_replace_state(fun, misc)
        {{:ok, state}, misc}
      catch
        class, reason ->
          {{:error, {:callback_failed, {mod, :system_replace_state}, {class, reason}}}, misc}
      end
    else
      try do
        misc = fun.(misc)
        {{:ok, misc}, misc}
      catch
        class, reason -> {{:error, {:callback_failed, fun, {class, reason}}}, misc}
      end
    end
  end

  defp do_get_status(state, parent, mod, debug, misc) do
    dictionary = :erlang.get()

    misc =
      if :erlang.function_exported(mod, :format_status, 2),
        do: mod.format_status(:normal, [dictionary, state, parent, debug, misc]),
        else: misc

    {:status, self(), {:module, mod}, [dictionary, state, parent, debug, misc]}
  end

  defp do_change_code(mod, module, version, extra, misc) do
    case mod.system_code_change(misc, module, version, extra) do
      {:ok, misc} -> {:ok, misc}
      other -> {{:error, other}, misc}
    end
  catch
    :throw, {:ok, misc} -> {:ok, misc}
    :throw, other -> {{:error, other}, misc}
    :error, reason -> {{:error, {:EXIT, {reason, __STACKTRACE__}}}, misc}
    :exit, reason -> {{:error, {:EXIT, reason}}, misc}
  end

  # ---- Debug state ----------------------------------------------------------------------

  @doc """
  Makes a debug state from start options such as `[:trace, {:log, 10}, :statistics]`.

      iex> :sys.debug_options([:trace, {:log, 3}])
      [trace: true, log: {3, []}]
  """
  def debug_options(options), do: debug_options(options, [])

  defp debug_options([:trace | rest], debug),
    do: debug_options(rest, put(:trace, true, debug))

  defp debug_options([:log | rest], debug), do: debug_options(rest, put(:log, {10, []}, debug))

  defp debug_options([{:log, n} | rest], debug) when is_integer(n) and n > 0,
    do: debug_options(rest, put(:log, {n, []}, debug))

  defp debug_options([:statistics | rest], debug),
    do: debug_options(rest, put(:statistics, new_statistics(), debug))

  defp debug_options([{:log_to_file, file} | rest], debug) do
    case :file.open(file, [:write, :raw]) do
      {:ok, device} -> debug_options(rest, put(:log_to_file, device, debug))
      _ -> debug_options(rest, debug)
    end
  end

  defp debug_options([{:install, {fun, state}} | rest], debug),
    do: debug_options(rest, put(fun, {fun, state}, debug))

  defp debug_options([{:install, {id, fun, state}} | rest], debug),
    do: debug_options(rest, put(id, {fun, state}, debug))

  defp debug_options([_ | rest], debug), do: debug_options(rest, debug)
  defp debug_options([], debug), do: debug

  defp put(key, value, debug), do: :lists.keystore(key, 1, debug, {key, value})
  defp drop(key, debug), do: :lists.keydelete(key, 1, debug)

  defp new_statistics do
    {:erlang.localtime(), elem(:erlang.process_info(self(), :reductions), 1), 0, 0}
  end

  defp do_debug({:trace, true}, debug), do: {:ok, put(:trace, true, debug)}
  defp do_debug({:trace, false}, debug), do: {:ok, drop(:trace, debug)}
  defp do_debug({:log, true}, debug), do: do_debug({:log, {true, 10}}, debug)

  defp do_debug({:log, {true, n}}, debug) do
    events =
      case :lists.keyfind(:log, 1, debug) do
        {_, {_, events}} -> :lists.sublist(events, n)
        false -> []
      end

    {:ok, put(:log, {n, events}, debug)}
  end

  defp do_debug({:log, false}, debug), do: {:ok, drop(:log, debug)}

  defp do_debug({:log, :print}, debug) do
    print_log(debug)
    {:ok, debug}
  end

  defp do_debug({:log, :get}, debug),
    do: {{:ok, for({event, _name, _form} <- raw_log(debug), do: event)}, debug}

  defp do_debug({:log_to_file, false}, debug), do: {:ok, close_file(debug)}

  defp do_debug({:log_to_file, file}, debug) do
    debug = close_file(debug)

    case :file.open(file, [:write, :raw]) do
      {:ok, device} -> {:ok, put(:log_to_file, device, debug)}
      _ -> {{:error, :open_file}, debug}
    end
  end

  defp do_debug({:statistics, true}, debug), do: {:ok, put(:statistics, new_statistics(), debug)}
  defp do_debug({:statistics, false}, debug), do: {:ok, drop(:statistics, debug)}

  defp do_debug({:statistics, :get}, debug) do
    case :lists.keyfind(:statistics, 1, debug) do
      {_, {started, reductions, messages_in, messages_out}} ->
        {_, now} = :erlang.process_info(self(), :reductions)

        {{:ok,
          [
            start_time: started,
            current_time: :erlang.localtime(),
            reductions: now - reductions,
            messages_in: messages_in,
            messages_out: messages_out
          ]}, debug}

      false ->
        {{:ok, :no_statistics}, debug}
    end
  end

  defp do_debug(:no_debug, debug) do
    close_file(debug)
    {:ok, []}
  end

  defp do_debug({:install, {fun, state}}, debug), do: {:ok, put(fun, {fun, state}, debug)}
  defp do_debug({:install, {id, fun, state}}, debug), do: {:ok, put(id, {fun, state}, debug)}
  defp do_debug({:remove, id}, debug), do: {:ok, drop(id, debug)}
  defp do_debug(_, debug), do: {:unknown_debug, debug}

  defp close_file(debug) do
    case :lists.keyfind(:log_to_file, 1, debug) do
      {_, device} ->
        :file.close(device)
        drop(:log_to_file, debug)

      false ->
        debug
    end
  end

  @doc "Passes a system event through the debug state; `form` prints it: `form.(device, event, name)`."
  def handle_debug([], _form, _name, _event), do: []

  def handle_debug([{:trace, true} = entry | rest], form, name, event) do
    form.(:standard_io, event, name)
    [entry | handle_debug(rest, form, name, event)]
  end

  def handle_debug([{:log, {n, events}} | rest], form, name, event) do
    events = :lists.sublist([{event, name, form} | events], n)
    [{:log, {n, events}} | handle_debug(rest, form, name, event)]
  end

  def handle_debug([{:log_to_file, device} = entry | rest], form, name, event) do
    form.(device, event, name)
    [entry | handle_debug(rest, form, name, event)]
  end

  def handle_debug([{:statistics, statistics} | rest], form, name, event),
    do: [{:statistics, count(statistics, event)} | handle_debug(rest, form, name, event)]

  def handle_debug([{id, {fun, state}} | rest], form, name, event) do
    result =
      try do
        fun.(state, event, name)
      catch
        _, _ -> :done
      end

    case result do
      :done -> handle_debug(rest, form, name, event)
      state -> [{id, {fun, state}} | handle_debug(rest, form, name, event)]
    end
  end

  defp count({started, reductions, messages_in, messages_out}, event) do
    case is_tuple(event) and elem(event, 0) do
      :in -> {started, reductions, messages_in + 1, messages_out}
      :out -> {started, reductions, messages_in, messages_out + 1}
      _ -> {started, reductions, messages_in, messages_out}
    end
  end

  @doc "Prints the logged events of a debug state."
  def print_log(debug) do
    for {event, name, form} <- raw_log(debug), do: form.(:standard_io, event, name)
    :ok
  end

  @doc "Returns the logged events of a debug state, oldest first."
  def get_log(debug), do: for({event, _name, _form} <- raw_log(debug), do: event)

  defp raw_log(debug) do
    case :lists.keyfind(:log, 1, debug) do
      {_, {_, events}} -> :lists.reverse(events)
      false -> []
    end
  end

  @doc "Returns an entry of a debug state, or `default`."
  def get_debug(:log, debug, default) do
    case raw_log(debug) do
      [] -> default
      events -> events
    end
  end

  def get_debug(item, debug, default) do
    case :lists.keyfind(item, 1, debug) do
      {_, value} -> value
      false -> default
    end
  end
end
