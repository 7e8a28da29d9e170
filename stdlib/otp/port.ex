defmodule Port do
  @moduledoc """
  Ports: programs outside, that one talks to by messages.

      port = Port.open({:spawn, "cat"}, [:binary])
      send(port, {self(), {:command, "hello"}})
      # {^port, {:data, "hello"}} arrives
  """

  @type name ::
          {:spawn, charlist | binary}
          | {:spawn_driver, charlist | binary}
          | {:spawn_executable, charlist | atom}
          | {:fd, non_neg_integer, non_neg_integer}

  @doc """
  Opens a port.

      iex> port = Port.open({:spawn, "cat"}, [:binary])
      iex> is_port(port)
      true
  """
  @spec open(name, list) :: port
  def open(name, options), do: :erlang.open_port(name, options)

  @doc """
  Closes a port at once.

      iex> port = Port.open({:spawn, "cat"}, [:binary])
      iex> Port.close(port)
      true
  """
  @spec close(port) :: true
  def close(port), do: :erlang.port_close(port)

  @doc """
  Sends data to a port at once. Options are `:force` and `:nosuspend`.

      iex> port = Port.open({:spawn, "cat"}, [:binary])
      iex> Port.command(port, "hi")
      true
      iex> receive do {^port, {:data, data}} -> data end
      "hi"
  """
  @spec command(port, iodata, [:force | :nosuspend]) :: boolean
  def command(port, data, options \\ []), do: :erlang.port_command(port, data, options)

  @doc "Makes `pid` the owner of a port."
  @spec connect(port, pid) :: true
  def connect(port, pid), do: :erlang.port_connect(port, pid)

  @doc """
  Returns information on a port, or `nil` when it is closed.

      iex> port = Port.open({:spawn, "cat"}, [:binary])
      iex> Port.info(port)[:connected] == self()
      true
  """
  @spec info(port) :: keyword | nil
  def info(port), do: nillify(:erlang.port_info(port))

  @doc "Returns one item of information on a port, or `nil`."
  @spec info(port, atom) :: {atom, term} | nil
  def info(port, spec)

  def info(port, :registered_name) do
    case :erlang.port_info(port, :registered_name) do
      :undefined -> nil
      [] -> {:registered_name, []}
      other -> other
    end
  end

  def info(port, item), do: nillify(:erlang.port_info(port, item))

  @doc """
  Monitors a port: its end comes as `{:DOWN, ref, :port, port, reason}`.
  """
  @spec monitor(port | {atom, node} | atom) :: reference
  def monitor(port), do: :erlang.monitor(:port, port)

  @doc "Removes a monitor."
  @spec demonitor(reference, [:flush | :info]) :: boolean
  def demonitor(monitor_ref, options \\ []), do: :erlang.demonitor(monitor_ref, options)

  @doc """
  Returns all ports.

      iex> is_list(Port.list())
      true
  """
  @spec list() :: [port]
  def list(), do: :erlang.ports()

  defp nillify(:undefined), do: nil
  defp nillify(other), do: other
end
