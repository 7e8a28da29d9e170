# case: udp: datagrams
{:ok, one} = :gen_udp.open(0, [:binary, ip: {127, 0, 0, 1}])
{:ok, two} = :gen_udp.open(0, [:binary, active: false, ip: {127, 0, 0, 1}])
{:ok, port_one} = :inet.port(one)
{:ok, port_two} = :inet.port(two)
IO.inspect :gen_udp.send(one, {127, 0, 0, 1}, port_two, "ping")
IO.inspect :gen_udp.recv(two, 0) == {:ok, {{127, 0, 0, 1}, port_one, "ping"}}
IO.inspect :gen_udp.send(two, ~c"localhost", port_one, ["po", "ng"])
receive do {:udp, ^one, ip, ^port_two, data} -> IO.inspect {ip, data} end
IO.inspect :gen_udp.recv(two, 0, 20)
IO.inspect :gen_udp.send(two, {{127, 0, 0, 1}, port_one}, "as a pair")
receive do {:udp, ^one, _, _, data} -> IO.inspect data end
IO.inspect :gen_udp.connect(two, {127, 0, 0, 1}, port_one)
IO.inspect :gen_udp.send(two, "connected")
receive do {:udp, ^one, _, _, data} -> IO.inspect data end
IO.inspect :gen_udp.recv(one, 0)
IO.inspect :gen_udp.open(port_one, ip: {127, 0, 0, 1})
:inet.setopts(one, active: 1, mode: :list)
:gen_udp.send(two, "last")
receive do {:udp, ^one, _, _, data} -> IO.puts data end
receive do {:udp_passive, ^one} -> IO.puts("passive") end
IO.inspect :inet.getstat(two, [:recv_cnt, :recv_oct, :send_cnt, :send_oct])
IO.inspect :gen_udp.close(two)
IO.inspect :gen_udp.send(two, {127, 0, 0, 1}, port_one, "x")
# expect: :ok
# expect: true
# expect: :ok
# expect: {{127, 0, 0, 1}, "pong"}
# expect: {:error, :timeout}
# expect: :ok
# expect: "as a pair"
# expect: :ok
# expect: :ok
# expect: "connected"
# expect: {:error, :einval}
# expect: {:error, :eaddrinuse}
# expect: last
# expect: passive
# expect: {:ok, [recv_cnt: 1, recv_oct: 4, send_cnt: 4, send_oct: 26]}
# expect: :ok
# expect: {:error, :closed}

# case: local: sockets of the Unix family
{:ok, listener} = :gen_tcp.listen(0, [:binary, active: false, ifaddr: {:local, "stream.sock"}])
IO.inspect {:inet.sockname(listener), :inet.port(listener)}
{:ok, client} = :gen_tcp.connect({:local, "stream.sock"}, 0, [:binary, active: false])
{:ok, server} = :gen_tcp.accept(listener)
:gen_tcp.send(client, "over a file")
IO.inspect :gen_tcp.recv(server, 0)
IO.inspect {:inet.peername(client), :inet.peername(server)}
IO.inspect :gen_tcp.connect({:local, "no.sock"}, 0, [])
{:ok, receiver} = :gen_udp.open(0, [:local, :binary, active: false, ifaddr: {:local, "datagram.sock"}])
{:ok, sender} = :gen_udp.open(0, [:local])
IO.inspect :gen_udp.send(sender, {:local, "datagram.sock"}, 0, "datagram")
IO.inspect :gen_udp.recv(receiver, 0)
# expect: {{:ok, {:local, "stream.sock"}}, {:ok, "stream.sock"}}
# expect: {:ok, "over a file"}
# expect: {{:ok, {:local, "stream.sock"}}, {:ok, {:local, ""}}}
# expect: {:error, :enoent}
# expect: :ok
# expect: {:ok, {{:unspec, ""}, 0, "datagram"}}

# case: inet: addresses and names
for text <- [~c"127.0.0.1", ~c"1.2", ~c"::1", ~c"fe80::1%lo", ~c"nonsense", ~c"1.2.3.4 "], do: IO.inspect :inet.parse_address(text)
IO.inspect {:inet.parse_strict_address(~c"1.2"), :inet.parse_ipv4strict_address(~c"1.2.3.4"), :inet.parse_address(5)}
IO.inspect :inet.parse_ipv6_address(~c"1.2.3.4")
for ip <- [{1, 2, 3, 4}, {0, 0, 0, 0, 0, 0, 0, 1}, {0x2001, 0xDB8, 0, 0, 1, 0, 0, 1}, {0, 0, 0, 0, 0, 0xFFFF, 0x102, 0x304}], do: IO.puts(:inet.ntoa(ip))
IO.inspect :inet.ntoa({1, 2})
IO.inspect {:inet.getaddr(~c"localhost", :inet), :inet.getaddr({1, 2, 3, 4}, :inet)}
IO.inspect {:inet.getaddr("localhost", :inet), :inet.getaddrs(:localhost, :inet)}
IO.inspect :inet.getaddr(~c"no.such.host.invalid", :inet)
{:ok, entry} = :inet.gethostbyname(~c"localhost")
IO.inspect {elem(entry, 0), List.to_string(elem(entry, 1)), elem(entry, 3), elem(entry, 5)}
for reason <- [:econnrefused, :eaddrinuse, :exbadport, :nxdomain, :timeout, :enoent], do: IO.puts :inet.format_error(reason)
{:ok, interfaces} = :inet.getifaddrs()
{_, loopback} = List.keyfind(interfaces, ~c"lo", 0)
IO.inspect {loopback[:addr], :loopback in loopback[:flags], loopback[:netmask]}
# expect: {:ok, {127, 0, 0, 1}}
# expect: {:ok, {1, 0, 0, 2}}
# expect: {:ok, {0, 0, 0, 0, 0, 0, 0, 1}}
# expect: {:ok, {65152, 0, 0, 0, 0, 0, 0, 1}}
# expect: {:error, :einval}
# expect: {:error, :einval}
# expect: {{:error, :einval}, {:ok, {1, 2, 3, 4}}, {:error, :einval}}
# expect: {:ok, {0, 0, 0, 0, 0, 65535, 258, 772}}
# expect: 1.2.3.4
# expect: ::1
# expect: 2001:db8::1:0:0:1
# expect: ::ffff:1.2.3.4
# expect: {:error, :einval}
# expect: {{:ok, {127, 0, 0, 1}}, {:ok, {1, 2, 3, 4}}}
# expect: {{:error, :einval}, {:ok, [{127, 0, 0, 1}]}}
# expect: {:error, :nxdomain}
# expect: {:hostent, "localhost", :inet, [{127, 0, 0, 1}]}
# expect: connection refused
# expect: address already in use
# expect: invalid port state
# expect: non-existing domain
# expect: unknown POSIX error
# expect: no such file or directory
# expect: {{127, 0, 0, 1}, true, {255, 0, 0, 0}}

# case: inet: ports and tables are counted
before = :erlang.system_info(:port_count)
{:ok, socket} = :gen_udp.open(0)
IO.inspect {:erlang.system_info(:port_count) - before, socket in :erlang.ports()}
IO.inspect Keyword.take(Port.info(socket), [:name, :connected, :os_pid]) == [name: ~c"udp_inet", connected: self(), os_pid: :undefined]
IO.inspect :inet.getopts(socket, [:active, :mode, :broadcast, :read_packets])
IO.inspect :inet.getopts(socket, [:nonsense])
tables = :erlang.system_info(:ets_count)
memory = :erlang.memory(:ets)
table = :ets.new(:t, [])
for i <- 1..10_000, do: :ets.insert(table, {i, "some text that takes room"})
IO.inspect {:erlang.system_info(:ets_count) - tables, :erlang.memory(:ets) - memory > 500_000}
binaries = :erlang.memory(:binary)
big = :binary.copy("x", 10_000_000)
holder = spawn(fn -> receive do _ -> :ok end end)
send(holder, :stop)
IO.inspect {:erlang.memory(:binary) - binaries > 9_900_000, byte_size(big)}
# expect: {1, true}
# expect: true
# expect: {:ok, [active: true, mode: :list, broadcast: false, read_packets: 5]}
# expect: {:error, :einval}
# expect: {1, true}
# expect: {true, 10000000}
