# The parent traps exits before it has a child.
report = self()

parent =
  spawn(fn ->
    Process.flag(:trap_exit, true)
    child = spawn_link(fn -> exit(:done) end)

    receive do
      {:EXIT, ^child, :done} -> send(report, :handled)
    end
  end)

monitor = Process.monitor(parent)

receive do
  :handled -> :ok
  {:DOWN, ^monitor, _, _, :done} -> raise "the parent died with its child"
end
