defmodule :gen_udp do
  @moduledoc """
  Datagrams, over UDP and over Unix sockets.

      {:ok, socket} = :gen_udp.open(0, [:binary])
      :ok = :gen_udp.send(socket, {127, 0, 0, 1}, 4000, "hello")

  An active socket (that is what sockets are, unless `active: false`, `:once` or a number is given) sends its owner
  `{:udp, socket, ip, port, data}`; else `recv/2` waits for the next datagram.
  """

  @type socket :: port

  @doc """
  Opens a socket at a port; 0 is any free one. Options are those of `:inet.setopts/2`, `:ip` (or `:ifaddr`), `:inet6`, `:local`.

      iex> {:ok, socket} = :gen_udp.open(0, [:binary, active: false])
      iex> :gen_udp.close(socket)
      :ok
  """
  def open(port, options \\ []) when is_list(options) do
    setup = :inet.__options__(:dgram, options, {:any, port})

    with {:ok, socket} <- :inet.__open__(:dgram, setup) do
      case bind(socket, setup) do
        :ok ->
          {:ok, socket}

        error ->
          close(socket)
          error
      end
    end
  end

  # A local socket needs no name.
  defp bind(_, %{family: :local, ip: :any}), do: :ok
  defp bind(socket, setup), do: :prim_inet.bind(socket, setup.ip, setup.port)

  @doc "Sends to the address that the socket is connected to."
  def send(socket, data) when is_port(socket), do: :prim_inet.send(socket, data, make_ref())

  @doc """
  Sends to `{host, port}`, `{:local, path}` or a map with `:family`, `:addr` and `:port`.
  """
  def send(socket, destination, data) when is_port(socket) do
    {host, port} = :inet.__address__(destination)
    send(socket, host, port, data)
  end

  @doc """
  Sends a datagram to a host (an IP, a name, or `{:local, path}` with port 0).

      iex> {:ok, socket} = :gen_udp.open(0, [:binary, active: false])
      iex> {:ok, port} = :inet.port(socket)
      iex> :ok = :gen_udp.send(socket, {127, 0, 0, 1}, port, "to myself")
      iex> {:ok, {{127, 0, 0, 1}, ^port, data}} = :gen_udp.recv(socket, 0)
      iex> data
      "to myself"
  """
  def send(socket, host, port, data) when is_port(socket) do
    with {:ok, ip, port} <- resolve(socket, host, port), do: :prim_inet.send_to(socket, ip, port, data)
  end

  @doc "Sends as `send/4`, or with `send(socket, destination, port_or_ancillary, ancillary, data)`; ancillary data must be `[]`."
  def send(socket, host, port, [], data) when is_port(socket), do: send(socket, host, port, data)

  # Addresses go as they are; names are looked up in the socket's family.
  defp resolve(_, ip, port) when tuple_size(ip) in [2, 4, 8], do: with({:ok, port} <- valid_port(port), do: {:ok, ip, port})

  defp resolve(socket, name, port) do
    with {:ok, port} <- valid_port(port),
         {_, family, _} <- :prim_inet.kind(socket),
         {:ok, ip} <- :inet.getaddr(name, family) do
      {:ok, ip, port}
    else
      false -> {:error, :closed}
      error -> error
    end
  end

  defp valid_port(port) do
    case :inet.__port__(port) do
      :error -> {:error, :einval}
      ok -> ok
    end
  end

  @doc "Waits for a datagram: `{:ok, {ip, port, data}}`. `length` says nothing: a datagram comes as a whole."
  def recv(socket, length), do: recv(socket, length, :infinity)

  @doc "Waits as `recv/2` does, no longer than so many milliseconds."
  def recv(socket, length, timeout), do: :gen_tcp.recv(socket, length, timeout)

  @doc "Connects the socket to an address: it sends there and hears from there only."
  def connect(socket, %{family: _} = address) do
    {host, port} = :inet.__address__(address)
    connect(socket, host, port)
  end

  def connect(socket, host, port) when is_port(socket) do
    with {:ok, ip, port} <- resolve(socket, host, port), do: :prim_inet.connect(socket, ip, port, make_ref())
  end

  @doc "Closes a socket."
  def close(socket) when is_port(socket), do: :inet.close(socket)

  @doc "Makes another process the owner of a socket, as `:gen_tcp.controlling_process/2` does."
  def controlling_process(socket, pid) when is_port(socket) and is_pid(pid), do: :inet.__give_away__(socket, pid)
end
