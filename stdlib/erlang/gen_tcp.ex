defmodule :gen_tcp do
  @moduledoc """
  TCP connections, and those of Unix sockets.

      {:ok, listener} = :gen_tcp.listen(4000, [:binary, active: false, reuseaddr: true])
      {:ok, socket} = :gen_tcp.accept(listener)
      {:ok, data} = :gen_tcp.recv(socket, 0)
      :ok = :gen_tcp.send(socket, data)

  A socket belongs to the process that opened or accepted it, and is closed when that process ends. What a socket does with
  the bytes that come is its `:active` option: with `true` they come as messages `{:tcp, socket, data}`, with `:once` one
  message comes, with a number so many (then `{:tcp_passive, socket}`), with `false` they wait for `recv/2`. Its end comes as
  `{:tcp_closed, socket}`. `:inet.setopts/2` lists the options.
  """

  @type socket :: port

  @doc """
  Listens for connections. Port 0 is any free one: `:inet.port/1` tells which.

  Options, beside those of `:inet.setopts/2`: `:backlog`, `:ip` (or `:ifaddr`), `:inet6`, `{:ifaddr, {:local, path}}`.

      iex> {:ok, listener} = :gen_tcp.listen(0, [:binary, active: false])
      iex> :gen_tcp.close(listener)
      :ok
  """
  def listen(port, options) when is_list(options) do
    setup = :inet.__options__(:stream, options, {:any, port})

    with {:ok, socket} <- :inet.__open__(:stream, setup),
         :ok <- or_close(:prim_inet.bind(socket, setup.ip, setup.port), socket),
         :ok <- or_close(:prim_inet.listen(socket, setup.backlog), socket) do
      {:ok, socket}
    end
  end

  @doc """
  Waits for a connection to a listening socket, for ever or so many milliseconds. Several processes may wait.

      iex> {:ok, listener} = :gen_tcp.listen(0, [])
      iex> :gen_tcp.accept(listener, 5)
      {:error, :timeout}
  """
  def accept(socket, timeout \\ :infinity) when is_port(socket) do
    ref = make_ref()
    await(:prim_inet.accept(socket, ref), socket, ref, timeout)
  end

  @doc """
  Connects to an address: an IP (`{127, 0, 0, 1}`), a name (`~c"localhost"`, `:localhost`) or `{:local, path}` with port 0.

      iex> {:ok, listener} = :gen_tcp.listen(0, ip: {127, 0, 0, 1})
      iex> {:ok, port} = :inet.port(listener)
      iex> {:ok, socket} = :gen_tcp.connect({127, 0, 0, 1}, port, [:binary, active: false])
      iex> :gen_tcp.close(socket)
      :ok
  """
  def connect(%{family: _} = address, options) do
    {ip, port} = :inet.__address__(address)
    connect(ip, port, options, :infinity)
  end

  def connect(%{family: _} = address, options, timeout) when is_list(options) do
    {ip, port} = :inet.__address__(address)
    connect(ip, port, options, timeout)
  end

  def connect(address, port, options) when is_list(options), do: connect(address, port, options, :infinity)

  @doc "Connects as `connect/3` does, in no more than so many milliseconds."
  def connect(address, port, options, timeout) when (is_tuple(address) or is_list(address) or is_atom(address)) and is_list(options) do
    setup = :inet.__options__(:stream, options, address)
    finish = if timeout == :infinity, do: :infinity, else: :erlang.monotonic_time(:millisecond) + timeout

    case {:inet.__port__(port), :inet.getaddrs(address, setup.family)} do
      {:error, _} -> exit(:badarg)
      {_, {:error, :einval}} -> exit(:badarg)
      {_, {:error, reason}} -> {:error, reason}
      {{:ok, port}, {:ok, addresses}} -> connect_first(addresses, port, setup, finish, {:error, :einval})
    end
  end

  # Tries one address after the other.
  defp connect_first([], _, _, _, error), do: error

  defp connect_first([address | rest], port, setup, finish, _) do
    case connect_one(address, port, setup, finish) do
      {:error, reason} = error when reason not in [:timeout, :eaddrinuse] -> connect_first(rest, port, setup, finish, error)
      answer -> answer
    end
  end

  defp connect_one(address, port, setup, finish) do
    with {:ok, socket} <- :inet.__open__(:stream, setup),
         :ok <- or_close(bind_own(socket, setup), socket),
         ref = make_ref(),
         :ok <- or_close(await(:prim_inet.connect(socket, address, port, ref), socket, ref, left(finish)), socket) do
      {:ok, socket}
    end
  end

  defp bind_own(_, %{ip: :any, port: 0}), do: :ok
  defp bind_own(socket, setup), do: :prim_inet.bind(socket, setup.ip, setup.port)

  defp left(:infinity), do: :infinity
  defp left(finish), do: :erlang.max(finish - :erlang.monotonic_time(:millisecond), 0)

  defp or_close(:ok, _), do: :ok

  defp or_close(error, socket) do
    close(socket)
    error
  end

  @doc """
  Sends iodata. While the other side does not read and the socket's queue is long, the caller waits; the option `:send_timeout`
  says how long at most.
  """
  def send(socket, data) when is_port(socket) do
    ref = make_ref()

    case :prim_inet.send(socket, data, ref) do
      :wait -> await_sent(socket, ref)
      answer -> answer
    end
  end

  defp await_sent(socket, ref) do
    {timeout, close} =
      case :prim_inet.getopts(socket, [:send_timeout, :send_timeout_close]) do
        {:ok, [send_timeout: timeout, send_timeout_close: close]} -> {timeout, close}
        _ -> {:infinity, false}
      end

    answer = await(:wait, socket, ref, timeout)
    if close and answer == {:error, :timeout}, do: close(socket)
    answer
  end

  @doc """
  Receives from a passive socket: `length` bytes, or with 0 what there is, at least one. With a `:packet` option, one packet.

  The other side's end is `{:error, :closed}`.
  """
  def recv(socket, length) when is_port(socket) and is_integer(length), do: recv(socket, length, :infinity)

  @doc "Receives as `recv/2` does, or gives `{:error, :timeout}` after so many milliseconds; nothing is lost then."
  def recv(socket, length, timeout) when is_port(socket) and is_integer(length) do
    ref = make_ref()
    await(:prim_inet.recv(socket, length, ref), socket, ref, timeout)
  end

  defp await(:wait, socket, ref, timeout) do
    receive do
      {^ref, answer} -> answer
    after
      timeout ->
        if :prim_inet.cancel(socket, ref) do
          {:error, :timeout}
        else
          receive do
            {^ref, answer} -> answer
          after
            # The socket was closed with the request, and its answer came before.
            0 -> {:error, :timeout}
          end
        end
    end
  end

  defp await(answer, _, _, _), do: answer

  @doc """
  Ends one direction of a connection, or both: `:write` lets the other side see the end of the data, while one may still receive.
  """
  def shutdown(socket, how) when is_port(socket) and how in [:read, :write, :read_write], do: :prim_inet.shutdown(socket, how)

  @doc """
  Closes a socket of either kind. What was sent before still goes out.

      iex> {:ok, listener} = :gen_tcp.listen(0, [])
      iex> :gen_tcp.close(listener)
      iex> :gen_tcp.accept(listener)
      {:error, :closed}
  """
  def close(socket) when is_port(socket), do: :inet.close(socket)

  @doc """
  Makes another process the owner of a socket. Only the owner may; messages of the socket that have come already go along.
  """
  def controlling_process(socket, pid) when is_port(socket) and is_pid(pid), do: :inet.__give_away__(socket, pid)
end
