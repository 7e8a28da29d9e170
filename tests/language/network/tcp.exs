defmodule Pair do
  # Two ends of a connection: {client, server}.
  def open(client_options \\ [], server_options \\ []) do
    {:ok, listener} = :gen_tcp.listen(0, [:binary, active: false, ip: {127, 0, 0, 1}] ++ server_options)
    {:ok, port} = :inet.port(listener)
    {:ok, client} = :gen_tcp.connect({127, 0, 0, 1}, port, [:binary, active: false] ++ client_options)
    {:ok, server} = :gen_tcp.accept(listener)
    :gen_tcp.close(listener)
    {client, server}
  end
end

# case: tcp: an echo server with 200 clients at once
defmodule Echo do
  def accept(listener) do
    {:ok, socket} = :gen_tcp.accept(listener)
    pid = spawn(fn -> receive do :go -> echo(socket) end end)
    :ok = :gen_tcp.controlling_process(socket, pid)
    send(pid, :go)
    accept(listener)
  end

  defp echo(socket) do
    case :gen_tcp.recv(socket, 0) do
      {:ok, data} -> :ok = :gen_tcp.send(socket, data); echo(socket)
      {:error, :closed} -> :gen_tcp.close(socket)
    end
  end
end

{:ok, listener} = :gen_tcp.listen(0, [:binary, active: false, backlog: 256, ip: {127, 0, 0, 1}])
{:ok, port} = :inet.port(listener)
spawn_link(fn -> Echo.accept(listener) end)

results =
  1..200
  |> Enum.map(fn i ->
    Task.async(fn ->
      {:ok, socket} = :gen_tcp.connect({127, 0, 0, 1}, port, [:binary, active: false])
      answers = for j <- 1..5 do
        message = String.duplicate("#{i}-#{j};", 50)
        :ok = :gen_tcp.send(socket, message)
        :gen_tcp.recv(socket, byte_size(message)) == {:ok, message}
      end
      :gen_tcp.close(socket)
      Enum.all?(answers)
    end)
  end)
  |> Task.await_many(20_000)
IO.inspect {length(results), Enum.all?(results)}
# expect: {200, true}

# case: tcp: lengths, timeouts and the end of a passive connection
{client, server} = Pair.open()
IO.inspect :gen_tcp.recv(client, 0, 20)
:ok = :gen_tcp.send(server, ["hello", ?!, [" world"]])
IO.inspect :gen_tcp.recv(client, 5)
IO.inspect :gen_tcp.recv(client, 7)
:ok = :gen_tcp.send(server, "abc")
IO.inspect :gen_tcp.recv(client, 6, 30)
:ok = :gen_tcp.send(server, "def")
IO.inspect :gen_tcp.recv(client, 6, 1000)
test = self()
waiter = spawn(fn -> send(test, {:other, :gen_tcp.recv(client, 0)}) end)
Process.sleep(50)
IO.inspect :gen_tcp.recv(client, 0, 50)
:gen_tcp.send(server, "x")
IO.inspect(receive do {:other, answer} -> answer end)
:gen_tcp.send(server, "last")
:gen_tcp.close(server)
IO.inspect :gen_tcp.recv(client, 0)
IO.inspect :gen_tcp.recv(client, 0)
IO.inspect :gen_tcp.send(client, "x")
IO.inspect :gen_tcp.close(client)
IO.inspect {:gen_tcp.recv(client, 0), :gen_tcp.send(client, "x"), :inet.port(client), Port.info(client), Process.alive?(waiter)}
# expect: {:error, :timeout}
# expect: {:ok, "hello"}
# expect: {:ok, "! world"}
# expect: {:error, :timeout}
# expect: {:ok, "abcdef"}
# expect: {:error, :ealready}
# expect: {:ok, "x"}
# expect: {:ok, "last"}
# expect: {:error, :closed}
# expect: {:error, :closed}
# expect: :ok
# expect: {{:error, :closed}, {:error, :closed}, {:error, :einval}, nil, false}

# case: tcp: active modes
defmodule Show do
  def next(socket) do
    receive do
      {kind, ^socket, data} -> {kind, data}
      {kind, ^socket} -> kind
    after
      100 -> :nothing
    end
  end
end

{client, server} = Pair.open()
:ok = :inet.setopts(client, active: :once)
:gen_tcp.send(server, "one")
IO.inspect Show.next(client)
:gen_tcp.send(server, "two")
IO.inspect {Show.next(client), :inet.getopts(client, [:active])}
:inet.setopts(client, active: :once)
IO.inspect Show.next(client)
:inet.setopts(client, active: 2)
IO.inspect :gen_tcp.recv(client, 0)
for text <- ["a", "b"] do
  :gen_tcp.send(server, text)
  IO.inspect Show.next(client)
end
IO.inspect Show.next(client)
:gen_tcp.send(server, "c")
IO.inspect {Show.next(client), :gen_tcp.recv(client, 0)}
:inet.setopts(client, active: true, mode: :list)
:gen_tcp.send(server, "d")
{:tcp, list} = Show.next(client)
IO.inspect {is_list(list), List.to_string(list)}
IO.inspect {:inet.setopts(client, active: :sometimes), :inet.setopts(client, nonsense: 1), :inet.setopts(client, active: 40000)}
:gen_tcp.close(server)
IO.inspect {Show.next(client), Port.info(client), :inet.setopts(client, active: true)}
# expect: {:tcp, "one"}
# expect: {:nothing, {:ok, [active: false]}}
# expect: {:tcp, "two"}
# expect: {:error, :einval}
# expect: {:tcp, "a"}
# expect: {:tcp, "b"}
# expect: :tcp_passive
# expect: {:nothing, {:ok, "c"}}
# expect: {true, "d"}
# expect: {{:error, :einval}, {:error, :einval}, {:error, :einval}}
# expect: {:tcp_closed, nil, {:error, :einval}}

# case: tcp: packets with a length
for size <- [1, 2, 4] do
  {client, server} = Pair.open([packet: size], packet: 0)
  :ok = :gen_tcp.send(client, "abc")
  :ok = :gen_tcp.send(client, "")
  IO.inspect :gen_tcp.recv(server, 2 * size + 3)
  :ok = :gen_tcp.send(server, <<5::size(size)-unit(8), "he">>)
  IO.inspect :gen_tcp.recv(client, 0, 20)
  :ok = :gen_tcp.send(server, <<"llo", 1::size(size)-unit(8), "x", 0::size(size)-unit(8)>>)
  IO.inspect {:gen_tcp.recv(client, 0), :gen_tcp.recv(client, 0), :gen_tcp.recv(client, 0)}
  :inet.setopts(client, packet_size: 10)
  :gen_tcp.send(server, <<11::size(size)-unit(8), "hello world">>)
  IO.inspect :gen_tcp.recv(client, 0)
end
# expect: {:ok, <<3, 97, 98, 99, 0>>}
# expect: {:error, :timeout}
# expect: {{:ok, "hello"}, {:ok, "x"}, {:ok, ""}}
# expect: {:error, :emsgsize}
# expect: {:ok, <<0, 3, 97, 98, 99, 0, 0>>}
# expect: {:error, :timeout}
# expect: {{:ok, "hello"}, {:ok, "x"}, {:ok, ""}}
# expect: {:error, :emsgsize}
# expect: {:ok, <<0, 0, 0, 3, 97, 98, 99, 0, 0, 0, 0>>}
# expect: {:error, :timeout}
# expect: {{:ok, "hello"}, {:ok, "x"}, {:ok, ""}}
# expect: {:error, :emsgsize}

# case: tcp: lines and requests of HTTP
{client, server} = Pair.open(packet: :line)
:gen_tcp.send(server, "first\nsec")
IO.inspect :gen_tcp.recv(client, 0)
IO.inspect :gen_tcp.recv(client, 0, 20)
:gen_tcp.send(server, "ond\r\n\nrest")
:inet.setopts(client, active: true)
for _ <- 1..2, do: (receive do {:tcp, ^client, line} -> IO.inspect line end)
:gen_tcp.close(server)
receive do {:tcp, ^client, line} -> IO.inspect line; {:tcp_closed, _} -> IO.puts "closed" end
{client, server} = Pair.open(packet: :http_bin)
:gen_tcp.send(server, "GET /a?b=c HTTP/1.1\r\nHost: localhost\r\nx-token:  one\r\n two\r\nContent-length: 3\r\n\r\nxyz")
for _ <- 1..5, do: IO.inspect elem(:gen_tcp.recv(client, 0), 1)
:inet.setopts(client, packet: :raw)
IO.inspect :gen_tcp.recv(client, 0)
:inet.setopts(client, packet: :http_bin, active: :once)
:gen_tcp.send(server, "HTTP/1.0 404 Not Found\r\n")
receive do {:http, ^client, answer} -> IO.inspect answer end
IO.inspect :erlang.decode_packet(:line, "a\nb", [])
IO.inspect :erlang.decode_packet(4, <<0, 0, 0, 9, 1>>, [])
IO.inspect elem(:erlang.decode_packet(:http_bin, "POST http://host:80/x HTTP/1.1\r\n", []), 1)
IO.inspect :erlang.decode_packet(:httph_bin, "Accept: */*\r\n\r\n", [])
# expect: {:ok, "first\n"}
# expect: {:error, :timeout}
# expect: "second\r\n"
# expect: "\n"
# expect: closed
# expect: {:http_request, :GET, {:abs_path, "/a?b=c"}, {1, 1}}
# expect: {:http_header, 14, :Host, "Host", "localhost"}
# expect: {:http_header, 0, "X-Token", "x-token", "one\r\n two"}
# expect: {:http_header, 38, :"Content-Length", "Content-length", "3"}
# expect: :http_eoh
# expect: {:ok, "xyz"}
# expect: {:http_response, {1, 0}, 404, "Not Found"}
# expect: {:ok, "a\n", "b"}
# expect: {:more, 13}
# expect: {:http_request, :POST, {:absoluteURI, :http, "host", 80, "/x"}, {1, 1}}
# expect: {:ok, {:http_header, 8, :Accept, "Accept", "*/*"}, "\r\n"}

# case: tcp: one direction is shut, the other goes on
{client, server} = Pair.open([], exit_on_close: false)
:gen_tcp.send(client, "question")
:gen_tcp.shutdown(client, :write)
IO.inspect :gen_tcp.recv(server, 8)
IO.inspect :gen_tcp.recv(server, 0)
IO.inspect :gen_tcp.send(server, "answer")
:gen_tcp.close(server)
IO.inspect {:gen_tcp.recv(client, 0), :gen_tcp.recv(client, 0)}
IO.inspect :gen_tcp.send(client, "more")
# expect: {:ok, "question"}
# expect: {:error, :closed}
# expect: :ok
# expect: {{:ok, "answer"}, {:error, :closed}}
# expect: {:error, :closed}

# case: tcp: refused, in use, unknown, wrong
{:ok, listener} = :gen_tcp.listen(0, ip: {127, 0, 0, 1})
{:ok, port} = :inet.port(listener)
IO.inspect :gen_tcp.listen(port, ip: {127, 0, 0, 1})
IO.inspect :gen_tcp.accept(listener, 10)
:gen_tcp.close(listener)
IO.inspect :gen_tcp.accept(listener)
IO.inspect :gen_tcp.connect({127, 0, 0, 1}, port, [])
IO.inspect :gen_tcp.connect(~c"localhost", port, [], 1000)
IO.inspect :gen_tcp.connect(~c"no.such.host.invalid", port, [])
IO.inspect(try do :gen_tcp.connect({127, 0, 0, 1}, port, [:nonsense]) catch kind, reason -> {kind, reason} end)
IO.inspect(try do :gen_tcp.listen(0, nonsense: 1) catch kind, reason -> {kind, reason} end)
IO.inspect(try do :gen_tcp.send(:no_socket, "x") catch kind, reason -> {kind, reason} end)
# expect: {:error, :eaddrinuse}
# expect: {:error, :timeout}
# expect: {:error, :closed}
# expect: {:error, :econnrefused}
# expect: {:error, :econnrefused}
# expect: {:error, :nxdomain}
# expect: {:exit, :badarg}
# expect: {:exit, :badarg}
# expect: {:error, :function_clause}

# case: tcp: sockets end with their owner
Process.flag(:trap_exit, true)
{client, server} = Pair.open(active: true)
owner = spawn(fn -> receive do :stop -> :ok end end)
:ok = :gen_tcp.controlling_process(server, owner)
IO.inspect Port.info(server, :connected) == {:connected, owner}
IO.inspect :gen_tcp.controlling_process(server, self())
send(owner, :stop)
IO.inspect(receive do {kind, ^client} -> kind end)
IO.inspect(receive do {:EXIT, ^client, reason} -> reason after 50 -> :no_exit end)
# expect: true
# expect: {:error, :not_owner}
# expect: :tcp_closed
# expect: :no_exit

# case: tcp: a closed socket answers who waits, monitors and links
defmodule Closing do
  def run({client, server}) do
    monitor = Port.monitor(server)
    test = self()
    {:ok, reader} = Task.start(fn -> send(test, {:reader, :gen_tcp.recv(client, 0)}) end)
    Process.sleep(20)
    :gen_tcp.close(client)
    receive do {:reader, answer} -> IO.inspect answer end
    spawn(fn -> :gen_tcp.close(server) end)
    receive do {:EXIT, ^server, reason} -> IO.inspect reason end
    receive do {:DOWN, ^monitor, :port, ^server, reason} -> IO.inspect reason end
    IO.inspect {Process.alive?(reader), Port.list() -- [client, server] == Port.list()}
  end
end

Process.flag(:trap_exit, true)
Closing.run(Pair.open())
# expect: {:error, :closed}
# expect: :normal
# expect: :normal
# expect: {false, true}

# case: tcp: who waits for a connection hears of the close
Process.register(self(), :test)
{:ok, listener} = :gen_tcp.listen(0, [])
{:ok, acceptor} = Task.start(fn -> send(:test, {:acceptor, :gen_tcp.accept(listener)}) end)
Process.sleep(20)
:gen_tcp.close(listener)
IO.inspect(receive do {:acceptor, answer} -> {answer, Process.alive?(acceptor)} end)
IO.inspect(receive do message -> message after 0 -> :no_message end)
# expect: {{:error, :closed}, false}
# expect: :no_message

# case: tcp: who sends waits for who does not read
{client, server} = Pair.open(send_timeout: 50)
chunk = String.duplicate("x", 100_000)
fill = fn fill, n -> if :gen_tcp.send(client, chunk) == :ok, do: fill.(fill, n + 1), else: n end
sent = fill.(fill, 0)
IO.inspect sent > 0 and sent < 300
IO.inspect :gen_tcp.send(client, "more")
# The scheduler is free meanwhile; what was sent comes whole.
sender = Task.async(fn -> :inet.setopts(client, send_timeout: :infinity); :gen_tcp.send(client, chunk) end)
IO.inspect Task.yield(sender, 30)
drain = fn drain, n ->
  case :gen_tcp.recv(server, 0, 300) do
    {:ok, data} -> drain.(drain, n + byte_size(data))
    {:error, :timeout} -> n
  end
end
IO.inspect drain.(drain, 0) == (sent + 2) * 100_000 + 4
IO.inspect Task.await(sender)
# expect: true
# expect: {:error, :timeout}
# expect: nil
# expect: true
# expect: :ok

# case: tcp: a slow reader gets everything that was sent before the close
{client, server} = Pair.open()
data = :binary.copy("0123456789", 200_000)
spawn(fn -> Process.sleep(100); :ok end)
sender = Task.async(fn -> receive do :go -> :ok = :gen_tcp.send(server, data); :gen_tcp.close(server) end end)
:gen_tcp.controlling_process(server, sender.pid)
send(sender.pid, :go)
Process.sleep(50)
read = fn read, acc ->
  case :gen_tcp.recv(client, 0) do
    {:ok, part} -> read.(read, [acc | part])
    {:error, :closed} -> IO.iodata_to_binary(acc)
  end
end
IO.inspect read.(read, []) == data
IO.inspect Task.await(sender)
# expect: true
# expect: :ok

# case: tcp: messages that came go to the new owner
{client, server} = Pair.open(active: true)
:gen_tcp.send(server, "early")
Process.sleep(50)
test = self()
owner = spawn(fn -> receive do {:tcp, ^client, data} -> send(test, {:got, data}) end
                    receive do {:tcp, ^client, data} -> send(test, {:got, data}) end end)
:ok = :gen_tcp.controlling_process(client, owner)
:gen_tcp.send(server, "late")
for _ <- 1..2, do: (receive do {:got, data} -> IO.inspect data end)
# expect: "early"
# expect: "late"

# case: a reader hears of a connection that was reset while nobody read
{:ok, listener} = :gen_tcp.listen(0, [:binary, active: false, ip: {127, 0, 0, 1}])
{:ok, port} = :inet.port(listener)
{:ok, client} = :gen_tcp.connect({127, 0, 0, 1}, port, [:binary, active: false, linger: {true, 0}])
{:ok, server} = :gen_tcp.accept(listener)
:ok = :gen_tcp.send(client, "half a request")
IO.inspect(:gen_tcp.recv(server, 4, 2000))                         # expect: {:ok, "half"}
reader = Task.async(fn -> receive do: (:go -> :gen_tcp.recv(server, 100, 3000)) end)
:ok = :gen_tcp.close(client)
Process.sleep(100)
send(reader.pid, :go)
IO.inspect(Task.await(reader))                                     # expect: {:error, :closed}
