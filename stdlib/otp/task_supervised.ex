defmodule Task.Supervised do
  @moduledoc false
  # The processes behind `Task`: how they start, run, report failures, and how streams of
  # them are driven.

  @ref_timeout 5000

  def start(owner, callers, fun) do
    {:ok, :proc_lib.spawn(__MODULE__, :noreply, [owner, callers, fun])}
  end

  def start_link(owner, callers, fun) do
    {:ok, :proc_lib.spawn_link(__MODULE__, :noreply, [owner, callers, fun])}
  end

  # With `:monitor`, the task also ends when its owner does before it asked for the result.
  def start_link(owner, callers, monitor, fun) do
    {:ok, :proc_lib.spawn_link(__MODULE__, :reply, [owner, callers, monitor, fun])}
  end

  def noreply(owner, callers, mfa) do
    initial_call(mfa)
    :erlang.put(:"$callers", callers)
    invoke(owner, mfa)
  end

  def reply({_, owner_pid} = owner, callers, monitor, mfa) do
    initial_call(mfa)

    case monitor do
      :monitor ->
        ref = Process.monitor(owner_pid)
        reply_to(owner, callers, owner_pid, ref, @ref_timeout, mfa)

      :nomonitor ->
        reply_to(owner, callers, owner_pid, nil, :infinity, mfa)
    end
  end

  defp reply_to(owner, callers, owner_pid, monitor_ref, timeout, mfa) do
    receive do
      {^owner_pid, ref, reply_to} ->
        :erlang.put(:"$callers", callers)
        if monitor_ref, do: Process.demonitor(monitor_ref, [:flush])
        send(reply_to, {ref, invoke(owner, mfa)})

      # A stream's tasks get their reference from the process that watches over the stream.
      {:"$task_stream", ref, reply_to} ->
        :erlang.put(:"$callers", callers)
        if monitor_ref, do: Process.demonitor(monitor_ref, [:flush])
        send(reply_to, {ref, invoke(owner, mfa)})

      {:DOWN, ^monitor_ref, _, _, reason} when monitor_ref != nil ->
        exit({:shutdown, reason})
    after
      timeout -> exit(:timeout)
    end
  end

  defp initial_call({:erlang, :apply, [fun | _]}) when is_function(fun) do
    {:module, module} = :erlang.fun_info(fun, :module)
    {:name, name} = :erlang.fun_info(fun, :name)
    {:arity, arity} = :erlang.fun_info(fun, :arity)
    :erlang.put(:"$initial_call", {module, name, arity})
  end

  defp initial_call({module, fun, args}),
    do: :erlang.put(:"$initial_call", {module, fun, length(args)})

  defp invoke(owner, {module, fun, args} = mfa) do
    apply(module, fun, args)
  catch
    :exit, value
    when value == :normal or value == :shutdown or
           (is_tuple(value) and tuple_size(value) == 2 and elem(value, 0) == :shutdown) ->
      :erlang.raise(:exit, value, __STACKTRACE__)

    kind, value ->
      {fun, args} = running(mfa)
      stacktrace = __STACKTRACE__

      :logger.error(
        %{
          label: {Task.Supervisor, :terminating},
          report: %{
            name: self(),
            starter: log_name(owner),
            function: fun,
            args: args,
            reason: {log_value(kind, value, stacktrace), stacktrace},
            process_label: :proc_lib.get_label(self())
          }
        },
        %{
          domain: [:otp, :elixir],
          error_logger: %{tag: :error_msg},
          report_cb: &__MODULE__.format_report/1,
          callers: :erlang.get(:"$callers")
        }
      )

      :erlang.raise(:exit, exit_reason(kind, value, stacktrace), stacktrace)
  end

  def format_report(%{label: {Task.Supervisor, :terminating}, report: report}) do
    message =
      ~c"** Task ~p terminating~n" ++
        ~c"** Started from ~p~n" ++
        ~c"** When function  == ~p~n" ++
        ~c"**      arguments == ~p~n" ++
        ~c"** Reason for termination == ~n" ++ ~c"** ~p~n"

    {message, [report.name, report.starter, report.function, report.args, report.reason]}
  end

  defp running({:erlang, :apply, [fun, args]}) when is_function(fun, length(args)), do: {fun, args}
  defp running({module, fun, args}), do: {Function.capture(module, fun, length(args)), args}

  defp log_name({name, _pid}), do: name

  defp log_value(:throw, value, _), do: {:nocatch, value}
  defp log_value(_, value, _), do: value

  defp exit_reason(:error, reason, stacktrace), do: {reason, stacktrace}
  defp exit_reason(:exit, reason, _), do: reason
  defp exit_reason(:throw, reason, stacktrace), do: {{:nocatch, reason}, stacktrace}

  # ---- Streams --------------------------------------------------------------------------
  #
  # The process that reduces the stream (the reducer) takes the inputs, one at a time, from the
  # suspended enumerable, and asks a second process (the watcher) to start a task for each. Tasks send
  # their values to the reducer; the watcher, which tasks of linked streams are linked to, and which is
  # linked to the reducer, tells the reducer of ends and timeouts. So tasks never outlive the reducer, and
  # a task's crash reaches a reducer that does not trap exits as an exit signal, through the watcher.

  def validate_stream_options(options) do
    max_concurrency = Keyword.get_lazy(options, :max_concurrency, &System.schedulers_online/0)
    on_timeout = Keyword.get(options, :on_timeout, :exit)
    timeout = Keyword.get(options, :timeout, 5000)
    ordered = Keyword.get(options, :ordered, true)
    zip_input_on_exit = Keyword.get(options, :zip_input_on_exit, false)

    if not (is_integer(max_concurrency) and max_concurrency > 0) do
      raise ArgumentError, ":max_concurrency must be an integer greater than zero"
    end

    if on_timeout not in [:exit, :kill_task] do
      raise ArgumentError, ":on_timeout must be either :exit or :kill_task"
    end

    if not ((is_integer(timeout) and timeout >= 0) or timeout == :infinity) do
      raise ArgumentError, ":timeout must be either a positive integer or :infinity"
    end

    %{
      max_concurrency: max_concurrency,
      on_timeout: on_timeout,
      timeout: timeout,
      ordered: ordered,
      zip_input_on_exit: zip_input_on_exit
    }
  end

  # `start` is called in the watcher with the callers and an mfa; it returns `{:link | :nolink, pid}`.
  def stream(enumerable, acc, reducer, callers, mfa, options, start)
      when is_map(options) and is_function(reducer, 2) do
    next = &Enumerable.reduce(enumerable, &1, fn x, acc -> {:suspend, [x | acc]} end)
    parent = self()
    {:trap_exit, trap_exit?} = Process.info(parent, :trap_exit)

    {watcher, watcher_ref} =
      :erlang.spawn_opt(
        fn -> watch(parent, trap_exit?, callers, start, options) end,
        [:link, :monitor]
      )

    send(watcher, {parent, watcher_ref})

    config = %{
      reducer: reducer,
      watcher: watcher,
      ref: watcher_ref,
      mfa: mfa,
      ordered: options.ordered,
      timeout: options.timeout,
      zip_input: options.zip_input_on_exit
    }

    stream_reduce(acc, options.max_concurrency, 0, 0, %{}, next, config)
  end

  # `free` tasks may still be started; `started` is the next input's position, `delivered` the position
  # of the next result of an ordered stream; `waiting` holds what is known of positions not delivered:
  # `{:running, input}`, `{:value, input, value}` until the task's end, then `{:done, result}`.
  defp stream_reduce({:halt, acc}, _free, _started, _delivered, _waiting, next, config) do
    stream_close(config)
    close_input(next)
    {:halted, acc}
  end

  defp stream_reduce({:suspend, acc}, free, started, delivered, waiting, next, config) do
    {:suspended, acc, &stream_resume(&1, free, started, delivered, waiting, next, config)}
  end

  defp stream_reduce({:cont, acc}, _free, started, delivered, waiting, :done, config)
       when map_size(waiting) == 0 and started >= delivered do
    stream_close(config)
    {:done, acc}
  end

  defp stream_reduce({:cont, acc}, free, started, delivered, waiting, next, config)
       when free > 0 and next != :done do
    case take_input(next, config) do
      {:ok, input, next} ->
        waiting = start_task(input, started, waiting, config)
        stream_reduce({:cont, acc}, free - 1, started + 1, delivered, waiting, next, config)

      :done ->
        stream_reduce({:cont, acc}, free, started, delivered, waiting, :done, config)
    end
  end

  defp stream_reduce({:cont, acc}, free, started, delivered, waiting, next, config) do
    %{ref: ref, watcher: watcher, timeout: timeout} = config

    receive do
      {{^ref, position}, value} ->
        {:running, input} = :maps.get(position, waiting)
        waiting = :maps.put(position, {:value, input, value}, waiting)
        stream_reduce({:cont, acc}, free, started, delivered, waiting, next, config)

      {:down, {^ref, position}, reason} ->
        result =
          case :maps.get(position, waiting) do
            {:value, _input, value} -> {:ok, value}
            {:running, {:input, input}} -> {:exit, {input, reason}}
            {:running, nil} -> {:exit, reason}
          end

        waiting = :maps.put(position, {:done, result}, waiting)
        deliver(acc, free + 1, started, delivered, position, waiting, next, config)

      {:stream_timeout, {^ref, _position}} ->
        stream_close(config)
        close_input(next)
        exit({:timeout, {__MODULE__, :stream, [timeout]}})

      {:DOWN, ^ref, _, ^watcher, reason} ->
        close_input(next)
        drop_messages(ref)
        exit({reason, {__MODULE__, :stream, [timeout]}})
    end
  end

  # Results that were ready when an ordered stream was suspended come first.
  defp stream_resume({:cont, acc}, free, started, delivered, waiting, next, %{ordered: true} = config),
    do: deliver(acc, free, started, delivered, delivered, waiting, next, config)

  defp stream_resume(acc, free, started, delivered, waiting, next, config),
    do: stream_reduce(acc, free, started, delivered, waiting, next, config)

  defp deliver(acc, free, started, delivered, _position, waiting, next, %{ordered: true} = config) do
    try do
      deliver_ordered({:cont, acc}, delivered, waiting, config)
    catch
      kind, reason ->
        stacktrace = __STACKTRACE__
        stream_close(config)
        close_input(next)
        :erlang.raise(kind, reason, stacktrace)
    else
      {acc, delivered, waiting} ->
        stream_reduce(acc, free, started, delivered, waiting, next, config)
    end
  end

  defp deliver(acc, free, started, delivered, position, waiting, next, config) do
    {:done, result} = :maps.get(position, waiting)

    try do
      config.reducer.(result, acc)
    catch
      kind, reason ->
        stacktrace = __STACKTRACE__
        stream_close(config)
        close_input(next)
        :erlang.raise(kind, reason, stacktrace)
    else
      acc ->
        waiting = :maps.remove(position, waiting)
        stream_reduce(acc, free, started, delivered, waiting, next, config)
    end
  end

  defp deliver_ordered({:cont, acc} = full_acc, delivered, waiting, config) do
    case waiting do
      %{^delivered => {:done, result}} ->
        acc = config.reducer.(result, acc)
        deliver_ordered(acc, delivered + 1, :maps.remove(delivered, waiting), config)

      _ ->
        {full_acc, delivered, waiting}
    end
  end

  defp deliver_ordered(acc, delivered, waiting, _config), do: {acc, delivered, waiting}

  defp take_input(next, config) do
    try do
      next.({:cont, []})
    catch
      kind, reason ->
        stacktrace = __STACKTRACE__
        stream_close(config)
        :erlang.raise(kind, reason, stacktrace)
    else
      {:suspended, [input], next} -> {:ok, input, next}
      {_, [input]} -> {:ok, input, :done}
      {_, []} -> :done
    end
  end

  defp close_input(:done), do: :ok
  defp close_input(next), do: next.({:halt, []})

  defp start_task(input, position, waiting, config) do
    send(config.watcher, {:start, {config.ref, position}, with_input(config.mfa, input)})
    kept = if config.zip_input, do: {:input, input}
    :maps.put(position, {:running, kept}, waiting)
  end

  defp with_input({module, fun, args}, input), do: {module, fun, [input | args]}
  defp with_input(fun, input), do: {:erlang, :apply, [fun, [input]]}

  defp stream_close(%{watcher: watcher, ref: ref, timeout: timeout}) do
    send(watcher, {:stop, ref})

    receive do
      {:DOWN, ^ref, _, _, :normal} ->
        drop_messages(ref)
        drop_exit(watcher)

      {:DOWN, ^ref, _, _, reason} ->
        drop_messages(ref)
        exit({reason, {__MODULE__, :stream, [timeout]}})
    end
  end

  defp drop_exit(watcher) do
    Process.unlink(watcher)

    receive do
      {:EXIT, ^watcher, _} -> :ok
    after
      0 -> :ok
    end
  end

  defp drop_messages(ref) do
    receive do
      {{^ref, _}, _} -> drop_messages(ref)
      {:down, {^ref, _}, _} -> drop_messages(ref)
      {:stream_timeout, {^ref, _}} -> drop_messages(ref)
    after
      0 -> :ok
    end
  end

  # ---- The watcher ----

  defp watch(parent, trap_exit?, callers, start, options) do
    Process.flag(:trap_exit, trap_exit?)
    parent_monitor = Process.monitor(parent)

    receive do
      {^parent, ref} ->
        watch_loop(%{
          parent: parent,
          parent_monitor: parent_monitor,
          ref: ref,
          callers: callers,
          start: start,
          timeout: options.timeout,
          on_timeout: options.on_timeout,
          tasks: %{}
        })

      {:DOWN, ^parent_monitor, _, _, reason} ->
        exit(reason)
    end
  end

  defp watch_loop(%{parent: parent, parent_monitor: parent_monitor, ref: ref, tasks: tasks} = state) do
    receive do
      {:start, position, mfa} ->
        {type, pid} = state.start.(state.callers, mfa)
        monitor = Process.monitor(pid)
        send(pid, {:"$task_stream", position, parent})
        timer = if state.timeout != :infinity, do: :erlang.start_timer(state.timeout, self(), monitor)
        tasks = :maps.put(monitor, {position, type, pid, timer}, tasks)
        watch_loop(%{state | tasks: tasks})

      {:DOWN, ^parent_monitor, _, _, reason} ->
        kill_tasks(tasks)
        exit(reason)

      {:DOWN, monitor, _, _, reason} when is_map_key(tasks, monitor) ->
        {{position, _type, _pid, timer}, tasks} = Map.pop(tasks, monitor)
        if timer, do: :erlang.cancel_timer(timer)
        send(parent, {:down, position, reason})
        watch_loop(%{state | tasks: tasks})

      {:timeout, _timer, monitor} when is_map_key(tasks, monitor) ->
        {position, type, pid, _timer} = :maps.get(monitor, tasks)

        case state.on_timeout do
          :exit ->
            send(parent, {:stream_timeout, position})
            watch_loop(state)

          :kill_task ->
            kill_task(type, pid, monitor)
            send(parent, {:down, position, :timeout})
            watch_loop(%{state | tasks: :maps.remove(monitor, tasks)})
        end

      {:stop, ^ref} ->
        kill_tasks(tasks)

      {:EXIT, ^parent, reason} ->
        kill_tasks(tasks)
        exit(reason)

      _ ->
        watch_loop(state)
    end
  end

  defp kill_tasks(tasks) do
    for {monitor, {_, type, pid, _}} <- tasks, do: kill_task(type, pid, monitor)
    :ok
  end

  defp kill_task(type, pid, monitor) do
    if type == :link, do: Process.unlink(pid)
    Process.exit(pid, :kill)

    receive do
      {:DOWN, ^monitor, _, _, _} -> :ok
    end
  end
end
