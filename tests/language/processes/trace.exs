# :erlang.trace, as Erlang's reference manual tells it.
defmodule Echo do
  def loop do
    receive do
      {from, message} ->
        send(from, {:echo, message})
        loop()

      :stop ->
        :ok
    end
  end
end

# case: messages sent and received
echo = spawn(&Echo.loop/0)
IO.inspect(:erlang.trace(echo, true, [:send, :receive]))            # expect: 1
me = self()
send(echo, {me, 1})
receive do {:echo, 1} -> :ok end
receive do {:trace, ^echo, :receive, {^me, 1}} -> IO.puts("received") end             # expect: received
receive do {:trace, ^echo, :send, {:echo, 1}, ^me} -> IO.puts("sent") end             # expect: sent
IO.inspect(:erlang.trace_info(echo, :flags))                        # expect: {:flags, [:send, :receive]}
IO.inspect(:erlang.trace(echo, false, [:send, :receive]))           # expect: 1
send(echo, {me, 2})
receive do {:echo, 2} -> :ok end
receive do {:trace, _, _, _, _} -> IO.puts("wrong") after 20 -> IO.puts("quiet") end  # expect: quiet
IO.inspect(:erlang.trace_info(echo, :flags))                        # expect: {:flags, []}

# case: the life of processes, inherited
parent = spawn(fn ->
  receive do :go -> :ok end
  {child, reference} = spawn_monitor(fn -> exit(:done) end)
  receive do {:DOWN, ^reference, _, ^child, _} -> :ok end
end)
:erlang.trace(parent, true, [:procs, :set_on_spawn])
send(parent, :go)
child = receive do {:trace, ^parent, :spawn, child, {_, _, _}} -> child end
receive do {:trace, ^child, :spawned, ^parent, _} -> IO.puts("spawned") end   # expect: spawned
receive do {:trace, ^child, :exit, reason} -> IO.inspect(reason) end          # expect: :done
receive do {:trace, ^parent, :exit, reason} -> IO.inspect(reason) end         # expect: :normal

# case: another tracer, with times
me = self()
echo = spawn(&Echo.loop/0)
tracer = spawn(fn ->
  receive do
    {:trace_ts, pid, :receive, :stop, {mega, seconds, micro}} -> send(me, {pid == echo, is_integer(mega + seconds + micro)})
  end
end)
:erlang.trace(echo, true, [:receive, :timestamp, {:tracer, tracer}])
IO.inspect(:erlang.trace_info(echo, :tracer) == {:tracer, tracer})   # expect: true
try do :erlang.trace(echo, true, [:send]) rescue error -> IO.inspect(error.__struct__) end   # expect: ArgumentError
send(echo, :stop)
receive do seen -> IO.inspect(seen) end                              # expect: {true, true}

# case: a tracer that has ended costs nothing and leaves room for another
echo = spawn(&Echo.loop/0)
{tracer, reference} = spawn_monitor(fn -> receive do :end -> :ok end end)
1 = :erlang.trace(echo, true, [:receive, {:tracer, tracer}])
send(tracer, :end)
receive do {:DOWN, ^reference, _, _, _} -> :ok end
send(echo, {self(), 1})
receive do {:echo, 1} -> IO.puts("goes on") end                      # expect: goes on
IO.inspect(:erlang.trace(echo, true, [:send]))                       # expect: 1

# case: wrong arguments
for arguments <- [[self(), true, [:nonsense]], [:nobody, true, [:send]], [self(), :maybe, [:send]], [self(), true, :send]] do
  try do apply(:erlang, :trace, arguments) rescue error -> IO.inspect(error.__struct__) end
end
# expect: ArgumentError
# expect: ArgumentError
# expect: ArgumentError
# expect: ArgumentError
