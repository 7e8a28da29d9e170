defmodule :net_kernel do
  @moduledoc """
  The state of this node among others.

  A VM is a node of its own that talks to no other: what asks for another node is answered the way Erlang answers on a node that is not
  distributed.
  """

  @doc """
  Connects to a node: `true` for this one, `:ignored` for others.

      iex> :net_kernel.connect_node(:other@host)
      :ignored
  """
  def connect_node(name) when is_atom(name), do: if(name == :erlang.node(), do: true, else: :ignored)

  @doc """
  Tells whether this node is distributed, and how.

      iex> :net_kernel.get_state()
      %{started: :no}
  """
  def get_state, do: %{started: :no}

  @doc "Makes this node a distributed one, which is not possible."
  def start(name_or_options), do: start(name_or_options, %{})
  def start(_name, _options), do: {:error, {{:shutdown, {:failed_to_start_child, :net_kernel, :not_supported}}, {:child, :undefined, :net_sup_dynamic}}}

  @doc "Ends the distribution: there is none."
  def stop, do: {:error, :not_found}

  @doc "Allows connections to some nodes alone."
  def allow(nodes) when is_list(nodes), do: :ignored

  @doc "Asks for messages when nodes come and go."
  def monitor_nodes(flag), do: monitor_nodes(flag, [])
  def monitor_nodes(flag, options) when is_boolean(flag) and is_list(options), do: :ok

  @doc "The interval of the nodes' signs of life."
  def get_net_ticktime, do: :ignored
  @doc "Has no effect: there are no connections to watch."
  def set_net_ticktime(seconds, _transition \\ 60) when is_integer(seconds) and seconds > 0, do: :ignored

  @doc "The name this node has for others."
  def nodename, do: :ignored

  @doc "Whether names of nodes have domains."
  def longnames, do: :ignored
end
