# What the observer's page asks for, asked as the page asks it.
defmodule Ask do
  def address do
    {:ok, address} = Phial.Observer.open()
    address
  end

  def get(path, host \\ "127.0.0.1") do
    uri = URI.parse(address())
    request("GET #{uri.path}#{path} HTTP/1.1\r\nhost: #{host}\r\n\r\n", uri.port)
  end

  def post(path, term) do
    uri = URI.parse(address())
    body = JSON.encode!(term)
    request("POST #{uri.path}#{path} HTTP/1.1\r\nhost: localhost:#{uri.port}\r\ncontent-length: #{byte_size(body)}\r\n\r\n#{body}", uri.port)
  end

  def request(text, port) do
    {:ok, socket} = :gen_tcp.connect({127, 0, 0, 1}, port, [:binary, active: false])
    :ok = :gen_tcp.send(socket, text)
    answer = read(socket, "")
    :gen_tcp.close(socket)
    answer
  end

  defp read(socket, buffer) do
    with [head, body] <- String.split(buffer, "\r\n\r\n", parts: 2),
         [_, length] <- Regex.run(~r/content-length: (\d+)/, head),
         true <- byte_size(body) >= String.to_integer(length) do
      status = head |> String.split(" ") |> Enum.at(1) |> String.to_integer()
      {status, if(head =~ "application/json", do: JSON.decode!(body), else: body)}
    else
      _ ->
        {:ok, more} = :gen_tcp.recv(socket, 0, 5_000)
        read(socket, buffer <> more)
    end
  end
end

# case: the page and its parts are served
{200, page} = Ask.get("")
IO.puts(page =~ "Phial observer")                                   # expect: true
IO.inspect(for name <- ["style.css", "app.js", "charts.js"], do: elem(Ask.get(name), 0))   # expect: [200, 200, 200]
IO.inspect(elem(Ask.get("other.js"), 0))                            # expect: 404
:ok = :observer.stop()

# case: start says where, and says it again
IO.inspect(:observer.start())                                       # expect: :ok
IO.inspect(:observer.start())                                       # expect: :ok
# expect error: observer: http://127.0.0.1:
# expect error: observer: http://127.0.0.1:
# expect status: 0
{:ok, address} = Phial.Observer.open()
IO.puts(address =~ ~r"^http://127\.0\.0\.1:\d+/[\w-]{22}/$")        # expect: true
IO.inspect(:observer.stop())                                        # expect: :ok
IO.inspect(Process.whereis(Phial.Observer))                         # expect: nil

# case: a wrong token, a wrong host, a broken request
{200, _} = Ask.get("")
uri = URI.parse(Ask.address())
IO.inspect(elem(Ask.get("", "evil.example"), 0))                                                       # expect: 403
IO.inspect(elem(Ask.request("GET /wrong/ HTTP/1.1\r\nhost: localhost\r\n\r\n", uri.port), 0))          # expect: 404
IO.inspect(elem(Ask.request("rubbish\r\n\r\n", uri.port), 0))                                          # expect: 400
IO.inspect(elem(Ask.request("GET / HTTP/1.1\r\n" <> String.duplicate("a: b\r\n", 4000) <> "\r\n", uri.port), 0))  # expect: 403
IO.inspect(elem(Ask.request("PUT #{uri.path} HTTP/1.1\r\nhost: localhost\r\n\r\n", uri.port), 0))      # expect: 405
:observer.stop()

# case: a port in use is told
{:ok, socket} = :gen_tcp.listen(0, ip: {127, 0, 0, 1})
{:ok, port} = :inet.port(socket)
IO.inspect(:observer.start(port: port))     # expect: {:error, :eaddrinuse}
IO.puts("goes on")                          # expect: goes on
# expect error: it is in use
# expect status: 0

# case: the overview
{200, overview} = Ask.get("api/overview")
IO.inspect(overview["process_count"] > 3)            # expect: true
IO.inspect(is_integer(overview["memory"]["total"]))  # expect: true
Process.sleep(1_100)
{200, %{"series" => [sample | _]}} = Ask.get("api/overview")
IO.puts(Enum.join(Enum.sort(Map.keys(sample)), " "))  # expect: at collections input memory output processes reductions run_queue
:observer.stop()

# case: the table sorts, filters and pages
for n <- 1..500, do: spawn(fn -> Process.register(self(), :"worker_#{n}"); Process.sleep(:infinity) end)
Process.sleep(50)
{200, all} = Ask.get("api/processes?sort=memory&limit=20")
IO.inspect({length(all["rows"]), all["total"] > 500})                                   # expect: {20, true}
memories = Enum.map(all["rows"], & &1["memory"])
IO.inspect(memories == Enum.sort(memories, :desc))                                      # expect: true
{200, some} = Ask.get("api/processes?sort=name&order=asc&filter=worker_49")
IO.inspect({some["matching"], hd(some["rows"])["name"]})                                # expect: {11, ":worker_49"}
{200, page} = Ask.get("api/processes?sort=name&order=asc&filter=worker_49&offset=10&limit=10")
IO.inspect(Enum.map(page["rows"], & &1["name"]))                                        # expect: [":worker_499"]
:observer.stop()

# case: the details of a process, and what can be done to it
defmodule Counter do
  use GenServer
  def init(n), do: {:ok, n}
  def handle_info(:more, n), do: {:noreply, n + 1}
end
{:ok, counter} = GenServer.start(Counter, 41, name: :counter)
id = counter |> :erlang.pid_to_list() |> List.to_string()
{200, details} = Ask.get("api/process?pid=" <> URI.encode_www_form(id))
IO.inspect({details["name"], details["initial"], details["otp"]})         # expect: {":counter", "Counter.init/1", true}
{200, %{"sent" => ":more"}} = Ask.post("api/send", %{pid: id, message: ":more"})
{200, state} = Ask.get("api/state?pid=" <> URI.encode_www_form(id))
IO.inspect(state)                                                         # expect: %{"state" => "42"}
{200, _} = Ask.post("api/suspend", %{pid: id})
{200, suspended} = Ask.get("api/process?pid=" <> URI.encode_www_form(id))
IO.inspect(suspended["status"])                                           # expect: "suspended"
reference = Process.monitor(counter)
{200, _} = Ask.post("api/kill", %{pid: id})
receive do {:DOWN, ^reference, _, _, reason} -> IO.inspect(reason) end    # expect: :killed
{200, gone} = Ask.get("api/process?pid=" <> URI.encode_www_form(id))
IO.inspect(gone["gone"])                                                  # expect: true
IO.inspect(elem(Ask.get("api/process?pid=nonsense"), 0))                  # expect: 400
IO.inspect(elem(Ask.get("api/nothing"), 0))                               # expect: 404
:observer.stop()

# case: the supervision tree, a step at a time
children = [{Agent, fn -> 1 end}, %{id: :inner, type: :supervisor, start: {Supervisor, :start_link, [[{Agent, fn -> 2 end}], [strategy: :one_for_one]]}}]
{:ok, top} = Supervisor.start_link(children, strategy: :one_for_one, name: Top)
{200, roots} = Ask.get("api/tree")
root = Enum.find(roots, &(&1["name"] == "Top"))
IO.inspect(root["supervisor"])                                                                  # expect: true
{200, below} = Ask.get("api/children?pid=" <> URI.encode_www_form(root["pid"]))
IO.inspect(Enum.map(below["children"], &{&1["id"], &1["supervisor"]}))                          # expect: [{"Agent", false}, {":inner", true}]
{200, graph} = Ask.get("api/graph?pid=" <> URI.encode_www_form(root["pid"]))
IO.inspect(length(graph["nodes"]) >= 3)                                                         # expect: true
# A child that is killed from the page comes back with another pid.
old = hd(below["children"])["pid"]
{200, _} = Ask.post("api/kill", %{pid: old})
Process.sleep(50)
{200, again} = Ask.get("api/children?pid=" <> URI.encode_www_form(root["pid"]))
IO.inspect({length(again["children"]), hd(again["children"])["pid"] != old})                    # expect: {2, true}
Supervisor.stop(top)
:observer.stop()

# case: tables, names, modules, timers and ports
:ets.new(:fruit, [:named_table]) |> :ets.insert([{:apple, 1}, {:pear, 2}])
Process.send_after(self(), :late, 60_000)
{200, tables} = Ask.get("api/tables")
table = Enum.find(tables, &(&1["name"] == ":fruit"))
IO.inspect(table["size"])                                                                       # expect: 2
{200, rows} = Ask.get("api/rows?table=" <> URI.encode_www_form(table["id"]))
IO.inspect(Enum.sort(rows["rows"]))                                                             # expect: ["{:apple, 1}", "{:pear, 2}"]
{200, names} = Ask.get("api/names")
IO.inspect(Enum.any?(names, &(&1["name"] == "Phial.Observer")))                                 # expect: true
{200, [module]} = Ask.get("api/modules?filter=phial.observer.http")
{200, functions} = Ask.get("api/module?name=" <> module["name"])
IO.inspect(Enum.any?(functions["functions"], &(&1["name"] == "parse" and &1["arity"] == 1)))    # expect: true
{200, code} = Ask.get("api/code?module=#{module["name"]}&name=parse&arity=1")
IO.inspect(code["text"] =~ "call")                                                              # expect: true
{200, timers} = Ask.get("api/timers")
IO.inspect(Enum.any?(timers, &(&1["message"] == ":late" and &1["milliseconds"] > 50_000)))      # expect: true
{200, ports} = Ask.get("api/ports")
IO.inspect(length(ports) >= 2)                                                                  # expect: true
:observer.stop()

# case: the messages of watched processes
server = spawn(fn ->
  loop = fn loop -> receive do {from, n} -> send(from, {:answer, n}); loop.(loop) end end
  loop.(loop)
end)
id = server |> :erlang.pid_to_list() |> List.to_string()
{200, %{"ok" => true}} = Ask.post("api/watch", %{pids: [id]})
send(server, {self(), 7})
receive do {:answer, 7} -> :ok end
Process.sleep(50)
{200, flow} = Ask.get("api/flow?since=0")
me = self() |> :erlang.pid_to_list() |> List.to_string()
IO.inspect(flow["watched"] == [id])                                                       # expect: true
IO.inspect(for event <- flow["events"], do: {event["from"] == id, event["to"] == id})     # expect: [false: true, true: false]
IO.inspect(List.last(flow["events"])["text"])                                             # expect: "{:answer, 7}"
IO.inspect(List.last(flow["events"])["to"] == me)                                         # expect: true
:observer.stop()

# case: a message between two watched processes is one event
echo = spawn(fn ->
  loop = fn loop -> receive do {from, n} -> send(from, n); loop.(loop) end end
  loop.(loop)
end)
asker = spawn(fn -> for n <- [1, 1], do: (receive do :go -> send(echo, {self(), n}) end; receive do ^n -> :ok end); Process.sleep(:infinity) end)
ids = for pid <- [echo, asker], do: pid |> :erlang.pid_to_list() |> List.to_string()
{200, _} = Ask.post("api/watch", %{pids: ids})
send(asker, :go)
send(asker, :go)
Process.sleep(100)
{200, flow} = Ask.get("api/flow?since=0")
outside = Enum.count(flow["events"], &(&1["from"] == nil))
IO.inspect({outside, length(flow["events"]) - outside})                                   # expect: {2, 4}
:observer.stop()

# case: a profile finds what works
defmodule Busy do
  def spin(n), do: spin(work(n))
  defp work(n), do: Enum.reduce(1..100, n, &rem(&1 * 7 + &2, 1_000_003))
end
worker = spawn(fn -> Busy.spin(1) end)
{200, profile} = Ask.get("api/profile?milliseconds=300")
IO.inspect(profile["samples"] > 0)                                   # expect: true
names = fn names, node -> [node["name"] | Enum.flat_map(node["children"], &names.(names, &1))] end
IO.inspect(Enum.any?(names.(names, profile["root"]), &String.starts_with?(&1, "Busy.")))   # expect: true
Process.exit(worker, :kill)
:observer.stop()

# case: the terminal's picture
text = IO.iodata_to_binary(Phial.Observer.Terminal.screen(%{view: :processes, sort: "memory", last: Phial.Observer.Metrics.raw()}, Phial.Observer.Metrics.raw()))
IO.inspect(text =~ "run queue")           # expect: true
IO.inspect(text =~ "current function")    # expect: true
