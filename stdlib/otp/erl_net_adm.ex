defmodule :net_adm do
  @moduledoc "Looks for other nodes and hosts."

  @doc """
  Tries to reach a node: `:pong` or `:pang`.

      iex> :net_adm.ping(:other@host)
      :pang
  """
  def ping(node) when is_atom(node), do: Node.ping(node)

  @doc "Tries nodes; returns those that answer."
  def ping_list(nodes) when is_list(nodes), do: Enum.filter(nodes, &(ping(&1) == :pong))

  @doc "The names of the nodes on a host, from its port mapper."
  def names, do: names(localhost())
  def names(_host), do: {:error, :address}

  @doc "The name of this host."
  def localhost do
    case :file.read_file(~c"/proc/sys/kernel/hostname") do
      {:ok, name} -> name |> String.trim() |> String.to_charlist()
      _ -> ~c"localhost"
    end
  end
end
