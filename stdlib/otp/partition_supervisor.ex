defmodule PartitionSupervisor do
  @moduledoc """
  Starts the same child several times, and routes to one of them by a key.

      PartitionSupervisor.start_link(child_spec: DynamicSupervisor, name: My.Supervisors)
      DynamicSupervisor.start_child({:via, PartitionSupervisor, {My.Supervisors, self()}}, child)

  An integer key is taken modulo the number of partitions, any other is hashed.
  """

  @behaviour Supervisor

  @registry PartitionSupervisor.Registry

  @type name :: atom | {:via, module, term}

  @doc """
  Returns a specification to start a partition supervisor under a supervisor.

      iex> PartitionSupervisor.child_spec(name: Doc.Partitions, child_spec: Task.Supervisor).id
      Doc.Partitions
  """
  def child_spec(opts) when is_list(opts) do
    id =
      case Keyword.get(opts, :name, PartitionSupervisor) do
        name when is_atom(name) -> name
        {:via, _module, name} -> name
      end

    %{id: id, start: {PartitionSupervisor, :start_link, [opts]}, type: :supervisor}
  end

  @doc """
  Starts a partition supervisor. Options: `:name` and `:child_spec` (required), `:partitions`,
  `:strategy`, `:max_restarts`, `:max_seconds`, and `:with_arguments`, a function that gets the
  child's arguments and the partition and returns arguments.

      iex> {:ok, _} = PartitionSupervisor.start_link(name: Doc.StartPartitions, child_spec: DynamicSupervisor, partitions: 3)
      iex> PartitionSupervisor.partitions(Doc.StartPartitions)
      3
  """
  def start_link(opts) when is_list(opts) do
    name = opts[:name]

    if name == nil, do: raise(ArgumentError, "the :name option must be given to PartitionSupervisor")

    {child_spec, opts} = Keyword.pop(opts, :child_spec)

    if child_spec == nil,
      do: raise(ArgumentError, "the :child_spec option must be given to PartitionSupervisor")

    {partitions, opts} = Keyword.pop(opts, :partitions, System.schedulers_online())

    if not (is_integer(partitions) and partitions >= 1) do
      raise ArgumentError,
            "the :partitions option must be a positive integer, got: #{inspect(partitions)}"
    end

    {with_arguments, opts} = Keyword.pop(opts, :with_arguments, fn args, _partition -> args end)

    if not is_function(with_arguments, 2) do
      raise ArgumentError,
            "the :with_arguments option must be a function that receives two arguments, " <>
              "the current call arguments and the partition, got: #{inspect(with_arguments)}"
    end

    %{start: {mod, fun, args}} = map = Supervisor.child_spec(child_spec, [])
    modules = map[:modules] || [mod]

    children =
      for partition <- 0..(partitions - 1) do
        args = with_arguments.(args, partition)

        if not is_list(args) do
          raise "the call to the function in :with_arguments must return a list, got: #{inspect(args)}"
        end

        start = {__MODULE__, :start_child, [mod, fun, args, name, partition]}
        Map.merge(map, %{id: partition, start: start, modules: modules})
      end

    auto_shutdown = Keyword.get(opts, :auto_shutdown, :never)

    if auto_shutdown != :never do
      raise ArgumentError, "the :auto_shutdown option must be :never, got: #{inspect(auto_shutdown)}"
    end

    {init_opts, start_opts} = Keyword.split(opts, [:strategy, :max_seconds, :max_restarts])
    Supervisor.start_link(__MODULE__, {name, partitions, children, init_opts}, start_opts)
  end

  @doc false
  def start_child(mod, fun, args, name, partition) do
    case apply(mod, fun, args) do
      {:ok, pid} ->
        put_pid(name, partition, pid)
        {:ok, pid}

      {:ok, pid, info} ->
        put_pid(name, partition, pid)
        {:ok, pid, info}

      other ->
        other
    end
  end

  defp put_pid(name, partition, pid) when is_atom(name), do: :ets.insert(name, {partition, pid})
  defp put_pid({:via, _, _}, partition, pid), do: :ets.insert(Process.get(@registry), {partition, pid})

  @impl true
  def init({name, partitions, children, init_opts}) do
    table = table(name)
    :ets.insert(table, {:partitions, partitions})
    Supervisor.init(children, Keyword.put_new(init_opts, :strategy, :one_for_one))
  end

  defp table(name) when is_atom(name),
    do: :ets.new(name, [:set, :named_table, :protected, read_concurrency: true])

  # The table of a supervisor with another kind of name is found through its process.
  defp table({:via, _, _}) do
    table = :ets.new(__MODULE__, [:set, :protected, read_concurrency: true])
    Process.put(@registry, table)
    :persistent_term.put({@registry, self()}, table)
    table
  end

  @doc """
  Returns the number of partitions.

      iex> {:ok, _} = PartitionSupervisor.start_link(name: Doc.CountPartitions, child_spec: DynamicSupervisor, partitions: 2)
      iex> PartitionSupervisor.partitions(Doc.CountPartitions)
      2
  """
  @spec partitions(name) :: pos_integer
  def partitions(name), do: :ets.lookup_element(table!(name), :partitions, 2)

  @doc """
  Returns `{partition, pid, type, modules}` of the children.
  """
  @spec which_children(name) :: [{integer, pid | :restarting, :worker | :supervisor, [module] | :dynamic}]
  def which_children(name) when is_atom(name) or elem(name, 0) == :via, do: Supervisor.which_children(name)

  @doc """
  Counts the children: `:specs`, `:active`, `:supervisors` and `:workers`.
  """
  @spec count_children(name) :: map
  def count_children(supervisor), do: Supervisor.count_children(supervisor)

  @doc "Stops a partition supervisor."
  @spec stop(name, reason :: term, timeout) :: :ok
  def stop(supervisor, reason \\ :normal, timeout \\ :infinity),
    do: Supervisor.stop(supervisor, reason, timeout)

  @doc """
  Changes the number of running partitions, at most to the number at the start.
  """
  @spec resize!(name, non_neg_integer) :: non_neg_integer
  def resize!(name, partitions) when is_integer(partitions) do
    supervisor = GenServer.whereis(name) || exit({:noproc, {__MODULE__, :resize!, [name, partitions]}})
    all = Supervisor.count_children(supervisor).specs
    old = partitions(name)

    cond do
      partitions > all ->
        raise ArgumentError,
              "the number of partitions to resize to must be a number between 0 and #{all}, got: #{partitions}"

      partitions < old ->
        resize_table(supervisor, partitions)
        for index <- partitions..(old - 1)//1, do: :ok = Supervisor.terminate_child(supervisor, index)

      true ->
        for index <- old..(partitions - 1)//1, do: {:ok, _} = Supervisor.restart_child(supervisor, index)
        resize_table(supervisor, partitions)
    end

    old
  end

  # Only the owner may write: it is asked to, by way of a change of its state that changes nothing.
  defp resize_table(supervisor, partitions) do
    :sys.replace_state(supervisor, fn state ->
      table = Process.get(@registry) || elem(Process.info(self(), :registered_name), 1)
      :ets.insert(table, {:partitions, partitions})
      state
    end)
  end

  # ---- Via ------------------------------------------------------------------------------

  @doc false
  def whereis_name({name, key}) do
    table = table!(name)
    partitions = :ets.lookup_element(table, :partitions, 2)
    partition = if is_integer(key), do: rem(abs(key), partitions), else: :erlang.phash2(key, partitions)
    :ets.lookup_element(table, partition, 2)
  end

  @doc false
  def send({name, key}, msg), do: Kernel.send(whereis_name({name, key}), msg)

  @doc false
  def register_name(_, _), do: raise("{:via, PartitionSupervisor, _} cannot be given on registration")

  @doc false
  def unregister_name(_), do: raise("{:via, PartitionSupervisor, _} cannot be given on unregistration")

  defp table!(name) when is_atom(name) do
    if :ets.whereis(name) == :undefined,
      do: exit({:noproc, {__MODULE__, :partitions, [name]}}),
      else: name
  end

  defp table!({:via, _, _} = name) do
    case GenServer.whereis(name) do
      nil -> exit({:noproc, {__MODULE__, :partitions, [name]}})
      pid -> :persistent_term.get({@registry, pid})
    end
  end
end
