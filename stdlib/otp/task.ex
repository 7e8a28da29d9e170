defmodule Task do
  @moduledoc """
  A process that runs one function, and maybe gives its result to the process that started it.

      task = Task.async(fn -> 1 + 1 end)
      Task.await(task)
      #=> 2

  A task of `async/1` is linked to its caller and its result must be taken with `await/2`,
  `yield/2` or their like. `start_link/1` is for tasks whose result nobody needs, in
  supervision trees for instance; `Task.Supervisor` starts tasks under a supervisor.
  """

  @enforce_keys [:mfa, :owner, :pid, :ref]
  defstruct @enforce_keys

  @typedoc "A task: its function, owner, process (or `nil`) and reference."
  @type t :: %__MODULE__{mfa: mfa, owner: pid, pid: pid | nil, ref: ref}
  @opaque ref :: reference
  @type async_stream_option ::
          {:max_concurrency, pos_integer}
          | {:ordered, boolean}
          | {:timeout, timeout}
          | {:on_timeout, :exit | :kill_task}
          | {:zip_input_on_exit, boolean}

  @doc """
  Returns a specification to start a task under a supervisor; tasks are not restarted.

      iex> Task.child_spec([]).restart
      :temporary
  """
  def child_spec(arg) do
    %{id: Task, start: {Task, :start_link, [arg]}, restart: :temporary}
  end

  @doc false
  defmacro __using__(opts) do
    quote location: :keep, bind_quoted: [opts: opts] do
      if not Module.has_attribute?(__MODULE__, :doc) do
        @doc """
        Returns a specification to start this module under a supervisor.

        `arg` is passed as the argument to `Task.start_link/1` in the `:start` field
        of the spec.

        For more information, see the `Supervisor` module.
        """
      end

      def child_spec(arg) do
        default = %{
          id: __MODULE__,
          start: {__MODULE__, :start_link, [arg]},
          restart: :temporary
        }

        Supervisor.child_spec(default, unquote(Macro.escape(opts)))
      end

      defoverridable child_spec: 1
    end
  end

  @doc """
  Starts a task that is linked to the caller and whose result nobody waits for.

      iex> {:ok, pid} = Task.start_link(fn -> :ok end)
      iex> is_pid(pid)
      true
  """
  @spec start_link((() -> any)) :: {:ok, pid}
  def start_link(fun) when is_function(fun, 0), do: start_link(:erlang, :apply, [fun, []])

  @doc "Like `start_link/1` with a function given as `module`, `function` and `args`."
  @spec start_link(module, atom, [term]) :: {:ok, pid}
  def start_link(module, function, args)
      when is_atom(module) and is_atom(function) and is_list(args) do
    mfa = {module, function, args}
    Task.Supervised.start_link(get_owner(self()), get_callers(self()), mfa)
  end

  @doc """
  Starts a task that is neither linked nor waited for.

      iex> parent = self()
      iex> {:ok, _pid} = Task.start(fn -> send(parent, :ran) end)
      iex> receive do :ran -> :yes end
      :yes
  """
  @spec start((() -> any)) :: {:ok, pid}
  def start(fun) when is_function(fun, 0), do: start(:erlang, :apply, [fun, []])

  @doc "Like `start/1` with a function given as `module`, `function` and `args`."
  @spec start(module, atom, [term]) :: {:ok, pid}
  def start(module, function_name, args)
      when is_atom(module) and is_atom(function_name) and is_list(args) do
    mfa = {module, function_name, args}
    Task.Supervised.start(get_owner(self()), get_callers(self()), mfa)
  end

  @doc """
  Starts a task, linked to the caller, whose result is to be awaited.

      iex> Task.await(Task.async(fn -> 2 * 21 end))
      42
  """
  @spec async((() -> any)) :: t
  def async(fun) when is_function(fun, 0), do: async(:erlang, :apply, [fun, []])

  @doc """
  Like `async/1` with a function given as `module`, `function` and `args`.

      iex> Task.await(Task.async(Integer, :to_string, [12]))
      "12"
  """
  @spec async(module, atom, [term]) :: t
  def async(module, function_name, args)
      when is_atom(module) and is_atom(function_name) and is_list(args) do
    mfargs = {module, function_name, args}
    owner = self()
    {:ok, pid} = Task.Supervised.start_link(get_owner(owner), get_callers(owner), :nomonitor, mfargs)
    __follow__(pid, owner, mfargs)
  end

  # The task waits for the reference under which its owner wants the result.
  @doc false
  def __follow__(pid, owner, {module, function, args}) do
    ref = :erlang.monitor(:process, pid, alias: :demonitor)
    send(pid, {owner, ref, ref})
    %Task{pid: pid, ref: ref, owner: owner, mfa: {module, function, length(args)}}
  end

  @doc """
  Calls `fun` with each element of `enumerable` in a task of its own, several at a time.

  The result is a stream of `{:ok, value}` and, when exits are trapped, `{:exit, reason}`. Options:

    * `:max_concurrency` - how many tasks run at once; by default the number of schedulers
    * `:ordered` - whether results come in the order of the input (default `true`)
    * `:timeout` - milliseconds a task may take (default 5000)
    * `:on_timeout` - `:exit` (default) or `:kill_task`
    * `:zip_input_on_exit` - gives `{:exit, {input, reason}}`

          iex> Enum.to_list(Task.async_stream([1, 2, 3], fn n -> n * 2 end))
          [ok: 2, ok: 4, ok: 6]
  """
  @spec async_stream(Enumerable.t(), (term -> term), [async_stream_option]) :: Enumerable.t()
  def async_stream(enumerable, fun, options \\ [])
      when is_function(fun, 1) and is_list(options) do
    build_stream(enumerable, fun, options)
  end

  @doc """
  Like `async_stream/3` with a function given as `module`, `function` and `args`; the element
  comes before `args`.

      iex> Enum.to_list(Task.async_stream(["a", "b"], String, :duplicate, [2]))
      [ok: "aa", ok: "bb"]
  """
  @spec async_stream(Enumerable.t(), module, atom, [term], [async_stream_option]) ::
          Enumerable.t()
  def async_stream(enumerable, module, function_name, args, options \\ [])
      when is_atom(module) and is_atom(function_name) and is_list(args) and is_list(options) do
    build_stream(enumerable, {module, function_name, args}, options)
  end

  defp build_stream(enumerable, fun, options) do
    options = Task.Supervised.validate_stream_options(options)

    fn acc, acc_fun ->
      owner = get_owner(self())

      Task.Supervised.stream(enumerable, acc, acc_fun, get_callers(self()), fun, options, fn
        callers, mfa ->
          {:ok, pid} = Task.Supervised.start_link(owner, callers, :nomonitor, mfa)
          {:link, pid}
      end)
    end
  end

  @doc """
  Returns a task that is already done, with `result`.

      iex> task = Task.completed("foo bar")
      iex> Task.await(task)
      "foo bar"
  """
  @spec completed(any) :: t
  def completed(result) do
    ref = make_ref()
    owner = self()
    send(owner, {ref, result})
    %Task{pid: nil, ref: ref, owner: owner, mfa: {Task, :completed, 1}}
  end

  @doc """
  Waits for the result of a task; exits when the task fails or `timeout` milliseconds pass.

      iex> Task.await(Task.async(fn -> 1 + 1 end), 1000)
      2
  """
  @spec await(t, timeout) :: term
  def await(%Task{ref: ref, owner: owner} = task, timeout \\ 5000)
      when timeout == :infinity or (is_integer(timeout) and timeout >= 0) do
    if owner != self(), do: raise(ArgumentError, invalid_owner_error(task))

    receive do
      {^ref, reply} ->
        Process.demonitor(ref, [:flush])
        reply

      {:DOWN, ^ref, _, proc, reason} ->
        exit({reason(reason, proc), {__MODULE__, :await, [task, timeout]}})
    after
      timeout ->
        Process.demonitor(ref, [:flush])
        exit({:timeout, {__MODULE__, :await, [task, timeout]}})
    end
  end

  @doc """
  Waits for the results of several tasks; exits when one fails or `timeout` milliseconds pass.

      iex> Task.await_many([Task.async(fn -> 1 end), Task.async(fn -> 2 end)])
      [1, 2]
  """
  @spec await_many([t], timeout) :: [term]
  def await_many(tasks, timeout \\ 5000)
      when timeout == :infinity or (is_integer(timeout) and timeout >= 0) do
    awaiting =
      for task <- tasks, into: %{} do
        %Task{ref: ref, owner: owner} = task
        if owner != self(), do: raise(ArgumentError, invalid_owner_error(task))
        {ref, true}
      end

    timeout_ref = make_ref()
    timer = if timeout != :infinity, do: Process.send_after(self(), timeout_ref, timeout)

    try do
      await_many(tasks, timeout, awaiting, %{}, timeout_ref)
    after
      timer && Process.cancel_timer(timer)

      receive do
        ^timeout_ref -> :ok
      after
        0 -> :ok
      end
    end
  end

  defp await_many(tasks, _timeout, awaiting, replies, _timeout_ref)
       when map_size(awaiting) == 0 do
    for %{ref: ref} <- tasks, do: :maps.get(ref, replies)
  end

  defp await_many(tasks, timeout, awaiting, replies, timeout_ref) do
    receive do
      ^timeout_ref ->
        demonitor_all(awaiting)
        exit({:timeout, {__MODULE__, :await_many, [tasks, timeout]}})

      {:DOWN, ref, _, proc, reason} when is_map_key(awaiting, ref) ->
        demonitor_all(awaiting)
        exit({reason(reason, proc), {__MODULE__, :await_many, [tasks, timeout]}})

      {ref, reply} when is_map_key(awaiting, ref) ->
        Process.demonitor(ref, [:flush])
        replies = :maps.put(ref, reply, replies)
        await_many(tasks, timeout, :maps.remove(ref, awaiting), replies, timeout_ref)
    end
  end

  defp demonitor_all(awaiting) do
    for ref <- :maps.keys(awaiting), do: Process.demonitor(ref, [:flush])
    :ok
  end

  @doc """
  Stops to care for a task: unlinks it and drops its reply. Returns the reply or exit if it is there.

      iex> Task.ignore(Task.completed(1))
      {:ok, 1}
  """
  @spec ignore(t) :: {:ok, term} | {:exit, term} | nil
  def ignore(%Task{ref: ref, pid: pid, owner: owner} = task) do
    if owner != self(), do: raise(ArgumentError, invalid_owner_error(task))

    receive do
      {^ref, reply} ->
        pid && Process.unlink(pid)
        Process.demonitor(ref, [:flush])
        {:ok, reply}

      {:DOWN, ^ref, _, proc, :noconnection} ->
        exit({reason(:noconnection, proc), {__MODULE__, :ignore, [task]}})

      {:DOWN, ^ref, _, _, reason} ->
        {:exit, reason}
    after
      0 ->
        pid && Process.unlink(pid)
        Process.demonitor(ref, [:flush])
        nil
    end
  end

  @doc """
  Waits up to `timeout` for a result; returns `{:ok, reply}`, `{:exit, reason}`, or `nil` when
  the task still runs, in which case one may ask again.

      iex> Task.yield(Task.async(fn -> 1 end), 1000)
      {:ok, 1}
  """
  @spec yield(t, timeout) :: {:ok, term} | {:exit, term} | nil
  def yield(%Task{ref: ref, owner: owner} = task, timeout \\ 5000) do
    if owner != self(), do: raise(ArgumentError, invalid_owner_error(task))

    receive do
      {^ref, reply} ->
        Process.demonitor(ref, [:flush])
        {:ok, reply}

      {:DOWN, ^ref, _, proc, :noconnection} ->
        exit({reason(:noconnection, proc), {__MODULE__, :yield, [task, timeout]}})

      {:DOWN, ^ref, _, _, reason} ->
        {:exit, reason}
    after
      timeout -> nil
    end
  end

  @doc """
  Yields to several tasks within one time; returns pairs of each task and its result.

  Options: `:timeout` (5000), `:limit` (stop after so many results) and `:on_timeout`, which is
  `:nothing`, `:ignore` or `:kill_task`.

      iex> task = Task.async(fn -> 1 end)
      iex> [{^task, {:ok, 1}}] = Task.yield_many([task])
      iex> :ok
      :ok
  """
  @spec yield_many([t], timeout | keyword) :: [{t, {:ok, term} | {:exit, term} | nil}]
  def yield_many(tasks, opts \\ [])

  def yield_many(tasks, timeout) when is_integer(timeout) or timeout == :infinity do
    yield_many(tasks, timeout: timeout)
  end

  def yield_many(tasks, opts) when is_list(opts) do
    Keyword.validate!(opts, [:timeout, :on_timeout, :limit])
    on_timeout = Keyword.get(opts, :on_timeout, :nothing)
    timeout = Keyword.get(opts, :timeout, 5_000)
    limit = Keyword.get(opts, :limit, length(tasks))

    refs =
      for task <- tasks, into: %{} do
        %Task{ref: ref, owner: owner} = task
        if owner != self(), do: raise(ArgumentError, invalid_owner_error(task))
        {ref, task}
      end

    timeout_ref = make_ref()
    timer = if timeout != :infinity, do: Process.send_after(self(), timeout_ref, timeout)

    results =
      try do
        yield_many(limit, refs, %{}, timeout_ref, timer, timeout, tasks)
      after
        timer && Process.cancel_timer(timer)

        receive do
          ^timeout_ref -> :ok
        after
          0 -> :ok
        end
      end

    for task <- tasks do
      case results do
        %{^task => result} -> {task, result}
        _ -> {task, timed_out(task, on_timeout)}
      end
    end
  end

  defp timed_out(_task, :nothing), do: nil
  defp timed_out(task, :ignore), do: ignore(task)
  defp timed_out(task, :kill_task), do: shutdown(task, :brutal_kill)

  defp yield_many(0, _refs, results, _timeout_ref, _timer, _timeout, _tasks), do: results

  defp yield_many(limit, refs, results, timeout_ref, timer, timeout, tasks) do
    receive do
      {ref, reply} when is_map_key(refs, ref) ->
        Process.demonitor(ref, [:flush])
        {task, refs} = Map.pop(refs, ref)
        results = :maps.put(task, {:ok, reply}, results)
        yield_many(limit - 1, refs, results, timeout_ref, timer, timeout, tasks)

      {:DOWN, ref, _, proc, reason} when is_map_key(refs, ref) ->
        if reason == :noconnection,
          do: exit({reason(:noconnection, proc), {__MODULE__, :yield_many, [tasks, timeout]}})

        {task, refs} = Map.pop(refs, ref)
        results = :maps.put(task, {:exit, reason}, results)
        yield_many(limit - 1, refs, results, timeout_ref, timer, timeout, tasks)

      ^timeout_ref ->
        results
    end
  end

  @doc """
  Unlinks and ends a task. Returns its reply or exit when there is one, else `nil`.

  The task is sent `:shutdown` and has `timeout` milliseconds; `:brutal_kill` does not ask.

      iex> task = Task.async(fn -> Process.sleep(:infinity) end)
      iex> Task.shutdown(task, :brutal_kill)
      nil
  """
  @spec shutdown(t, timeout | :brutal_kill) :: {:ok, term} | {:exit, term} | nil
  def shutdown(task, shutdown \\ 5000)

  def shutdown(%Task{pid: nil, ref: ref} = task, _) do
    receive do
      {^ref, reply} -> {:ok, reply}
    after
      0 ->
        raise ArgumentError, "task #{inspect(task)} does not have an associated task process"
    end
  end

  def shutdown(%Task{owner: owner} = task, _) when owner != self() do
    raise ArgumentError, invalid_owner_error(task)
  end

  def shutdown(%Task{pid: pid} = task, :brutal_kill) do
    monitor = Process.monitor(pid)
    Process.unlink(pid)
    Process.exit(pid, :kill)
    shutdown_result(task, monitor, :killed, :infinity, :brutal_kill)
  end

  def shutdown(%Task{pid: pid} = task, timeout)
      when timeout == :infinity or (is_integer(timeout) and timeout >= 0) do
    monitor = Process.monitor(pid)
    Process.unlink(pid)
    Process.exit(pid, :shutdown)
    shutdown_result(task, monitor, :shutdown, timeout, timeout)
  end

  defp shutdown_result(%Task{ref: ref, pid: pid} = task, monitor, expected, timeout, given) do
    receive do
      {:DOWN, ^monitor, _, proc, down_reason} ->
        down_reason = first_reason(ref, down_reason)
        Process.demonitor(ref, [:flush])
        flush_exit(pid)

        receive do
          {^ref, reply} -> {:ok, reply}
        after
          0 ->
            case down_reason do
              ^expected -> nil
              :noconnection -> exit({reason(:noconnection, proc), {__MODULE__, :shutdown, [task, given]}})
              other -> {:exit, other}
            end
        end
    after
      timeout ->
        Process.exit(pid, :kill)
        shutdown_result(task, monitor, :killed, :infinity, given)
    end
  end

  # Of a task that had ended before, only its own monitor tells why.
  defp first_reason(ref, :noproc) do
    receive do
      {:DOWN, ^ref, _, _, reason} -> reason
    after
      0 -> :noproc
    end
  end

  defp first_reason(_ref, reason), do: reason

  defp flush_exit(pid) do
    receive do
      {:EXIT, ^pid, _} -> :ok
    after
      0 -> :ok
    end
  end

  defp reason(:noconnection, proc), do: {:nodedown, monitor_node(proc)}
  defp reason(reason, _), do: reason

  defp monitor_node(pid) when is_pid(pid), do: node(pid)
  defp monitor_node({_, node}), do: node

  # What logs show as the starter, and the callers of the new task.
  @doc false
  def get_owner(pid) do
    case :erlang.process_info(pid, :registered_name) do
      {:registered_name, name} when is_atom(name) -> {name, pid}
      _ -> {pid, pid}
    end
  end

  @doc false
  def get_callers(owner) do
    case :erlang.get(:"$callers") do
      [_ | _] = list -> [owner | list]
      _ -> [owner]
    end
  end

  defp invalid_owner_error(task) do
    "task #{inspect(task)} must be queried from the owner but was queried from #{inspect(self())}"
  end
end
