# Links and trap_exit: the child may end before its parent traps exits.
defmodule Parent do
  def run(report) do
    spawn(fn ->
      child = spawn_link(fn -> exit(:done) end)
      Process.flag(:trap_exit, true)

      receive do
        {:EXIT, ^child, :done} -> send(report, :handled)
      end
    end)
  end
end

parent = Parent.run(self())
monitor = Process.monitor(parent)

receive do
  :handled -> :ok
  {:DOWN, ^monitor, _, _, :done} -> raise "the parent died with its child"
end
