# case: ports: System.cmd gives output and status
IO.inspect System.cmd("echo", ["hi", "there"])
IO.inspect System.cmd("sh", ["-c", "echo out; echo err >&2; exit 3"], stderr_to_stdout: true)
IO.inspect System.cmd("pwd", [], cd: "/")
IO.inspect elem(System.cmd("sh", ["-c", "echo $PHIAL_X"], env: [{"PHIAL_X", "a b"}]), 0)
IO.inspect System.shell("echo $((1+2)) | tr 3 4")
IO.inspect System.cmd("sh", ["-c", "printf 'a\\nb'"], into: [], lines: 100)
IO.inspect byte_size(elem(System.cmd("head", ["-c", "3000000", "/dev/zero"]), 0))
IO.inspect :os.cmd(~c"echo hello; cat")
# expect: {"hi there\n", 0}
# expect: {"out\nerr\n", 3}
# expect: {"/\n", 0}
# expect: "a b\n"
# expect: {"4\n", 0}
# expect: {["a", "b"], 0}
# expect: 3000000
# expect: ~c"hello\n"

# case: ports: commands, monitors and the owner's close
port = Port.open({:spawn, "cat"}, [:binary])
IO.inspect {is_port(port), Port.info(port, :connected) == {:connected, self()}, port in Port.list()}
send(port, {self(), {:command, "hello"}})
receive do {^port, {:data, data}} -> IO.inspect data end
Port.command(port, ["wor", ?l, "d"])
receive do {^port, {:data, data}} -> IO.inspect data end
ref = Port.monitor(port)
send(port, {self(), :close})
receive do {^port, :closed} -> IO.inspect :closed end
receive do {:DOWN, ^ref, type, ^port, reason} -> IO.inspect {type, reason} end
IO.inspect Port.info(port)
# expect: {true, true, true}
# expect: "hello"
# expect: "world"
# expect: :closed
# expect: {:port, :normal}
# expect: nil

# case: ports: links, exit status, and a child that outlives its parent
Process.flag(:trap_exit, true)
port = Port.open({:spawn, "true"}, [])
receive do {:EXIT, ^port, reason} -> IO.inspect reason end
port = Port.open({:spawn_executable, "/bin/sh"}, [:exit_status, :binary, args: ["-c", "sleep 3 & echo x; exit 7"]])
receive do {^port, message} -> IO.inspect message end
receive do {^port, message} -> IO.inspect message end
port = Port.open({:spawn_executable, "/bin/sh"}, [:exit_status, args: ["-c", "kill -9 $$"]])
receive do {^port, {:exit_status, status}} -> IO.inspect status end
{_, ref} = spawn_monitor(fn -> Port.open({:spawn, "cat"}, []) end)
receive do {:DOWN, ^ref, _, _, _} -> :ok end
Process.sleep(50)
IO.inspect Enum.filter(Port.list(), &(Port.info(&1, :name) == {:name, ~c"cat"}))
# expect: :normal
# expect: {:data, "x\n"}
# expect: {:exit_status, 7}
# expect: 137
# expect: []

# case: ports: packets, and programs that are not there
port = Port.open({:spawn, "cat"}, [:binary, packet: 4])
Port.command(port, "abc")
receive do {^port, {:data, data}} -> IO.inspect data end
IO.inspect Port.close(port)
IO.inspect(try do Port.command(port, "x") rescue ArgumentError -> :gone end)
IO.inspect(try do Port.open({:spawn_executable, "/nope"}, []) rescue e in ErlangError -> e.original end)
IO.inspect(try do System.cmd("no such program", []) rescue e in ErlangError -> e.original end)
# expect: "abc"
# expect: true
# expect: :gone
# expect: :enoent
# expect: :enoent
