defmodule Node do
  @moduledoc """
  Functions on nodes: this one, and those it is connected to.
  """

  @type t :: node
  @type state :: :visible | :hidden | :connected | :this | :known

  @doc """
  Tells whether this node is part of a distributed system.

      iex> is_boolean(Node.alive?())
      true
  """
  @spec alive?() :: boolean
  def alive?(), do: :erlang.is_alive()

  @doc """
  Returns the name of this node.

      iex> Node.self() == node()
      true
  """
  @spec self() :: t
  def self(), do: :erlang.node()

  @doc """
  Returns the visible nodes this one is connected to.

      iex> Node.list()
      []
  """
  @spec list() :: [t]
  def list(), do: :erlang.nodes()

  @doc """
  Returns nodes of one or several kinds: `:this`, `:visible`, `:hidden`, `:connected`, `:known`.

      iex> Node.list(:this) == [node()]
      true
  """
  @spec list(state | [state]) :: [t]
  def list(args), do: :erlang.nodes(args)

  @doc """
  Monitors a node: its end comes as `{:nodedown, node}`.
  """
  @spec monitor(t, boolean) :: true
  def monitor(node, flag), do: :erlang.monitor_node(node, flag)

  @doc "Like `monitor/2`, with options."
  @spec monitor(t, boolean, [:allow_passive_connect]) :: true
  def monitor(node, flag, options), do: :erlang.monitor_node(node, flag, options)

  @doc """
  Tries to reach a node: `:pong` or `:pang`.

      iex> Node.ping(node())
      :pong
  """
  @spec ping(t) :: :pong | :pang
  def ping(node) when is_atom(node) do
    if node == :erlang.node() or node in :erlang.nodes(), do: :pong, else: reach(node)
  end

  defp reach(node), do: if(connect(node) == true, do: :pong, else: :pang)

  @doc "Disconnects from a node."
  @spec disconnect(t) :: boolean | :ignored
  def disconnect(node), do: :erlang.disconnect_node(node)

  @doc "Connects to a node."
  @spec connect(t) :: boolean | :ignored
  def connect(node), do: :net_kernel.connect_node(node)

  @doc "Makes this node a distributed one."
  @spec start(node, :longnames | :shortnames, non_neg_integer) :: {:ok, pid} | {:error, term}
  def start(name, type \\ :longnames, tick_time \\ 15000), do: :net_kernel.start([name, type, tick_time])

  @doc "Makes this node one that is not distributed."
  @spec stop() :: :ok | {:error, :not_allowed | :not_found}
  def stop(), do: :net_kernel.stop()

  @doc "Spawns a function on a node."
  @spec spawn(t, (() -> any)) :: pid
  def spawn(node, fun), do: :erlang.spawn(node, fun)

  @doc "Spawns a function on a node, with spawn options."
  @spec spawn(t, (() -> any), Process.spawn_opts()) :: pid | {pid, reference}
  def spawn(node, fun, opts), do: :erlang.spawn_opt(node, fun, opts)

  @doc "Spawns a call of `module.fun` with `args` on a node."
  @spec spawn(t, module, atom, [any]) :: pid
  def spawn(node, module, fun, args), do: :erlang.spawn(node, module, fun, args)

  @doc "Spawns a call of `module.fun` with `args` on a node, with spawn options."
  @spec spawn(t, module, atom, [any], Process.spawn_opts()) :: pid | {pid, reference}
  def spawn(node, module, fun, args, opts), do: :erlang.spawn_opt(node, module, fun, args, opts)

  @doc "Spawns a function on a node, linked to the caller."
  @spec spawn_link(t, (() -> any)) :: pid
  def spawn_link(node, fun), do: :erlang.spawn_link(node, fun)

  @doc "Spawns a call of `module.fun` with `args` on a node, linked to the caller."
  @spec spawn_link(t, module, atom, [any]) :: pid
  def spawn_link(node, module, fun, args), do: :erlang.spawn_link(node, module, fun, args)

  @doc "Spawns a function on a node and monitors it."
  @spec spawn_monitor(t, (() -> any)) :: {pid, reference}
  def spawn_monitor(node, fun), do: :erlang.spawn_monitor(node, fun)

  @doc "Spawns a call of `module.fun` with `args` on a node and monitors it."
  @spec spawn_monitor(t, module, atom, [any]) :: {pid, reference}
  def spawn_monitor(node, module, fun, args), do: :erlang.spawn_monitor(node, module, fun, args)

  @doc "Sets the cookie of a node."
  @spec set_cookie(t, atom) :: true
  def set_cookie(node \\ Node.self(), cookie) when is_atom(cookie), do: :erlang.set_cookie(node, cookie)

  @doc "Returns the cookie of this node."
  @spec get_cookie() :: atom
  def get_cookie(), do: :erlang.get_cookie()
end
