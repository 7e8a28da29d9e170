denied = fn fun, grants ->
  case Phial.Budget.run(fun, capabilities: grants) do
    {:error, {%Phial.CapabilityError{} = error, _}} -> {error.capability, error.target}
    other -> other
  end
end

# case: files by directory
directory = Path.join(System.tmp_dir!(), "phial_capabilities_#{System.pid()}")
File.mkdir_p!(Path.join(directory, "in"))
File.write!(Path.join(directory, "in/a"), "inside")
File.write!(Path.join(directory, "b"), "outside")
File.ln_s!(Path.join(directory, "b"), Path.join(directory, "in/link"))
read = ["read:" <> Path.join(directory, "in")]
IO.inspect(denied.(fn -> File.read(Path.join(directory, "in/a")) end, read))  # expect: {:ok, {:ok, "inside"}}
IO.inspect(denied.(fn -> File.read(Path.join(directory, "b")) end, read) |> elem(0))  # expect: :read
IO.inspect(denied.(fn -> File.read(Path.join(directory, "in/../b")) end, read) |> elem(0))  # expect: :read
IO.inspect(denied.(fn -> File.read(Path.join(directory, "in/link")) end, read) |> elem(0))  # expect: :read
IO.inspect(denied.(fn -> File.read(Path.join(directory, "in_not/a")) end, read) |> elem(0))  # expect: :read
IO.inspect(denied.(fn -> File.write(Path.join(directory, "in/a"), "x") end, read) |> elem(0))  # expect: :write
IO.inspect(denied.(fn -> File.open(Path.join(directory, "in/a"), [:write]) end, read) |> elem(0))  # expect: :write
IO.inspect(denied.(fn -> File.ls!(Path.join(directory, "in")) |> Enum.sort() end, read))  # expect: {:ok, ["a", "link"]}
write = ["write:" <> Path.join(directory, "in")]
IO.inspect(denied.(fn -> File.write(Path.join(directory, "in/new"), "x") end, write))  # expect: {:ok, :ok}
IO.inspect(denied.(fn -> File.read(Path.join(directory, "in/new")) end, write) |> elem(0))  # expect: :read
both = read ++ write
IO.inspect(denied.(fn -> File.ln_s(Path.join(directory, "b"), Path.join(directory, "in/other")) end, both) |> elem(0))  # expect: :read
IO.inspect(denied.(fn -> File.rename(Path.join(directory, "in/new"), Path.join(directory, "c")) end, both) |> elem(0))  # expect: :write
File.rm_rf!(directory)

# case: the message says how to grant it
{:error, {error, _}} = Phial.Budget.run(fn -> File.read("/etc/hosts") end, capabilities: [])
IO.puts(Exception.message(error))  # expect: reading /etc/hosts is not allowed here. It takes the capability "read:/etc/hosts", which the host grants (phial_config.grants, or phial --allow-read /etc/hosts)
{:error, {error, _}} = Phial.Budget.run(fn -> System.cmd("true", []) end, capabilities: [])
IO.puts(Exception.message(error))  # expect: starting programs is not allowed here. It takes the capability "run", which the host grants (phial_config.grants, or phial --allow-run)

# case: the environment by name
System.put_env("PHIAL_CASE", "1")
IO.inspect(denied.(fn -> System.get_env("PHIAL_CASE") end, ["env:PHIAL_CASE"]))  # expect: {:ok, "1"}
IO.inspect(denied.(fn -> System.get_env("HOME") end, ["env:PHIAL_CASE"]))  # expect: {:env, "HOME"}
IO.inspect(denied.(fn -> System.get_env() end, ["env:PHIAL_CASE"]))  # expect: {:env, nil}
IO.inspect(denied.(fn -> System.put_env("PHIAL_CASE", "2") end, []))  # expect: {:env, "PHIAL_CASE"}

# case: programs, signals, halting, clocks
IO.inspect(denied.(fn -> System.cmd("true", []) end, []))  # expect: {:run, nil}
IO.inspect(denied.(fn -> System.cmd("true", []) |> elem(1) end, ["run", "read:/", "env"]))  # expect: {:ok, 0}
IO.inspect(denied.(fn -> System.halt(3) end, []))  # expect: {:halt, nil}
IO.inspect(denied.(fn -> System.monotonic_time(:nanosecond) |> rem(10_000_000) end, []))  # expect: {:ok, 0}
IO.inspect(denied.(fn -> :persistent_term.put(:k, 1) end, []))  # expect: {:persistent, nil}

# case: the network by address
{:ok, listener} = :gen_tcp.listen(0, [:binary, active: false, ip: {127, 0, 0, 1}])
{:ok, port} = :inet.port(listener)
connect = fn -> with {:ok, socket} <- :gen_tcp.connect({127, 0, 0, 1}, port, [:binary, active: false]), do: :gen_tcp.close(socket) end
IO.inspect(denied.(connect, ["connect:127.0.0.1:#{port}"]))  # expect: {:ok, :ok}
IO.inspect(denied.(connect, ["connect:127.0.0.1:*"]))  # expect: {:ok, :ok}
IO.inspect(denied.(connect, ["connect:127.0.0.1:1"]) == {:connect, "127.0.0.1:#{port}"})  # expect: true
IO.inspect(denied.(fn -> with {:ok, s} <- :gen_tcp.connect(~c"localhost", port, []), do: :gen_tcp.close(s) end, ["connect:localhost:*"]))  # expect: {:ok, :ok}
IO.inspect(denied.(fn -> :gen_tcp.connect(~c"localhost", port, []) end, ["connect:127.0.0.1:*"]))  # expect: {:dns, nil}
IO.inspect(denied.(fn -> :gen_tcp.listen(0, []) end, []) |> elem(0))  # expect: :listen
IO.inspect(denied.(fn -> with {:ok, s} <- :gen_tcp.listen(0, []), do: :gen_tcp.close(s) end, ["listen:*:*"]))  # expect: {:ok, :ok}

# case: modules
IO.inspect(denied.(fn -> Code.eval_string("defmodule CaseNew do def f, do: 1 end; CaseNew.f()") |> elem(0) end, ["define"]))  # expect: {:ok, 1}
IO.inspect(denied.(fn -> Code.eval_string("defmodule CaseOther do end") end, []))  # expect: {:define, nil}
IO.inspect(denied.(fn -> Code.eval_string("defmodule Enum do end") end, ["define"]))  # expect: {:code, nil}
IO.inspect(denied.(fn -> :code.purge(Enum) end, ["define"]))  # expect: {:code, nil}
IO.inspect(Enum.map([1], &(&1 + 1)))  # expect: [2]

# case: other processes
me = self()
IO.inspect(denied.(fn -> Process.exit(me, :kill) end, []))  # expect: {:control, nil}
IO.inspect(denied.(fn -> Process.info(me, :messages) end, []))  # expect: {:observe, nil}
IO.inspect(denied.(fn -> Process.link(me) end, []))  # expect: {:control, nil}
IO.inspect(denied.(fn -> :erlang.trace(:all, true, [:send]) end, []))  # expect: {:observe, nil}
IO.inspect(denied.(fn -> Process.unregister(:user) end, []))  # expect: {:control, nil}
{:ok, true} = denied.(fn -> pid = spawn(fn -> Process.sleep(:infinity) end); Process.exit(pid, :kill) end, [])
{:ok, _} = denied.(fn -> send(me, :hello) end, [])
receive do message -> IO.inspect(message) end  # expect: :hello

# case: never wider than around it
IO.inspect(denied.(fn -> denied.(fn -> File.read("/etc/hosts") end, ["read:/"]) end, []))  # expect: {:ok, {:read, "/etc/hosts"}}

# case: unknown grants are told
try do
  Phial.Budget.run(fn -> 1 end, capabilities: ["everything"])
rescue
  error in ArgumentError -> IO.puts(Exception.message(error))  # expect: the grant "everything" says nothing known
end

# case: what a tree puts in the library's persistent terms is its own
at_exit = fn -> :persistent_term.get({System, :at_exit}, []) end
before = at_exit.()
IO.inspect(denied.(fn -> System.at_exit(fn _ -> IO.puts("escaped") end); length(at_exit.()) end, []))  # expect: {:ok, 1}
IO.inspect(at_exit.() == before)  # expect: true
IO.inspect(to_string(1))  # expect: "1"
IO.inspect(denied.(fn -> :persistent_term.put({Protocol, String.Chars, :integer}, Evil); :persistent_term.get({Protocol, String.Chars, :integer}) end, []))  # expect: {:ok, Evil}
IO.inspect(:persistent_term.get({Protocol, String.Chars, :integer}, String.Chars.Integer))  # expect: String.Chars.Integer

# case: ... which ends with it, and holds for the trees in it
:persistent_term.put({URI, :port, "phial"}, 1)
IO.inspect(denied.(fn ->
  URI.default_port("phial", 2)
  inner = fn -> URI.default_port("phial", 3); :persistent_term.erase({URI, :port, "other"}); {URI.default_port("phial"), URI.default_port("other")} end
  URI.default_port("other", 4)
  {Phial.Budget.run(inner, capabilities: []), URI.default_port("phial"), URI.default_port("other")}
end, []))  # expect: {:ok, {{:ok, {3, nil}}, 2, 4}}
IO.inspect(URI.default_port("phial"))  # expect: 1
IO.inspect(URI.default_port("other"))  # expect: nil
# The value holds a binary that is charged to the tree itself.
IO.inspect(denied.(fn -> URI.default_port("big", 5); :persistent_term.put({URI, :port, "big"}, String.duplicate("x", 100_000)); byte_size(URI.default_port("big")) end, []))  # expect: {:ok, 100000}
IO.inspect(denied.(fn -> {:persistent_term.erase({URI, :port, "phial"}), :persistent_term.erase({URI, :port, "phial"}), :persistent_term.get({URI, :port, "phial"}, :gone), List.keymember?(:persistent_term.get(), {URI, :port, "phial"}, 0)} end, []))  # expect: {:ok, {true, false, :gone, false}}
IO.inspect(denied.(fn -> :persistent_term.put({URI, :port, "phial"}, 9) end, ["persistent"]))  # expect: {:ok, :ok}
IO.inspect(URI.default_port("phial"))  # expect: 9

# case: ... and is paid for from its budget
flood = fn -> for n <- Stream.iterate(1, &(&1 + 1)), do: :persistent_term.put({Protocol, n}, Enum.to_list(1..100)) end
IO.inspect(Phial.Budget.run(flood, capabilities: [], memory: 5_000_000))  # expect: {:error, {:budget, :memory}}

# case: a grant for any host includes its name
{:ok, listener} = :gen_tcp.listen(0, [:binary, active: false, ip: {127, 0, 0, 1}])
{:ok, port} = :inet.port(listener)
named = fn name -> fn -> with {:ok, s} <- :gen_tcp.connect(name, port, []), do: :gen_tcp.close(s) end end
IO.inspect(denied.(named.(~c"localhost"), ["connect:*:#{port}"]))  # expect: {:ok, :ok}
IO.inspect(denied.(named.(~c"localhost"), ["connect:*"]))  # expect: {:ok, :ok}
IO.inspect(denied.(named.(~c"LocalHost"), ["connect:localhost:#{port}"]))  # expect: {:ok, :ok}
IO.inspect(denied.(named.(~c"localhos"), ["connect:localhost:#{port}"]))  # expect: {:dns, nil}
IO.inspect(denied.(named.(~c"localhost"), ["connect:localhost:#{port + 1}"]) == {:connect, "127.0.0.1:#{port}"})  # expect: true
IO.inspect(denied.(fn -> :gen_udp.open(0) |> elem(1) |> :gen_udp.send(~c"localhost", port, "x") end, ["listen:*", "connect:localhost:*"]))  # expect: {:ok, :ok}

# case: a tree runs nothing in processes outside
{:ok, server} = GenServer.start(Agent.Server, fn -> 1 end)
IO.inspect(denied.(fn -> :sys.replace_state(server, fn _ -> 2 end) end, []))  # expect: {:control, nil}
IO.inspect(denied.(fn -> Process.send_after(server, {:system, {self(), make_ref()}, :suspend}, 1) end, []))  # expect: {:control, nil}
IO.inspect(:sys.get_state(server))  # expect: 1
IO.inspect(denied.(fn -> :sys.get_state(server) end, ["control"]))  # expect: {:ok, 1}
IO.inspect(denied.(fn -> {:ok, own} = Agent.start(fn -> 3 end); :sys.get_state(own) end, []))  # expect: {:ok, 3}
device = Process.group_leader()
request = fn request -> fn -> send(device, {:io_request, self(), make_ref(), request}); :sent end end
IO.inspect(denied.(request.({:put_chars, :unicode, System, :get_env, ["HOME"]}), []))  # expect: {:control, nil}
IO.inspect(denied.(request.({:requests, [{:put_chars, :unicode, ""}, {:put_chars, :unicode, System, :get_env, ["HOME"]}]}), []))  # expect: {:control, nil}
IO.inspect(denied.(request.({:get_until, :unicode, "", System, :get_env, []}), []))  # expect: {:control, nil}
IO.inspect(denied.(fn -> IO.gets("> ") end, []))  # expect: {:terminal, nil}
IO.inspect(denied.(fn -> :io.fread(~c"", ~c"~d") end, []))  # expect: {:terminal, nil}
IO.inspect(denied.(fn -> {:ok, text} = StringIO.open("mine"); IO.read(text, :line) end, []))  # expect: {:ok, "mine"}
IO.inspect(denied.(fn -> :io.format("~s~n", ["printed"]) end, []))  # expect: printed
                                                                     # expect: {:ok, :ok}
Application.ensure_loaded(:runtime_tools)
IO.inspect(denied.(fn -> :application.load({:application, :mine, [mod: {Mine, []}]}) end, []))  # expect: {:control, nil}
IO.inspect(denied.(fn -> Application.ensure_all_started(:logger) end, []))  # expect: {:ok, {:ok, []}}

# case: ports of others are out of reach
port = Port.open({:spawn, "cat"}, [:binary])
me = self()
IO.inspect(denied.(fn -> Port.command(port, "x") end, []))  # expect: {:control, nil}
IO.inspect(denied.(fn -> send(port, {me, {:command, "x"}}); send(port, {me, :close}); :sent end, []))  # expect: {:ok, :sent}
IO.inspect(denied.(fn -> Process.exit(port, :kill) end, []))  # expect: {:control, nil}
IO.inspect(denied.(fn -> Process.link(port) end, []))  # expect: {:control, nil}
send(port, {me, {:command, "mine"}})
IO.inspect(receive do {^port, {:data, data}} -> data after 5000 -> :nothing end)  # expect: "mine"
IO.inspect(denied.(fn -> own = Port.open({:spawn, "cat"}, [:binary]); send(own, {self(), {:command, "own"}}); receive do {^own, {:data, data}} -> data end end, ["run", "read:/"]))  # expect: {:ok, "own"}
