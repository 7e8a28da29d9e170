defmodule :proc_lib do
  @moduledoc """
  Starting of processes that belong to a supervision tree.

  A process that is started here knows its ancestors (`$ancestors`) and its first
  call (`$initial_call`) in its process dictionary, can report to its starter that it
  is ready (`init_ack/2`) or that it failed (`init_fail/3`), and logs a crash report
  when it ends abnormally.
  """

  import Kernel, except: [spawn: 1, spawn: 3, spawn_link: 1, spawn_link: 3]

  @doc """
  Spawns `fun`.

      iex> me = self()
      iex> :proc_lib.spawn(fn -> send(me, {:ancestors, Process.get(:"$ancestors")}) end)
      iex> receive do {:ancestors, [parent | _]} -> parent == me end
      true
  """
  def spawn(fun) when is_function(fun, 0), do: spawn_opt(fun, [])

  @doc "Spawns `fun` on `node`."
  def spawn(node, fun) when is_function(fun, 0), do: spawn_opt(node, fun, [])

  @doc "Spawns a call of `module.function` with `args`."
  def spawn(module, function, args), do: spawn_opt(module, function, args, [])

  @doc "Spawns a call of `module.function` with `args` on `node`."
  def spawn(node, module, function, args), do: spawn_opt(node, module, function, args, [])

  @doc "Like `spawn/1`, linked to the caller."
  def spawn_link(fun) when is_function(fun, 0), do: spawn_opt(fun, [:link])

  @doc "Like `spawn/2`, linked to the caller."
  def spawn_link(node, fun) when is_function(fun, 0), do: spawn_opt(node, fun, [:link])

  @doc "Like `spawn/3`, linked to the caller."
  def spawn_link(module, function, args), do: spawn_opt(module, function, args, [:link])

  @doc "Like `spawn/4`, linked to the caller."
  def spawn_link(node, module, function, args),
    do: spawn_opt(node, module, function, args, [:link])

  @doc "Spawns `fun` with spawn options."
  def spawn_opt(fun, options) when is_function(fun, 0) do
    :erlang.spawn_opt(:proc_lib, :init_p, [own_name(), ancestors(), fun], options)
  end

  @doc "Spawns `fun` on `node` with spawn options."
  def spawn_opt(node, fun, options) when is_function(fun, 0) do
    :erlang.spawn_opt(node, :proc_lib, :init_p, [own_name(), ancestors(), fun], options)
  end

  @doc "Spawns a call of `module.function` with spawn options."
  def spawn_opt(module, function, args, options) do
    :erlang.spawn_opt(
      :proc_lib,
      :init_p,
      [own_name(), ancestors(), module, function, args],
      options
    )
  end

  @doc "Spawns a call of `module.function` on `node` with spawn options."
  def spawn_opt(node, module, function, args, options) do
    parameters = [own_name(), ancestors(), module, function, args]
    :erlang.spawn_opt(node, :proc_lib, :init_p, parameters, options)
  end

  @doc "Spawns a process and waits until it calls `init_ack/2`, fails or dies."
  def start(module, function, args), do: start(module, function, args, :infinity)
  def start(module, function, args, timeout), do: start(module, function, args, timeout, [])

  def start(module, function, args, timeout, options) do
    {pid, ref} = spawn_opt(module, function, args, [:monitor | options])
    await_start(pid, ref, timeout)
  end

  @doc "Like `start/3`, linked to the caller."
  def start_link(module, function, args), do: start_link(module, function, args, :infinity)

  def start_link(module, function, args, timeout),
    do: start_link(module, function, args, timeout, [])

  def start_link(module, function, args, timeout, options) do
    {pid, ref} = spawn_opt(module, function, args, [:monitor, :link | options])
    await_start(pid, ref, timeout)
  end

  @doc "Like `start/3`; returns the result together with a monitor's reference."
  def start_monitor(module, function, args), do: start_monitor(module, function, args, :infinity)

  def start_monitor(module, function, args, timeout),
    do: start_monitor(module, function, args, timeout, [])

  def start_monitor(module, function, args, timeout, options) do
    {pid, ref} = spawn_opt(module, function, args, [:monitor | options])

    receive do
      {:ack, ^pid, result} ->
        {result, ref}

      {:nack, ^pid, result} ->
        {result, ref}

      {:DOWN, ^ref, :process, ^pid, reason} ->
        send(self(), {:DOWN, ref, :process, pid, reason})
        {{:error, reason}, ref}
    after
      timeout ->
        :erlang.exit(pid, :kill)
        {{:error, :timeout}, ref}
    end
  end

  defp await_start(pid, ref, timeout) do
    receive do
      {:ack, ^pid, result} ->
        :erlang.demonitor(ref, [:flush])
        result

      # The result of a failed start is given when the process has ended, so its name is free.
      {:nack, ^pid, result} ->
        receive do
          {:DOWN, ^ref, :process, ^pid, _reason} ->
            flush_exit(pid)
            result
        after
          timeout -> kill(pid, ref, result)
        end

      {:DOWN, ^ref, :process, ^pid, reason} ->
        flush_exit(pid)
        {:error, reason}
    after
      timeout -> kill(pid, ref, {:error, :timeout})
    end
  end

  defp kill(pid, ref, result) do
    # Not `:killed` to a linked starter: it asked for the end itself.
    :erlang.unlink(pid)
    :erlang.exit(pid, :kill)

    receive do
      {:DOWN, ^ref, :process, ^pid, _reason} -> result
    end
  end

  defp flush_exit(pid) do
    receive do
      {:EXIT, ^pid, _} -> :ok
    after
      0 -> :ok
    end
  end

  @doc "Tells the starter of the calling process that it runs."
  def init_ack(result) do
    [parent | _] = :erlang.get(:"$ancestors")
    init_ack(parent, result)
  end

  @doc "Tells `parent` that the calling process runs."
  def init_ack(parent, result) do
    send(parent, {:ack, self(), result})
    :ok
  end

  @doc "Tells the starter that the calling process could not start, then ends with `exception`."
  def init_fail(result, exception) do
    [parent | _] = :erlang.get(:"$ancestors")
    init_fail(parent, result, exception)
  end

  @doc "Tells `parent` that the calling process could not start, then ends with `exception`."
  def init_fail(parent, result, exception) do
    send(parent, {:nack, self(), result})

    case exception do
      {:error, reason} -> :erlang.error(reason)
      {:exit, reason} -> :erlang.exit(reason)
      {:throw, reason} -> :erlang.throw(reason)
      {class, reason, stacktrace} -> :erlang.raise(class, reason, stacktrace)
    end
  end

  @doc "Hibernates until a message arrives, then calls `module.function`, still reporting crashes."
  def hibernate(module, function, args) do
    :erlang.hibernate(:proc_lib, :wake_up, [module, function, args])
  end

  @doc false
  def wake_up(module, function, args) do
    apply(module, function, args)
  catch
    class, reason -> end_process(class, reason, __STACKTRACE__)
  end

  @doc "Ends the process `name` with reason `:normal` and waits for it."
  def stop(process), do: stop(process, :normal, :infinity)

  @doc "Ends a process through a `:sys` message, and waits for it up to `timeout` milliseconds."
  def stop(process, reason, timeout) do
    ref = :erlang.monitor(:process, process)
    started = :erlang.monotonic_time(:millisecond)

    {stopper, stopper_ref} = :erlang.spawn_monitor(fn -> :sys.terminate(process, reason, timeout) end)

    receive do
      {:DOWN, ^stopper_ref, :process, _, :normal} ->
        receive do
          {:DOWN, ^ref, _, _, ^reason} -> :ok
          {:DOWN, ^ref, _, _, other} -> :erlang.exit(other)
        after
          time_left(timeout, started) ->
            :erlang.demonitor(ref, [:flush])
            :erlang.exit(:timeout)
        end

      {:DOWN, ^stopper_ref, :process, _, stop_reason} ->
        :erlang.demonitor(ref, [:flush])

        case stop_reason do
          {:noproc, {:sys, :terminate, _}} -> :erlang.exit(:noproc)
          {:timeout, {:sys, :terminate, _}} -> :erlang.exit(:timeout)
          {why, {:sys, :terminate, _}} when why == reason -> :ok
          {why, _} -> :erlang.exit(why)
          why -> :erlang.exit(why)
        end

      {:DOWN, ^ref, _, _, ^reason} ->
        :erlang.demonitor(stopper_ref, [:flush])
        :ok

      {:DOWN, ^ref, _, _, other} ->
        :erlang.demonitor(stopper_ref, [:flush])
        :erlang.exit(other)
    after
      timeout ->
        :erlang.demonitor(ref, [:flush])
        :erlang.demonitor(stopper_ref, [:flush])
        :erlang.exit(stopper, :kill)
        :erlang.exit(:timeout)
    end
  end

  defp time_left(:infinity, _), do: :infinity

  defp time_left(timeout, started),
    do: max(0, timeout - (:erlang.monotonic_time(:millisecond) - started))

  @doc "Returns the first call of a process as `{module, function, args}` with argument names."
  def initial_call(process) do
    case raw_initial_call(process) do
      {m, f, a} when is_integer(a) -> {m, f, argument_names(a)}
      {m, f, a} when is_list(a) -> {m, f, argument_names(length(a))}
      false -> false
    end
  end

  @doc "Returns the first call of a process as `{module, function, arity}`; behaviours show their own module's `init/1`."
  def translate_initial_call(process) do
    case raw_initial_call(process) do
      {m, f, a} when is_integer(a) -> {m, f, a}
      {m, f, a} when is_list(a) -> {m, f, length(a)}
      false -> {:proc_lib, :init_p, 5}
    end
  end

  defp raw_initial_call(dictionary) when is_list(dictionary) do
    case :lists.keyfind(:"$initial_call", 1, dictionary) do
      {_, {_, _, _} = call} -> call
      _ -> false
    end
  end

  defp raw_initial_call(pid) when is_pid(pid) do
    if pid == self() do
      case :erlang.get(:"$initial_call") do
        {_, _, _} = call -> call
        _ -> false
      end
    else
      case :erlang.process_info(pid, :dictionary) do
        {:dictionary, dictionary} -> raw_initial_call(dictionary)
        _ -> false
      end
    end
  end

  defp raw_initial_call(_), do: false

  defp argument_names(arity), do: argument_names(arity, [])
  defp argument_names(0, names), do: names

  defp argument_names(n, names),
    do: argument_names(n - 1, [:erlang.binary_to_atom("Argument__" <> :erlang.integer_to_binary(n)) | names])

  # `set_label/1`, which gives the calling process a label, and `get_label/0` are native.

  @doc """
  Returns the label of a process, or `:undefined`.

      iex> :proc_lib.set_label(:worker)
      iex> :proc_lib.get_label(self())
      :worker
  """
  def get_label(pid) do
    case :erlang.process_info(pid, :label) do
      {:label, label} -> label
      :undefined -> :undefined
    end
  end

  @doc false
  def init_p(parent, ancestors, fun) when is_function(fun) do
    :erlang.put(:"$ancestors", [parent | ancestors])

    info = :erlang.fun_info(fun)
    {_, module} = :lists.keyfind(:module, 1, info)
    {_, name} = :lists.keyfind(:name, 1, info)
    {_, arity} = :lists.keyfind(:arity, 1, info)
    :erlang.put(:"$initial_call", {module, name, arity})

    try do
      fun.()
    catch
      class, reason -> end_process(class, reason, __STACKTRACE__)
    end
  end

  @doc false
  def init_p(parent, ancestors, module, function, args) do
    :erlang.put(:"$ancestors", [parent | ancestors])
    :erlang.put(:"$initial_call", first_call(module, function, args))

    try do
      apply(module, function, args)
    catch
      class, reason -> end_process(class, reason, __STACKTRACE__)
    end
  end

  # The behaviours all start in `:gen.init_it`; what users know is their callback module.
  defp first_call(:gen, :init_it, [_gen_mod, _, _, :supervisor, {_, mod, _}, _]),
    do: {:supervisor, mod, 1}

  defp first_call(:gen, :init_it, [_gen_mod, _, _, :supervisor, {mod, _}, _]),
    do: {:supervisor, mod, 1}

  defp first_call(:gen, :init_it, [_gen_mod, _, _, mod, _, _]), do: {mod, :init, 1}
  defp first_call(:gen, :init_it, [_gen_mod, _, _, _, mod, _, _]), do: {mod, :init, 1}
  defp first_call(module, function, args), do: {module, function, length(args)}

  defp own_name do
    case :erlang.process_info(self(), :registered_name) do
      {:registered_name, name} -> name
      _ -> self()
    end
  end

  defp ancestors do
    case :erlang.get(:"$ancestors") do
      list when is_list(list) -> list
      _ -> []
    end
  end

  defp end_process(class, reason, stacktrace) do
    if not quiet?(class, reason), do: crash_report(class, reason, stacktrace)

    case class do
      :exit -> :erlang.exit(reason)
      :error -> :erlang.exit({reason, stacktrace})
      :throw -> :erlang.exit({{:nocatch, reason}, stacktrace})
    end
  end

  defp quiet?(:exit, :normal), do: true
  defp quiet?(:exit, :shutdown), do: true
  defp quiet?(:exit, {:shutdown, _}), do: true
  defp quiet?(_, _), do: false

  defp crash_report(class, reason, stacktrace) do
    :phial_sim.crashed()

    info = [
      initial_call: initial_call(self()),
      pid: self(),
      registered_name: registered_name(),
      process_label: get_label(self()),
      error_info: {class, reason, stacktrace},
      ancestors: ancestors(),
      message_queue_len: elem(:erlang.process_info(self(), :message_queue_len), 1),
      messages: elem(:erlang.process_info(self(), :messages), 1),
      links: elem(:erlang.process_info(self(), :links), 1),
      dictionary: clean_dictionary(:erlang.get()),
      trap_exit: elem(:erlang.process_info(self(), :trap_exit), 1),
      status: :running,
      heap_size: elem(:erlang.process_info(self(), :heap_size), 1),
      stack_size: elem(:erlang.process_info(self(), :stack_size), 1),
      reductions: elem(:erlang.process_info(self(), :reductions), 1)
    ]

    :logger.log(:error, %{label: {:proc_lib, :crash}, report: [info, []]}, %{
      domain: [:otp, :sasl],
      report_cb: &:proc_lib.report_cb/2,
      logger_formatter: %{title: ~c"CRASH REPORT"},
      error_logger: %{tag: :error_report, type: :crash_report}
    })
  end

  defp registered_name do
    case :erlang.process_info(self(), :registered_name) do
      {:registered_name, name} -> name
      _ -> []
    end
  end

  defp clean_dictionary(dictionary) do
    for {key, _} = pair <- dictionary,
        key not in [:"$ancestors", :"$initial_call"],
        do: pair
  end

  @doc false
  def report_cb(%{label: {:proc_lib, :crash}, report: [info, linked]}, _extra) do
    lines = for {key, value} <- info, do: :io_lib.format("    ~p: ~p~n", [key, value])
    :io_lib.format("  crasher:~n~ts  neighbours: ~p~n", [lines, linked])
  end

  @doc "Formats a crash report as text."
  def format([info, linked]), do: report_cb(%{label: {:proc_lib, :crash}, report: [info, linked]}, [])
end
