# Messages that are handed to a waiting process at once, and what they meet there.

# case: hand over: terms of every size arrive whole at a process that waits
echo = fn echo ->
  receive do
    {from, ref, term} ->
      send(from, {ref, term})
      echo.(echo)
  end
end
pid = spawn(fn -> echo.(echo) end)
terms =
  for n <- 0..80 do
    [
      Enum.to_list(1..n//1), List.to_tuple(Enum.to_list(1..n//1)), Map.new(1..n//1, &{&1, [&1]}), String.duplicate("ab", n),
      {n * 1.0e300, n * 123_456_789_012_345_678_901, [n | n]}, %{a: {n, %{b: [n, "x#{n}"]}}}, Enum.reduce(1..n//1, [], &{&1, &2})
    ]
  end
IO.inspect Enum.all?(List.flatten(terms), fn term ->
  ref = make_ref()
  send(pid, {self(), ref, term})
  receive do: ({^ref, back} -> back === term)
end)
f = fn x -> {x, pid} end
send(pid, {self(), :fun, f})
IO.inspect(receive do: ({:fun, g} -> g.(1) == {1, pid}))
# expect: true
# expect: true

# case: hand over: a message that the receive leaves stays first in the mailbox
parent = self()
pid =
  spawn(fn ->
    receive do: (:go -> :ok)
    rest = fn rest -> receive do: (m -> [m | rest.(rest)]), after: (0 -> []) end
    send(parent, rest.(rest))
  end)
Process.sleep(20)
send(pid, {:left, 1})
Process.sleep(20)
send(pid, {:left, [2, 3]})
Process.sleep(20)
send(pid, {:left, %{four: 4}})
send(pid, :go)
IO.inspect(receive do: (m -> m))
# expect: [left: 1, left: [2, 3], left: %{four: 4}]

# case: hand over: a process is asked for its messages before it looks at one
pid = spawn(fn -> receive do: (:stop -> :ok) end)
Process.sleep(20)
send(pid, {:wait, [1, 2]})
IO.inspect Process.info(pid, [:messages, :message_queue_len])
send(pid, {:wait, 3})
IO.inspect Process.info(pid, :messages)
:erlang.garbage_collect(pid)
IO.inspect Process.info(pid, :messages)
send(pid, :stop)
# expect: [messages: [wait: [1, 2]], message_queue_len: 1]
# expect: {:messages, [wait: [1, 2], wait: 3]}
# expect: {:messages, [wait: [1, 2], wait: 3]}

# case: hand over: the order of each sender is kept, whether the receiver waits or works
parent = self()
for s <- 1..4 do
  spawn(fn ->
    for i <- 1..500 do
      send(parent, {s, i})
      if rem(i, 7) == s, do: :erlang.yield()
    end
  end)
end
work = fn n -> Enum.reduce(1..n//1, 0, &(&1 + &2)) end
got =
  for i <- 1..2000 do
    if rem(i, 11) == 0, do: work.(rem(i, 500))
    receive do: ({s, n} -> {s, n})
  end
IO.inspect(for s <- 1..4, do: for({^s, n} <- got, do: n) == Enum.to_list(1..500))
# expect: [true, true, true, true]

# case: hand over: messages are kept over many collections
pid =
  spawn(fn ->
    collect = fn
      collect, acc, 0 -> acc |> Enum.reverse()
      collect, acc, n -> receive do: ({:put, x, list} -> collect.(collect, [{x, list} | acc], n - 1))
    end
    all = collect.(collect, [], 3000)
    receive do: ({:get, from} -> send(from, {:all, all == for(i <- 1..3000, do: {i, [i, "#{i}", i + 0.5]})}))
  end)
for i <- 1..3000 do
  send(pid, {:put, i, [i, "#{i}", i + 0.5]})
  if rem(i, 3) == 0, do: :erlang.yield()
end
send(pid, {:get, self()})
IO.inspect(receive do: ({:all, ok} -> ok))
# expect: true

# case: hand over: the time limit of a receive does not disturb those that follow
before = System.monotonic_time(:millisecond)
send(self(), :first)
receive do: (:first -> :ok), after: (1000 -> IO.puts("early"))
receive do: (:none -> :ok), after: (30 -> :ok)
short = System.monotonic_time(:millisecond) - before
pid = spawn(fn -> receive do: ({:ask, from} -> send(from, :answer)) end)
receive do: (:none -> :ok), after: (10 -> :ok)
send(pid, {:ask, self()})
receive do: (:answer -> :ok), after: (1000 -> IO.puts("early"))
before = System.monotonic_time(:millisecond)
receive do: (:none -> :ok), after: (1300 -> :ok)
long = System.monotonic_time(:millisecond) - before
IO.inspect({short in 30..900, long >= 1300 and long < 2500})
# expect: {true, true}

# case: hand over: an alias of a call takes one reply, and its monitor ends with it
{server, watch} =
  spawn_monitor(fn ->
    receive do
      {:call, [:alias | ref] = tag, n} ->
        send(ref, {tag, n + 1})
        send(ref, {tag, n + 2})
    end
    receive do: (:stop -> exit(:done))
  end)
Process.sleep(10)
ref = :erlang.monitor(:process, server, alias: :reply_demonitor)
send(server, {:call, [:alias | ref], 1})
IO.inspect(receive do: ({[:alias | ^ref], n} -> n))
send(server, :stop)
IO.inspect(receive do: ({:DOWN, ^watch, :process, ^server, reason} -> reason))
IO.inspect(receive do: (m -> m), after: (20 -> :nothing))
IO.inspect {Process.info(self(), :monitors), :erlang.demonitor(ref, [:info])}
# expect: 2
# expect: :done
# expect: :nothing
# expect: {{:monitors, []}, false}

# case: hand over: a waiting process is monitored, left alone again, and its end is told under its name
pid = spawn(fn -> receive do: (:stop -> exit({:over, [1, 2]})) end)
Process.register(pid, :hand_over_named)
Process.sleep(10)
one = Process.monitor(pid)
two = Process.monitor(:hand_over_named)
three = :erlang.monitor(:process, pid, tag: {:tagged, "t"})
IO.inspect Process.info(pid, :monitored_by) == {:monitored_by, [self(), self(), self()]}
Process.demonitor(one)
IO.inspect length(elem(Process.info(pid, :monitored_by), 1))
send(pid, :stop)
IO.inspect(receive do: ({:DOWN, ^two, :process, object, reason} -> {object, reason}))
IO.inspect(receive do: ({{:tagged, "t"}, ^three, :process, ^pid, reason} -> reason))
IO.inspect(receive do: (m -> m), after: (20 -> :nothing))
# expect: true
# expect: 2
# expect: {{:hand_over_named, :nonode@nohost}, {:over, [1, 2]}}
# expect: {:over, [1, 2]}
# expect: :nothing
