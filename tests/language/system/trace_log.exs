# Phial.Trace: logs of messages, and replays.
defmodule Counter do
  use GenServer
  def init(x), do: {:ok, x}
  def handle_call({:add, n}, _, s), do: {:reply, s + n, s + n}
  def handle_call({:ask, name}, _, s), do: {:reply, GenServer.call(name, :what), s}
  def handle_cast({:tell, pid}, s) do
    send(pid, {:is, s})
    {:noreply, s}
  end
  def handle_cast(:stop, s), do: {:stop, :normal, s}
end

defmodule Wrong do
  use GenServer
  def init(x), do: {:ok, x}
  def handle_call({:add, n}, _, s), do: {:reply, s + n, s + n}
  def handle_cast({:tell, pid}, s) do
    send(pid, {:is, s + 1})
    {:noreply, s}
  end
  def handle_cast(:stop, s), do: {:stop, :normal, s}
end

defmodule Answer do
  use GenServer
  def init(x), do: {:ok, x}
  def handle_call(:what, _, s), do: {:reply, s, s}
end

defmodule Here do
  def file, do: Path.join(System.tmp_dir!(), "phial_trace_#{System.pid()}.trace")

  def recorded do
    {_, _} =
      Phial.Trace.record(file(), fn ->
        {:ok, counter} = GenServer.start(Counter, 0, name: :counter)
        GenServer.call(counter, {:add, 3})
        GenServer.cast(counter, {:tell, self()})
        receive do {:is, 3} -> :ok end
        reference = Process.monitor(counter)
        GenServer.cast(counter, :stop)
        receive do {:DOWN, ^reference, _, _, _} -> :ok end
      end)

    log = Phial.Trace.read!(file())
    File.rm!(file())
    log
  end
end

# case: a log has all that processes said, in order
log = Here.recorded()
counter = Enum.find_value(log.events, fn event -> elem(event, 2) == :register && elem(event, 1) end)
for {_, ^counter, what, message} <- log.events, what == :receive, do: IO.inspect(elem(message, tuple_size(message) - 1) |> then(&if(is_tuple(&1), do: elem(&1, 0), else: &1)))
# expect: :add
# expect: :tell
# expect: :stop
times = Enum.map(log.events, &elem(&1, 0))
IO.inspect(times == Enum.sort(times))                            # expect: true
sent = Enum.find_index(log.events, &match?({_, _, :send, {:"$gen_call", _, {:add, 3}}, ^counter}, &1))
received = Enum.find_index(log.events, &match?({_, ^counter, :receive, {:"$gen_call", _, {:add, 3}}}, &1))
IO.inspect(sent < received)                                      # expect: true

# case: a log as text and as a diagram
log = Here.recorded()
text = IO.iodata_to_binary(Phial.Trace.format(log, only: [:counter]))
for part <- [":counter", "is called :counter", "{:add, 3}", "{:is, 3}", "ends: :normal"], do: IO.inspect(text =~ part)
# expect: true
# expect: true
# expect: true
# expect: true
# expect: true
IO.inspect(length(String.split(IO.iodata_to_binary(Phial.Trace.format(log, limit: 3)), "\n", trim: true)))   # expect: 3
diagram = IO.iodata_to_binary(Phial.Trace.mermaid(log, only: [:counter]))
IO.inspect({String.starts_with?(diagram, "sequenceDiagram\n"), diagram =~ " as :counter", diagram =~ "{:is, 3}"})   # expect: {true, true, true}
try do Phial.Trace.format(log, only: [:nobody]) rescue error -> IO.puts(Exception.message(error)) end   # expect: the log has no process nobody

# case: the same program does the same
log = Here.recorded()
{:ok, outputs} = Phial.Trace.replay(log, :counter, fn -> GenServer.start(Counter, 0, name: :counter) end)
IO.inspect(outputs >= 3)                                         # expect: true
IO.inspect(Process.whereis(:counter))                            # expect: nil

# case: the first difference is told
log = Here.recorded()
{:different, difference} = Phial.Trace.replay(log, :counter, fn -> GenServer.start(Wrong, 0, name: :counter) end)
IO.inspect(match?([:send, {:is, 3}, _], difference.expected))    # expect: true
IO.inspect(match?([:send, {:is, 4}, _], difference.got))         # expect: true
IO.inspect(difference.inputs)                                    # expect: 2
IO.inspect(Phial.Trace.Replay.format(difference) =~ "recorded: sends {:is, 3}")   # expect: true
{:different, difference} = Phial.Trace.replay(log, :counter, fn -> GenServer.start(Counter, 5, name: :counter) end)
IO.inspect({difference.inputs, match?([:send, {_, 8}, _], difference.got)})       # expect: {1, true}

# case: a process that does nothing any more
log = Here.recorded()
{:different, difference} = Phial.Trace.replay(log, :counter, fn -> spawn(fn -> Process.sleep(:infinity) end) end, timeout: 50)
IO.inspect(difference.got)                                       # expect: nil

# case: calls of other processes are answered from the log
{:ok, _} = GenServer.start(Answer, 42, name: :answer)
{:ok, counter} = GenServer.start(Counter, 0)
{:ok, recording} = Phial.Trace.start(Here.file(), [counter])
IO.inspect(GenServer.call(counter, {:ask, :answer}))             # expect: 42
{:ok, _} = Phial.Trace.stop(recording)
GenServer.stop(:answer)
log = Phial.Trace.read!(Here.file())
IO.inspect(Phial.Trace.replay(log, counter, fn -> GenServer.start(Counter, 0) end))       # expect: {:ok, 2}
IO.inspect(Process.whereis(:answer))                             # expect: nil
File.rm!(Here.file())

# case: processes of many schedulers
{:ok, counters} = {:ok, for(_ <- 1..5, do: elem(GenServer.start(Counter, 0), 1))}
{:ok, recording} = Phial.Trace.start(Here.file(), counters)
tasks = for counter <- counters, _ <- 1..4, do: Task.async(fn -> for n <- 1..50, do: GenServer.call(counter, {:add, n}) end)
Task.await_many(tasks)
{:ok, _} = Phial.Trace.stop(recording)
log = Phial.Trace.read!(Here.file())
IO.inspect(length(for {_, pid, :receive, _} <- log.events, pid in counters, do: 1))       # expect: 1000
for counter <- counters, do: IO.inspect(Phial.Trace.replay(log, counter, fn -> GenServer.start(Counter, 0) end))
# expect: {:ok, 200}
# expect: {:ok, 200}
# expect: {:ok, 200}
# expect: {:ok, 200}
# expect: {:ok, 200}
File.rm!(Here.file())

# case: what goes wrong
IO.inspect(Phial.Trace.start("/nowhere/at/all.trace", [self()]))  # expect: {:error, :enoent}
{:ok, agent} = Agent.start(fn -> 1 end)
{:ok, recording} = Phial.Trace.start(Here.file(), [agent])
IO.inspect(Phial.Trace.start(Here.file() <> "2", [agent]))        # expect: {:error, :traced_by_another}
Phial.Trace.stop(recording)
File.rm(Here.file() <> "2")
File.write!(Here.file(), "something else")
try do Phial.Trace.read!(Here.file()) rescue error in ArgumentError -> IO.puts(String.replace(Exception.message(error), Here.file(), "FILE")) end   # expect: FILE holds no log of Phial.Trace
File.rm!(Here.file())
try do Phial.Trace.read!(Here.file()) rescue error -> IO.inspect(error.__struct__) end    # expect: File.Error
log = Here.recorded()
try do Phial.Trace.replay(log, :nobody, fn -> self() end) rescue error -> IO.puts(Exception.message(error)) end   # expect: the log has no process :nobody

# case: a log that was cut off has what came before
log = Here.recorded()
Phial.Trace.record(Here.file(), fn -> send(self(), :one); receive do :one -> :ok end end)
bytes = File.read!(Here.file())
whole = length(Phial.Trace.read!(Here.file()).events)
File.write!(Here.file(), binary_part(bytes, 0, byte_size(bytes) - 3))
IO.inspect(length(Phial.Trace.read!(Here.file()).events) == whole - 1)   # expect: true
File.rm!(Here.file())
IO.inspect(length(log.events) > 5)                                       # expect: true

# case: the next calls of a function
{:ok, device} = StringIO.open("")
leader = Process.group_leader()
Process.group_leader(self(), device)
watched = Phial.Trace.calls({Counter, :init, 1}, 1)
Process.group_leader(self(), leader)
IO.inspect(watched)                                                # expect: 1
for x <- [5, 6] do
  {_, reference} = spawn_monitor(fn -> Counter.init(x) end)
  receive do {:DOWN, ^reference, _, _, _} -> :ok end
end
Process.sleep(100)
{_, text} = StringIO.contents(device)
IO.inspect({text =~ "Counter.init(5)", text =~ "Counter.init(6)"})  # expect: {true, false}
IO.inspect(:erlang.trace_info({Counter, :init, 1}, :traced))       # expect: {:traced, false}
