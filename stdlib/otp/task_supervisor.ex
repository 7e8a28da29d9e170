defmodule Task.Supervisor do
  @moduledoc """
  A supervisor of tasks.

      {:ok, sup} = Task.Supervisor.start_link()
      task = Task.Supervisor.async(sup, fn -> 1 + 1 end)
      Task.await(task)

  Tasks of `async_nolink/2` are not linked to their caller: a crash comes as a message, or
  as `{:exit, reason}` of `Task.yield/2`.
  """

  @type option :: DynamicSupervisor.option() | DynamicSupervisor.init_option()
  @type async_stream_option :: Task.async_stream_option() | {:shutdown, Supervisor.shutdown()}

  @doc """
  Returns a specification to start a task supervisor under a supervisor.

      iex> Task.Supervisor.child_spec(name: Doc.Tasks).id
      Doc.Tasks
  """
  def child_spec(opts) when is_list(opts) do
    id =
      case Keyword.get(opts, :name, Task.Supervisor) do
        name when is_atom(name) -> name
        {:global, name} -> name
        {:via, _module, name} -> name
      end

    %{id: id, start: {Task.Supervisor, :start_link, [opts]}, type: :supervisor}
  end

  @doc """
  Starts a supervisor of tasks. Options: `:name`, `:max_restarts`, `:max_seconds`, `:max_children`.

      iex> {:ok, sup} = Task.Supervisor.start_link()
      iex> Task.await(Task.Supervisor.async(sup, fn -> 3 end))
      3
  """
  @spec start_link([option]) :: DynamicSupervisor.on_start()
  def start_link(options \\ []) do
    keys = [:max_children, :max_seconds, :max_restarts]
    {sup_opts, start_opts} = Keyword.split(options, keys)
    DynamicSupervisor.start_link(__MODULE__, sup_opts, start_opts)
  end

  @doc false
  def init(options), do: DynamicSupervisor.init([strategy: :one_for_one] ++ options)

  @doc """
  Starts a task under the supervisor, linked to the caller, to be awaited. Option: `:shutdown`.

      iex> {:ok, sup} = Task.Supervisor.start_link()
      iex> Task.await(Task.Supervisor.async(sup, fn -> :done end))
      :done
  """
  @spec async(Supervisor.supervisor(), (() -> any), shutdown: Supervisor.shutdown()) :: Task.t()
  def async(supervisor, fun, options \\ []) when is_function(fun, 0) do
    async(supervisor, :link, :erlang, :apply, [fun, []], options)
  end

  @doc "Like `async/3` with a function given as `module`, `fun` and `args`."
  def async(supervisor, module, fun, args, options \\ []) do
    async(supervisor, :link, module, fun, args, options)
  end

  @doc """
  Like `async/3`, without a link to the caller.

      iex> {:ok, sup} = Task.Supervisor.start_link()
      iex> task = Task.Supervisor.async_nolink(sup, fn -> exit(:shutdown) end)
      iex> Task.yield(task)
      {:exit, :shutdown}
  """
  @spec async_nolink(Supervisor.supervisor(), (() -> any), shutdown: Supervisor.shutdown()) :: Task.t()
  def async_nolink(supervisor, fun, options \\ []) when is_function(fun, 0) do
    async(supervisor, :nolink, :erlang, :apply, [fun, []], options)
  end

  @doc "Like `async_nolink/3` with a function given as `module`, `fun` and `args`."
  def async_nolink(supervisor, module, fun, args, options \\ []) do
    async(supervisor, :nolink, module, fun, args, options)
  end

  defp async(supervisor, link_type, module, fun, args, options) do
    owner = self()
    shutdown = options[:shutdown]
    mfa = {module, fun, args}

    case start_child_with_spec(
           supervisor,
           [Task.get_owner(owner), Task.get_callers(owner), :monitor, mfa],
           :temporary,
           shutdown
         ) do
      {:ok, pid} ->
        if link_type == :link, do: Process.link(pid)
        Task.__follow__(pid, owner, mfa)

      {:error, :max_children} ->
        raise """
        reached the maximum number of tasks for this task supervisor. The maximum number \
        of tasks that are allowed to run at the same time under this supervisor can be \
        configured with the :max_children option passed to Task.Supervisor.start_link/1\
        """
    end
  end

  @doc """
  Like `Task.async_stream/3`, with tasks under the supervisor.

      iex> {:ok, sup} = Task.Supervisor.start_link()
      iex> Enum.to_list(Task.Supervisor.async_stream(sup, [1, 2], fn x -> x + 1 end))
      [ok: 2, ok: 3]
  """
  @spec async_stream(Supervisor.supervisor(), Enumerable.t(), (term -> term), [async_stream_option]) ::
          Enumerable.t()
  def async_stream(supervisor, enumerable, fun, options \\ []) when is_function(fun, 1) do
    build_stream(:link, supervisor, enumerable, fun, options)
  end

  @doc "Like `async_stream/4` with a function given as `module`, `function` and `args`."
  def async_stream(supervisor, enumerable, module, function, args, options \\ [])
      when is_atom(module) and is_atom(function) and is_list(args) do
    build_stream(:link, supervisor, enumerable, {module, function, args}, options)
  end

  @doc """
  Like `async_stream/4`, without links: failures are `{:exit, reason}` in the stream.

      iex> {:ok, sup} = Task.Supervisor.start_link()
      iex> Enum.to_list(Task.Supervisor.async_stream_nolink(sup, [1], fn _ -> exit(:shutdown) end))
      [exit: :shutdown]
  """
  def async_stream_nolink(supervisor, enumerable, fun, options \\ []) when is_function(fun, 1) do
    build_stream(:nolink, supervisor, enumerable, fun, options)
  end

  @doc "Like `async_stream_nolink/4` with a function given as `module`, `function` and `args`."
  def async_stream_nolink(supervisor, enumerable, module, function, args, options \\ [])
      when is_atom(module) and is_atom(function) and is_list(args) do
    build_stream(:nolink, supervisor, enumerable, {module, function, args}, options)
  end

  defp build_stream(link_type, supervisor, enumerable, fun, options) do
    shutdown = Keyword.get(options, :shutdown, 5000)

    if not ((is_integer(shutdown) and shutdown >= 0) or shutdown == :brutal_kill) do
      raise ArgumentError, ":shutdown must be either a positive integer or :brutal_kill"
    end

    options = Task.Supervised.validate_stream_options(options)

    fn acc, acc_fun ->
      owner = Task.get_owner(self())

      Task.Supervised.stream(enumerable, acc, acc_fun, Task.get_callers(self()), fun, options, fn callers,
                                                                                                  mfa ->
        # The process that watches over the stream asks for the task: it is the one to monitor.
        args = [put_elem(owner, 1, self()), callers, :monitor, mfa]

        case start_child_with_spec(supervisor, args, :temporary, shutdown) do
          {:ok, pid} ->
            if link_type == :link, do: Process.link(pid)
            {link_type, pid}

          {:error, :max_children} ->
            raise """
            reached the maximum number of tasks for this task supervisor. The maximum number \
            of tasks that are allowed to run at the same time under this supervisor can be \
            configured with the :max_children option passed to Task.Supervisor.start_link/1. When \
            using async_stream or async_stream_nolink, make sure to configure :max_concurrency to \
            be lower or equal to :max_children and pay attention to whether other tasks are also \
            spawned under the same task supervisor.\
            """
        end
      end)
    end
  end

  @doc """
  Starts a task whose result nobody waits for. Options: `:restart` (`:temporary`), `:shutdown`.

      iex> {:ok, sup} = Task.Supervisor.start_link()
      iex> {:ok, pid} = Task.Supervisor.start_child(sup, fn -> Process.sleep(50) end)
      iex> Task.Supervisor.children(sup) == [pid]
      true
  """
  @spec start_child(Supervisor.supervisor(), (() -> any),
          restart: Supervisor.restart(),
          shutdown: Supervisor.shutdown()
        ) ::
          DynamicSupervisor.on_start_child()
  def start_child(supervisor, fun, options \\ []) when is_function(fun, 0) do
    start_child(supervisor, :erlang, :apply, [fun, []], options)
  end

  @doc "Like `start_child/3` with a function given as `module`, `fun` and `args`."
  def start_child(supervisor, module, fun, args, options \\ [])
      when is_atom(fun) and is_list(args) do
    owner = self()
    start_args = [Task.get_owner(owner), Task.get_callers(owner), {module, fun, args}]
    start_child_with_spec(supervisor, start_args, options[:restart], options[:shutdown])
  end

  defp start_child_with_spec(supervisor, args, restart, shutdown) do
    DynamicSupervisor.start_child(supervisor, %{
      id: Task.Supervised,
      start: {Task.Supervised, :start_link, args},
      restart: restart || :temporary,
      shutdown: shutdown || 5000
    })
  end

  @doc """
  Ends the task with the process `pid`.

      iex> {:ok, sup} = Task.Supervisor.start_link()
      iex> {:ok, pid} = Task.Supervisor.start_child(sup, fn -> Process.sleep(1000) end)
      iex> Task.Supervisor.terminate_child(sup, pid)
      :ok
  """
  @spec terminate_child(Supervisor.supervisor(), pid) :: :ok | {:error, :not_found}
  def terminate_child(supervisor, pid) when is_pid(pid) do
    DynamicSupervisor.terminate_child(supervisor, pid)
  end

  @doc """
  Returns the pids of the tasks.

      iex> {:ok, sup} = Task.Supervisor.start_link()
      iex> Task.Supervisor.children(sup)
      []
  """
  @spec children(Supervisor.supervisor()) :: [pid]
  def children(supervisor) do
    for {_, pid, _, _} <- DynamicSupervisor.which_children(supervisor), is_pid(pid), do: pid
  end
end
