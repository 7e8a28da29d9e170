# Crash dumps on demand, and what they are made from.

# case: a dump tells of processes, tables, modules and names
path = Path.join(System.tmp_dir!(), "phial-test-#{System.pid()}.dump")
pid = spawn(fn -> Process.put(:key, String.duplicate("x", 10)); receive do: (:never -> :ok) end)
Process.register(pid, :dumped)
send(pid, {:waits, [1, 2]})
:ets.new(:some_table, [:named_table]) |> :ets.insert({1, 2})
:sys.get_state(elem(Agent.start_link(fn -> 0 end, name: :agent), 1))
IO.inspect(Phial.CrashDump.write(path, slogan: "why \\ \"not\""))   # expect: :ok
{:ok, dump} = Phial.CrashDump.read(path)
IO.inspect({dump.slogan, dump.complete})                             # expect: {"why \\ \"not\"", true}
row = Enum.find(dump.processes, &(&1.name == ":dumped"))
IO.inspect({row.status, row.queue})                                  # expect: {"waiting", 1}
{:ok, details} = Phial.CrashDump.process(dump, row.place)
IO.inspect({details["messages"], details["dictionary"], details["dictionary_words"] > 0})
# expect: {["{:waits, [1, 2]}"], [[":key", "\"xxxxxxxxxx\""]], true}
IO.inspect(Enum.find(dump.tables, &(&1["name"] == ":some_table"))["size"])   # expect: 1
IO.inspect(Enum.any?(dump.names, &(&1["name"] == ":agent")))         # expect: true
IO.inspect(Enum.any?(dump.modules, &(&1["name"] == "Agent.Server"))) # expect: true
# A dump whose writer died in the midst of a line is read up to there.
{:ok, text} = File.read(path)
File.write!(path, binary_part(text, 0, div(byte_size(text), 3)))
{:ok, cut} = Phial.CrashDump.read(path)
IO.inspect({cut.complete, length(cut.processes) > 0})                # expect: {false, true}
File.write!(path, "no dump\n")
IO.inspect(Phial.CrashDump.read(path))                               # expect: {:error, :not_a_dump}
File.rm!(path)
IO.inspect(Phial.CrashDump.read(path))                               # expect: {:error, :enoent}
IO.inspect(Phial.CrashDump.write("/nowhere/dump"))                   # expect: {:error, :enoent}

# case: a process sees its own stack
defmodule Deep do
  def outer, do: {inner(), 1}
  def inner, do: {Process.info(self(), :current_stacktrace), 2}
end
{{{:current_stacktrace, stack}, 2}, 1} = Deep.outer()
IO.inspect(for {module, name, arity, _} <- Enum.take(stack, 3), do: {module, name, arity})
# expect: [{Process, :info, 2}, {Deep, :inner, 0}, {Deep, :outer, 0}]
IO.inspect(Process.info(self(), :current_function))                  # expect: {:current_function, {Process, :info, 2}}
