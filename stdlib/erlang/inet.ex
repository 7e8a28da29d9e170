defmodule :inet do
  @moduledoc """
  What TCP and UDP have in common: options of sockets, addresses, names of hosts, interfaces.

  IP addresses are tuples of four or eight numbers; names are charlists or atoms.
  """

  @type ip_address :: tuple

  # Options of a socket that :prim_inet.setopts/2 takes.
  @socket_options [
    :active, :add_membership, :broadcast, :buffer, :delay_send, :deliver, :dontroute, :drop_membership, :exit_on_close, :header, :high_msgq_watermark,
    :high_watermark, :ipv6_v6only, :keepalive, :line_delimiter, :linger, :low_msgq_watermark, :low_watermark, :mode, :multicast_if, :multicast_loop,
    :multicast_ttl, :nodelay, :nopush, :packet, :packet_size, :priority, :read_packets, :recbuf, :reuseaddr, :reuseport, :send_timeout,
    :send_timeout_close, :show_econnreset, :sndbuf, :tclass, :tos, :ttl
  ]

  # -- opening

  @doc false
  # Sorts the options of listen, connect and open. `address` is where it connects to, or {:any, port} where it listens.
  def __options__(type, options, address) do
    start = %{type: type, family: nil, ip: :any, port: 0, backlog: 128, options: []}

    start =
      case address do
        {:any, port} -> %{start | port: port!(port)}
        {:local, _} -> %{start | family: :local}
        ip when tuple_size(ip) == 8 -> %{start | family: :inet6}
        _ -> start
      end

    setup = :lists.foldl(&option/2, start, options)
    family = setup.family || if(tuple_size_of(setup.ip) == 8, do: :inet6, else: :inet)
    %{setup | family: family, options: :lists.reverse(setup.options)}
  end

  defp tuple_size_of(ip), do: if(is_tuple(ip), do: tuple_size(ip), else: 0)

  defp option(mode, setup) when mode in [:binary, :list], do: %{setup | options: [mode | setup.options]}
  defp option(family, setup) when family in [:inet, :inet6, :local], do: %{setup | family: family}
  defp option({name, {:local, _} = path}, setup) when name in [:ip, :ifaddr], do: %{setup | family: :local, ip: path}

  defp option({name, %{addr: ip} = address}, setup) when name in [:ip, :ifaddr],
    do: option({name, ip}, %{setup | port: :maps.get(:port, address, setup.port)})

  defp option({name, ip}, setup) when name in [:ip, :ifaddr] and (is_tuple(ip) or is_atom(ip)), do: %{setup | ip: ip}
  defp option({:port, port}, setup), do: %{setup | port: port!(port)}
  defp option({:backlog, count}, setup) when is_integer(count), do: %{setup | backlog: count}
  defp option({name, _}, setup) when name in [:tcp_module, :udp_module, :inet_backend], do: setup
  defp option({name, _} = option, setup) when name in @socket_options, do: %{setup | options: [option | setup.options]}
  defp option({:raw, level, number, value}, setup), do: %{setup | options: [{:raw, level, number, value} | setup.options]}
  defp option(_, _), do: exit(:badarg)

  defp port!(port) do
    case __port__(port) do
      {:ok, number} -> number
      :error -> exit(:badarg)
    end
  end

  @doc false
  def __port__(port) when port in 0..65535, do: {:ok, port}

  def __port__(service) when is_atom(service) do
    known = [echo: 7, discard: 9, daytime: 13, ftp: 21, ssh: 22, telnet: 23, smtp: 25, time: 37, domain: 53, http: 80, pop3: 110, imap: 143, https: 443]

    case :lists.keyfind(service, 1, known) do
      {_, number} -> {:ok, number}
      false -> :error
    end
  end

  def __port__(_), do: :error

  @doc false
  # A socket of its family with its options set, not bound.
  def __open__(type, setup) do
    with {:ok, socket} <- :prim_inet.open(type, setup.family) do
      # What a socket is made active by comes last: its other options say how.
      {active, others} = :lists.partition(fn option -> is_tuple(option) and elem(option, 0) == :active end, setup.options)

      case :prim_inet.setopts(socket, others ++ active) do
        :ok ->
          {:ok, socket}

        {:error, reason} ->
          close(socket)
          if reason == :einval, do: exit(:badarg), else: {:error, reason}
      end
    end
  end

  @doc false
  # {ip or name, port} of the forms an address has.
  def __address__(%{family: :local, path: path}), do: {{:local, path}, 0}
  def __address__(%{family: _, addr: ip, port: port}), do: {ip, port}
  def __address__({:local, _} = path), do: {path, 0}
  def __address__({family, {host, port}}) when family in [:inet, :inet6], do: {host, port}
  def __address__({host, port}), do: {host, port}

  @doc false
  def __give_away__(socket, pid) do
    case :erlang.port_info(socket, :connected) do
      {:connected, ^pid} ->
        :ok

      {:connected, owner} when owner != self() ->
        {:error, :not_owner}

      :undefined ->
        {:error, :einval}

      _ ->
        with {:ok, [active: active]} <- getopts(socket, [:active]),
             :ok <- if(active == false, do: :ok, else: setopts(socket, active: false)) do
          forward_messages(socket, pid)

          try do
            :erlang.port_connect(socket, pid)
            :erlang.unlink(socket)
            if active == false, do: :ok, else: setopts(socket, active: active)
          catch
            :error, reason -> {:error, reason}
          end
        end
    end
  end

  defp forward_messages(socket, pid) do
    receive do
      {kind, ^socket, _} = message when kind in [:tcp, :tcp_error, :http, :udp_error] ->
        send(pid, message)
        forward_messages(socket, pid)

      {kind, ^socket} = message when kind in [:tcp_closed, :tcp_passive, :udp_passive] ->
        send(pid, message)
        forward_messages(socket, pid)

      {:udp, ^socket, _, _, _} = message ->
        send(pid, message)
        forward_messages(socket, pid)
    after
      0 -> :ok
    end
  end

  # -- sockets

  @doc """
  Closes a socket of any kind.
  """
  def close(socket) do
    ref = make_ref()

    if :prim_inet.close(socket, ref) == :wait do
      receive do
        {^ref, :closed} -> :ok
      after
        # The other side takes what was sent before slowly: it goes on by itself.
        5000 -> :ok
      end
    end

    receive do
      {:tcp_closed, ^socket} -> :ok
    after
      0 -> :ok
    end
  end

  @doc """
  Sets options of a socket: `:active` (`true`, `false`, `:once`, a number), `:mode` (`:binary`, `:list`), `:packet` (0, 1, 2, 4,
  `:line`, `:http`, `:http_bin`), `:packet_size`, `:nodelay`, `:keepalive`, `:buffer`, `:send_timeout`, `:linger`, `:exit_on_close`, ...

      iex> {:ok, socket} = :gen_udp.open(0)
      iex> :inet.setopts(socket, active: false, mode: :binary)
      :ok
  """
  def setopts(socket, options) when is_port(socket), do: :prim_inet.setopts(socket, options)

  @doc """
  Returns options of a socket by their names.

      iex> {:ok, socket} = :gen_udp.open(0, [:binary])
      iex> :inet.getopts(socket, [:active, :mode])
      {:ok, [active: true, mode: :binary]}
  """
  def getopts(socket, names) when is_port(socket), do: :prim_inet.getopts(socket, names)

  @doc "Returns the address and port of the other side: `{:ok, {ip, port}}`."
  def peername(socket) when is_port(socket), do: :prim_inet.peername(socket)

  @doc "Returns a socket's own address and port: `{:ok, {ip, port}}`."
  def sockname(socket) when is_port(socket), do: :prim_inet.sockname(socket)

  @doc "Returns all addresses of the other side; there is one."
  def peernames(socket), do: with({:ok, address} <- peername(socket), do: {:ok, [address]})

  @doc "Returns all addresses of a socket; there is one."
  def socknames(socket), do: with({:ok, address} <- sockname(socket), do: {:ok, [address]})

  @doc """
  Returns a socket's own port.

      iex> {:ok, socket} = :gen_tcp.listen(0, [])
      iex> {:ok, port} = :inet.port(socket)
      iex> port in 1..65535
      true
  """
  def port(socket) do
    case sockname(socket) do
      {:ok, {:local, path}} -> {:ok, path}
      {:ok, {_, port}} -> {:ok, port}
      error -> error
    end
  end

  @doc "Returns counters of a socket: bytes and packets received and sent, the largest, the average, ..."
  def getstat(socket) when is_port(socket), do: :prim_inet.getstat(socket)

  @doc """
  Returns the counters with these names.

      iex> {:ok, socket} = :gen_udp.open(0)
      iex> :inet.getstat(socket, [:send_oct, :recv_cnt])
      {:ok, [send_oct: 0, recv_cnt: 0]}
  """
  def getstat(socket, names) when is_port(socket) do
    with {:ok, counters} <- getstat(socket), do: {:ok, for(name <- names, do: :lists.keyfind(name, 1, counters))}
  end

  @doc "Returns a map of what is known of a socket: counters, owner, links, states."
  def info(socket) when is_port(socket) do
    case {:erlang.port_info(socket), :prim_inet.kind(socket)} do
      {:undefined, _} ->
        %{states: [:closed]}

      {items, {_, _, state}} ->
        {:ok, counters} = getstat(socket)
        [name: _, links: links, id: _, connected: owner, input: input, output: output, os_pid: _] = items

        %{
          counters: :maps.from_list(counters),
          links: links,
          owner: owner,
          input: input,
          output: output,
          memory: elem(:erlang.port_info(socket, :memory), 1),
          monitors: [],
          states: states(state)
        }
    end
  end

  defp states(:open), do: [:open]
  defp states(:shut), do: [:closed]
  defp states(:listening), do: [:listen, :open]
  defp states(state), do: [state, :open]

  @doc """
  Watches a socket; its end comes as `{:DOWN, monitor, :port, socket, reason}`.
  """
  def monitor(socket) when is_port(socket), do: :erlang.monitor(:port, socket)

  @doc "Ends a watch of `monitor/1`. Returns whether there was one."
  def cancel_monitor(monitor), do: :erlang.demonitor(monitor, [:info])

  @doc "Prints a table of all sockets."
  def i do
    i(:tcp)
    i(:udp)
  end

  @doc "Prints a table of the sockets of one protocol, `:tcp` or `:udp`."
  def i(protocol) do
    {type, shown} = if protocol == :tcp, do: {:stream, "STREAM"}, else: {:dgram, "DGRAM"}

    rows =
      for socket <- :erlang.ports(), {^type, _, state} <- [:prim_inet.kind(socket)], {:ok, counters} <- [getstat(socket)] do
        {:connected, owner} = :erlang.port_info(socket, :connected)
        {:id, id} = :erlang.port_info(socket, :id)

        [
          :erlang.integer_to_binary(id),
          "inet_#{protocol}",
          :erlang.integer_to_binary(elem(:lists.keyfind(:recv_oct, 1, counters), 1)),
          :erlang.integer_to_binary(elem(:lists.keyfind(:send_oct, 1, counters), 1)),
          :erlang.list_to_binary(:erlang.pid_to_list(owner)),
          shown_address(sockname(socket)),
          shown_address(peername(socket)),
          shown_state(state),
          shown
        ]
      end

    if rows != [] do
      rows = [["Port", "Module", "Recv", "Sent", "Owner", "Local Address", "Foreign Address", "State", "Type"] | rows]
      widths = for column <- 0..8, do: :lists.max(for(row <- rows, do: byte_size(Enum.at(row, column))))
      for row <- rows, do: IO.puts([for({cell, width} <- Enum.zip(row, widths), do: [String.pad_trailing(cell, width), " "])])
    end

    :ok
  end

  defp shown_address({:ok, {:local, path}}), do: "local:" <> path
  defp shown_address({:ok, {ip, port}}) when ip in [{0, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 0, 0}], do: "*:#{port}"
  defp shown_address({:ok, {ip, port}}), do: "#{ntoa(ip)}:#{port}"
  defp shown_address(_), do: "*:*"

  defp shown_state(:listening), do: "ACCEPTING"
  defp shown_state(:connected), do: "CONNECTED"
  defp shown_state(:connecting), do: "CONNECTING"
  defp shown_state(:shut), do: "CLOSED"
  defp shown_state(_), do: "IDLE"

  # -- addresses

  @doc """
  Reads an IP address, also short forms of the fourth version.

      iex> :inet.parse_address(~c"127.0.0.1")
      {:ok, {127, 0, 0, 1}}
      iex> :inet.parse_address(~c"::1")
      {:ok, {0, 0, 0, 0, 0, 0, 0, 1}}
      iex> :inet.parse_address(~c"nonsense")
      {:error, :einval}
  """
  def parse_address(text), do: parse_any(text, [:v4, :v6])

  @doc """
  Reads an IP address in full: four parts, or an address of the sixth version.

      iex> :inet.parse_strict_address(~c"1.2")
      {:error, :einval}
  """
  def parse_strict_address(text), do: parse_any(text, [:v4strict, :v6])

  @doc "Reads an address of the fourth version, also in short forms."
  def parse_ipv4_address(text), do: parse_any(text, [:v4])

  @doc "Reads an address of the fourth version with all its parts."
  def parse_ipv4strict_address(text), do: parse_any(text, [:v4strict])

  @doc """
  Reads an address of the sixth version; one of the fourth is mapped into it.

      iex> :inet.parse_ipv6_address(~c"1.2.3.4")
      {:ok, {0, 0, 0, 0, 0, 65535, 258, 772}}
  """
  def parse_ipv6_address(text), do: parse_ipv6_with(text, :v4)

  @doc "Reads an address of the sixth version; one of the fourth must have all its parts."
  def parse_ipv6strict_address(text), do: parse_ipv6_with(text, :v4strict)

  defp parse_ipv6_with(text, fourth) do
    case parse_any(text, [:v6]) do
      {:error, _} -> with({:ok, ip} <- parse_any(text, [fourth]), do: {:ok, ipv4_mapped_ipv6_address(ip)})
      ok -> ok
    end
  end

  defp parse_any(text, ways) when is_list(text) do
    case :lists.search(fn ip -> ip != false end, for(way <- ways, do: parse_one(text, way))) do
      {:value, ip} -> {:ok, ip}
      false -> {:error, :einval}
    end
  end

  defp parse_any(_, _), do: {:error, :einval}

  defp parse_one(text, way) do
    :prim_inet.parse(text, way)
  catch
    :error, _ -> false
  end

  @doc """
  Writes an IP address as a charlist.

      iex> :inet.ntoa({127, 0, 0, 1})
      ~c"127.0.0.1"
      iex> :inet.ntoa({0x2001, 0xdb8, 0, 0, 0, 0, 0, 1})
      ~c"2001:db8::1"
  """
  def ntoa(ip) do
    case :prim_inet.text(ip) do
      false -> {:error, :einval}
      text -> text
    end
  end

  @doc """
  Maps an address of the fourth version into the sixth, or back.

      iex> :inet.ipv4_mapped_ipv6_address({1, 2, 3, 4})
      {0, 0, 0, 0, 0, 65535, 258, 772}
  """
  def ipv4_mapped_ipv6_address({a, b, c, d}), do: {0, 0, 0, 0, 0, 0xFFFF, a * 256 + b, c * 256 + d}
  def ipv4_mapped_ipv6_address({_, _, _, _, _, _, g, h}), do: {:erlang.div(g, 256), :erlang.rem(g, 256), :erlang.div(h, 256), :erlang.rem(h, 256)}

  @doc """
  Returns whether a term is an IP address of either version.

      iex> :inet.is_ip_address({1, 2, 3, 4})
      true
  """
  def is_ip_address(ip), do: is_ipv4_address(ip) or is_ipv6_address(ip)

  @doc "Returns whether a term is an IP address of the fourth version."
  def is_ipv4_address(ip), do: is_tuple(ip) and tuple_size(ip) == 4 and :lists.all(&(&1 in 0..255), :erlang.tuple_to_list(ip))

  @doc "Returns whether a term is an IP address of the sixth version."
  def is_ipv6_address(ip), do: is_tuple(ip) and tuple_size(ip) == 8 and :lists.all(&(&1 in 0..65535), :erlang.tuple_to_list(ip))

  # -- names

  @doc """
  Returns the address of a host.

      iex> :inet.getaddr(~c"127.0.0.1", :inet)
      {:ok, {127, 0, 0, 1}}
  """
  def getaddr(host, family) do
    with {:ok, [ip | _]} <- getaddrs(host, family), do: {:ok, ip}
  end

  @doc "Returns all addresses of a host in the family `:inet`, `:inet6` or `:local`."
  def getaddrs({:local, _} = path, :local), do: {:ok, [path]}
  def getaddrs(ip, :inet) when tuple_size(ip) == 4, do: if(is_ipv4_address(ip), do: {:ok, [ip]}, else: {:error, :einval})
  def getaddrs(ip, :inet6) when tuple_size(ip) == 8, do: if(is_ipv6_address(ip), do: {:ok, [ip]}, else: {:error, :einval})
  def getaddrs(ip, :inet6) when tuple_size(ip) == 4, do: {:ok, [ipv4_mapped_ipv6_address(ip)]}
  def getaddrs(ip, :inet) when tuple_size(ip) == 8, do: {:error, :nxdomain}
  def getaddrs(name, family) when name in [:any, :loopback], do: {:ok, [special(name, family)]}

  def getaddrs(name, family) do
    with {:ok, text} <- name_text(name) do
      case family == :inet6 && parse_one(text, :v6) || parse_one(text, :v4strict) do
        false -> with({:ok, _, addresses} <- :prim_inet.resolve(text, family), do: {:ok, unique(addresses)})
        ip when family == :inet6 and tuple_size(ip) == 4 -> {:ok, [ipv4_mapped_ipv6_address(ip)]}
        ip -> {:ok, [ip]}
      end
    end
  end

  defp special(:any, :inet), do: {0, 0, 0, 0}
  defp special(:loopback, :inet), do: {127, 0, 0, 1}
  defp special(:any, _), do: {0, 0, 0, 0, 0, 0, 0, 0}
  defp special(:loopback, _), do: {0, 0, 0, 0, 0, 0, 0, 1}

  defp name_text(name) when is_atom(name) and name not in [nil, true, false], do: {:ok, :erlang.atom_to_list(name)}

  defp name_text([_ | _] = name) do
    if :lists.all(&(is_integer(&1) and &1 in 1..255), name), do: {:ok, name}, else: {:error, :einval}
  end

  defp name_text(_), do: {:error, :einval}

  defp unique(list), do: :lists.reverse(:lists.foldl(fn item, kept -> if item in kept, do: kept, else: [item | kept] end, [], list))

  @doc """
  Returns the name of this host.

      iex> {:ok, name} = :inet.gethostname()
      iex> is_list(name)
      true
  """
  def gethostname, do: {:ok, :prim_inet.hostname()}

  @doc "Returns what is known of a host by its name: `{:ok, {:hostent, name, aliases, family, length, addresses}}`."
  def gethostbyname(name), do: gethostbyname(name, :inet)

  @doc "Returns what is known of a host by its name in a family."
  def gethostbyname(name, family) do
    with {:ok, text} <- host_text(name),
         {:ok, canonical, addresses} <- :prim_inet.resolve(text, family) do
      aliases = if canonical == text, do: [], else: [text]
      {:ok, {:hostent, canonical, aliases, family, if(family == :inet, do: 4, else: 16), unique(addresses)}}
    end
  end

  defp host_text(ip) when is_tuple(ip) do
    case ntoa(ip) do
      {:error, _} = error -> error
      text -> {:ok, text}
    end
  end

  defp host_text(name), do: name_text(name)

  @doc "Returns what is known of a host by its address, as `gethostbyname/1` does."
  def gethostbyaddr(address) do
    with {:ok, ip} <- if(is_tuple(address), do: {:ok, address}, else: parse_address(address)),
         true <- is_ip_address(ip) || {:error, :einval},
         {:ok, name} <- :prim_inet.reverse(ip) do
      {family, length} = if tuple_size(ip) == 4, do: {:inet, 4}, else: {:inet6, 16}
      {:ok, {:hostent, name, [], family, length, [ip]}}
    end
  end

  # -- interfaces

  @doc """
  Returns the network interfaces with their flags and addresses: `{:ok, [{name, [flags: [...], addr: ip, ...]}]}`.

      iex> {:ok, interfaces} = :inet.getifaddrs()
      iex> is_list(interfaces)
      true
  """
  def getifaddrs, do: :prim_inet.interfaces()

  @doc "Returns the interfaces; options and sockets that are given change nothing."
  def getifaddrs(_), do: getifaddrs()

  @doc "Returns the names of the interfaces that have an address."
  def getiflist do
    with {:ok, interfaces} <- getifaddrs(), do: {:ok, for({name, items} <- interfaces, :lists.keymember(:addr, 1, items), do: name)}
  end

  # -- errors

  @doc """
  Describes an error in words.

      iex> :inet.format_error(:econnrefused)
      ~c"connection refused"
  """
  def format_error(:exbadport), do: ~c"invalid port state"
  def format_error(:exbadseq), do: ~c"bad command sequence"
  def format_error(:nxdomain), do: ~c"non-existing domain"
  def format_error(:eaddrnotavail), do: ~c"can't assign requested address"
  def format_error(:eafnosupport), do: ~c"address family not supported by protocol family"
  def format_error(:ehostunreach), do: ~c"host is unreachable"
  def format_error(:enotconn), do: ~c"socket is not connected"
  def format_error(:eaddrinuse), do: ~c"address already in use"
  def format_error(:econnrefused), do: ~c"connection refused"
  def format_error(:econnreset), do: ~c"connection reset by peer"
  def format_error(:econnaborted), do: ~c"software caused connection abort"
  def format_error(:etimedout), do: ~c"connection timed out"
  def format_error(:ealready), do: ~c"operation already in progress"
  def format_error(:einprogress), do: ~c"operation now in progress"
  def format_error(:eisconn), do: ~c"socket is already connected"
  def format_error(:emsgsize), do: ~c"message too long"
  def format_error(:enetunreach), do: ~c"network is unreachable"
  def format_error(:enetdown), do: ~c"network is down"
  def format_error(:enobufs), do: ~c"no buffer space available"
  def format_error(:enotsock), do: ~c"socket operation on non-socket"
  def format_error(:eopnotsupp), do: ~c"operation not supported on socket"
  def format_error(:enoprotoopt), do: ~c"protocol not available"
  def format_error(:eprotonosupport), do: ~c"protocol not supported"
  def format_error(:edestaddrreq), do: ~c"destination address required"
  def format_error(:ehostdown), do: ~c"host is down"
  def format_error(:eshutdown), do: ~c"can't send after socket shutdown"
  def format_error(reason) when is_atom(reason), do: :file.format_error(reason)
  def format_error(_), do: ~c"unknown POSIX error"
end
