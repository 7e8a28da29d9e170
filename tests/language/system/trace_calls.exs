# :erlang.trace_pattern: calls, returns, match specifications, counts and times.
defmodule Sums do
  def of(list), do: add(list, 0)
  defp add([], sum), do: sum
  defp add([x | rest], sum), do: add(rest, plus(sum, x))
  defp plus(a, b), do: a + b
  def twice(x), do: 2 * x
  def outer(x), do: twice(x) + 1
  def tail(x), do: twice(x)
  def deep(0), do: 0
  def deep(n), do: 1 + deep(n - 1)
  def boom(x), do: raise(ArgumentError, "no #{x}")
  def safe(x), do: (try do boom(x) rescue ArgumentError -> :rescued end)
  def make(n), do: fn x -> x + n end
end

defmodule Seen do
  # All that has come so far, without pids.
  def all do
    reference = :erlang.trace_delivered(:all)
    receive do {:trace_delivered, :all, ^reference} -> :ok end
    flush([])
  end

  defp flush(seen) do
    receive do
      message -> flush([shown(message) | seen])
    after
      0 -> Enum.reverse(seen)
    end
  end

  defp shown(message) when elem(message, 0) in [:trace, :trace_ts], do: Tuple.delete_at(Tuple.delete_at(message, 0), 0)
  defp shown(message), do: message

  # Runs a function in a process that is traced with these flags, and gives what was seen.
  def run(flags, fun) do
    me = self()
    pid = spawn(fn -> receive do :go -> fun.() end; send(me, :done) end)
    :erlang.trace(pid, true, flags)
    send(pid, :go)
    receive do :done -> :ok end
    all()
  end
end

# case: local calls, private functions and tail calls too
IO.inspect(:erlang.trace_pattern({Sums, :add, :_}, true, [:local]))   # expect: 1
IO.inspect(Seen.run([:call], fn -> Sums.of([1, 2]) end))
# expect: [
# expect:   call: {Sums, :add, [[1, 2], 0]},
# expect:   call: {Sums, :add, [[2], 1]},
# expect:   call: {Sums, :add, [[], 3]}
# expect: ]
IO.inspect(:erlang.trace_pattern({Sums, :add, :_}, false, [:local]))  # expect: 1
IO.inspect(Seen.run([:call], fn -> Sums.of([1, 2]) end))              # expect: []

# case: global patterns see remote calls alone
IO.inspect(:erlang.trace_pattern({Sums, :_, :_}, true, []) > 5)                         # expect: true
IO.inspect(Seen.run([:call, :arity], fn -> Sums.outer(1); apply(Sums, :twice, [3]) end))  # expect: [call: {Sums, :outer, 1}, call: {Sums, :twice, 1}]
IO.inspect(:erlang.trace_info({Sums, :twice, 1}, :traced))                              # expect: {:traced, :global}
IO.inspect(:erlang.trace_info({Sums, :plus, 2}, :traced))                               # expect: {:traced, false}
:erlang.trace_pattern({Sums, :_, :_}, true, [:local])
IO.inspect(:erlang.trace_info({Sums, :twice, 1}, :traced))                              # expect: {:traced, :local}
IO.inspect(Seen.run([:call, :arity], fn -> Sums.outer(1) end))                          # expect: [call: {Sums, :outer, 1}, call: {Sums, :twice, 1}]

# case: only processes that are traced are seen
:erlang.trace_pattern({Sums, :twice, 1}, true, [:local])
Sums.twice(1)
task = Task.async(fn -> Sums.twice(2) end)
Task.await(task)
IO.inspect(Seen.all())                                                # expect: []
IO.inspect(Seen.run([:call], fn -> Sums.twice(3) end))                # expect: [call: {Sums, :twice, [3]}]

# case: the caller's own code is traced from the next call on
me = self()
tracer = spawn(fn -> receive do {:trace, ^me, :call, what} -> send(me, {:told, what}) end end)
:erlang.trace(self(), true, [:call, {:tracer, tracer}])
:erlang.trace_pattern({Sums, :twice, 1}, true, [:local])
Sums.outer(4)
receive do {:told, what} -> IO.inspect(what) end                      # expect: {Sums, :twice, [4]}

# case: values that are returned
:erlang.trace_pattern({Sums, :twice, 1}, [{:_, [], [{:return_trace}]}], [:local])
IO.inspect(Seen.run([:call], fn -> Sums.outer(5) end))
# expect: [{:call, {Sums, :twice, [5]}}, {:return_from, {Sums, :twice, 1}, 10}]

# case: places that are returned to
:erlang.trace_pattern({Sums, :twice, 1}, true, [:local])
[call, {:return_to, place}, again, {:return_to, {module, _, _}}] = Seen.run([:call, :return_to, :arity], fn -> Sums.outer(5); Sums.tail(6); :ok end)
IO.inspect({call, place, again})   # expect: {{:call, {Sums, :twice, 1}}, {Sums, :outer, 1}, {:call, {Sums, :twice, 1}}}
IO.inspect(module == Sums)         # expect: false

# case: a value for each call of a recursion, in the order of the returns
:erlang.trace_pattern({Sums, :deep, 1}, [{:_, [], [{:return_trace}]}], [:local])
IO.inspect(Seen.run([:call, :arity], fn -> Sums.deep(2) end))
# expect: [
# expect:   {:call, {Sums, :deep, 1}},
# expect:   {:call, {Sums, :deep, 1}},
# expect:   {:call, {Sums, :deep, 1}},
# expect:   {:return_from, {Sums, :deep, 1}, 0},
# expect:   {:return_from, {Sums, :deep, 1}, 1},
# expect:   {:return_from, {Sums, :deep, 1}, 2}
# expect: ]

# case: exceptions
:erlang.trace_pattern({Sums, :boom, 1}, [{:_, [], [{:exception_trace}]}], [:local])
IO.inspect(Seen.run([:call, :return_to], fn -> Sums.safe(1) end))
# expect: [
# expect:   {:call, {Sums, :boom, [1]}},
# expect:   {:exception_from, {Sums, :boom, 1}, {:error, %ArgumentError{message: "no 1"}}},
# expect:   {:return_to, {Sums, :safe, 1}}
# expect: ]

# case: an exception passes through watched calls as if nobody watched
:erlang.trace_pattern({Sums, :_, :_}, [{:_, [], [{:return_trace}]}], [:local])
me = self()
tracer = spawn(fn -> Process.sleep(:infinity) end)
:erlang.trace(self(), true, [:call, {:tracer, tracer}])
try do
  Sums.boom(7)
rescue
  error ->
    IO.inspect(error)                                                            # expect: %ArgumentError{message: "no 7"}
    IO.inspect(for {m, f, _, _} <- __STACKTRACE__, m == Sums, do: f)             # expect: [:boom]
end
IO.inspect(try do Sums.of(:nothing) rescue e in FunctionClauseError -> e.function end)                                       # expect: :add
IO.inspect(Process.alive?(me))                                                   # expect: true

# case: match specifications: arguments, guards, messages, the caller
:erlang.trace_pattern({Sums, :twice, 1}, [{[:"$1"], [{:>, :"$1", 3}], [{:message, {{:"$1", {:caller}}}}]}, {[1], [], [{:message, false}]}, {[2], [], []}], [:local])
IO.inspect(Seen.run([:call], fn -> Sums.outer(4); Sums.outer(1); Sums.outer(2); Sums.outer(0) end))
# expect: [
# expect:   {:call, {Sums, :twice, [4]}, {4, {Sums, :outer, 1}}},
# expect:   {:call, {Sums, :twice, [2]}}
# expect: ]
IO.inspect(:erlang.trace_info({Sums, :twice, 1}, :match_spec))
# expect: {:match_spec,
# expect:  [
# expect:    {[:"$1"], [{:>, :"$1", 3}], [message: {{:"$1", {:caller}}}]},
# expect:    {[1], [], [message: false]},
# expect:    {[2], [], []}
# expect:  ]}

# case: match specifications that change what is traced
:erlang.trace_pattern({Sums, :twice, 1}, [{[1], [], [{:enable_trace, :arity}]}, {[2], [], [{:disable_trace, :arity}]}, {[3], [], [{:silent, true}]}, {[5], [], [{:silent, false}]}, {:_, [], []}], [:local])
IO.inspect(Seen.run([:call], fn -> for x <- [0, 1, 0, 2, 3, 4, 5], do: Sums.twice(x) end))
# expect: [
# expect:   call: {Sums, :twice, [0]},
# expect:   call: {Sums, :twice, 1},
# expect:   call: {Sums, :twice, 1},
# expect:   call: {Sums, :twice, [2]},
# expect:   call: {Sums, :twice, [5]}
# expect: ]

# case: match specifications that are none
for spec <- [[{:_, [{:nonsense, 1}], []}], [{:_, [], [{:nonsense}]}], [{{:a}, [], []}], :what, [{:_, [], [:"$1"]}]] do
  try do :erlang.trace_pattern({Sums, :twice, 1}, spec, [:local]) rescue error -> IO.inspect(error.__struct__) end
end
# expect: ArgumentError
# expect: ArgumentError
# expect: ArgumentError
# expect: ArgumentError
# expect: ArgumentError

# case: counts
IO.inspect(:erlang.trace_pattern({Sums, :_, :_}, true, [:call_count]) > 5)          # expect: true
Sums.of(Enum.to_list(1..10))
IO.inspect(:erlang.trace_info({Sums, :plus, 2}, :call_count))                       # expect: {:call_count, 10}
IO.inspect(:erlang.trace_info({Sums, :add, 2}, :call_count))                        # expect: {:call_count, 11}
:erlang.trace_pattern({Sums, :plus, 2}, :pause, [:call_count])
Sums.of([1])
IO.inspect(:erlang.trace_info({Sums, :plus, 2}, :call_count))                       # expect: {:call_count, 10}
:erlang.trace_pattern({Sums, :plus, 2}, :restart, [:call_count])
Sums.of([1])
IO.inspect(:erlang.trace_info({Sums, :plus, 2}, :call_count))                       # expect: {:call_count, 1}
:erlang.trace_pattern({Sums, :_, :_}, false, [:call_count])
IO.inspect(:erlang.trace_info({Sums, :plus, 2}, :call_count))                       # expect: {:call_count, false}
IO.inspect(:erlang.trace_info({Sums, :nothing, 2}, :call_count))                    # expect: {:call_count, :undefined}

# case: counts of several processes
:erlang.trace_pattern({Sums, :plus, 2}, true, [:call_count])
1..8 |> Enum.map(fn _ -> Task.async(fn -> for _ <- 1..50, do: Sums.of([1, 2, 3, 4]) end) end) |> Task.await_many()
IO.inspect(:erlang.trace_info({Sums, :plus, 2}, :call_count))                       # expect: {:call_count, 1600}

# case: times
:erlang.trace_pattern({Sums, :_, :_}, true, [:call_time])
Seen.run([:call], fn -> Sums.deep(100); Sums.of([1, 2]) end)
{:call_time, [{pid, count, 0, microseconds}]} = :erlang.trace_info({Sums, :deep, 1}, :call_time)
IO.inspect({is_pid(pid), count, is_integer(microseconds)})                          # expect: {true, 101, true}
{:call_time, [{_, count, _, _}]} = :erlang.trace_info({Sums, :add, 2}, :call_time)
IO.inspect(count)                                                                   # expect: 3
IO.inspect(:erlang.trace_info({Sums, :boom, 1}, :call_time))                        # expect: {:call_time, []}
:erlang.trace_pattern({Sums, :_, :_}, false, [:call_time])
IO.inspect(:erlang.trace_info({Sums, :deep, 1}, :call_time))                        # expect: {:call_time, false}

# case: time is the function's own
defmodule Slow do
  def outer, do: {inner(), :ok}
  def inner, do: spin(System.monotonic_time(:millisecond) + 60)
  def spin(until), do: if(System.monotonic_time(:millisecond) < until, do: spin(until), else: :done)
end
:erlang.trace_pattern({Slow, :outer, 0}, true, [:call_time])
:erlang.trace_pattern({Slow, :inner, 0}, true, [:call_time])
Seen.run([:call], fn -> Slow.outer() end)
time = fn name -> {:call_time, [{_, 1, s, us}]} = :erlang.trace_info({Slow, name, 0}, :call_time); s * 1_000_000 + us end
IO.inspect({time.(:outer) < 30_000, time.(:inner) > 30_000})                        # expect: {true, true}

# case: meta tracing sees every process
me = self()
:erlang.trace_pattern({Sums, :twice, 1}, [{:_, [], [{:return_trace}]}], [:meta])
child = spawn(fn -> Sums.outer(2) end)
receive do {:trace_ts, ^child, :call, call, {_, _, _}} -> IO.inspect(call) end       # expect: {Sums, :twice, [2]}
receive do {:trace_ts, ^child, :return_from, call, value, {_, _, _}} -> IO.inspect({call, value}) end   # expect: {{Sums, :twice, 1}, 4}
IO.inspect(:erlang.trace_info({Sums, :twice, 1}, :meta) == {:meta, me})              # expect: true
IO.inspect(:erlang.trace_info({Sums, :twice, 1}, :traced))                           # expect: {:traced, false}

# case: functions that are values
:erlang.trace_pattern({Sums, :_, :_}, true, [:local])
seen = Seen.run([:call], fn -> f = Sums.make(1); f.(5); (&Sums.twice/1).(6) end)
IO.inspect(for {:call, {Sums, name, arguments}} <- seen, do: {String.contains?(Atom.to_string(name), "make/1"), arguments})
# expect: [false: [1], true: [5], false: [6]]

# case: native functions
IO.inspect(:erlang.trace_pattern({:lists, :reverse, 2}, [{:_, [], [{:return_trace}]}], []))           # expect: 1
IO.inspect(Seen.run([:call], fn -> :lists.reverse([1, 2], [3]) end))
# expect: [
# expect:   {:call, {:lists, :reverse, [[1, 2], [3]]}},
# expect:   {:return_from, {:lists, :reverse, 2}, [2, 1, 3]}
# expect: ]
IO.inspect(:erlang.trace_pattern({:lists, :reverse, 2}, false, []))                                   # expect: 1
IO.inspect({Seen.run([:call], fn -> :lists.reverse([1, 2], [3]) end), :lists.reverse([1], [2])})     # expect: {[], [1, 2]}

# case: native functions that raise, wait, and are called in another way
:erlang.trace_pattern({:erlang, :binary_to_integer, 1}, [{:_, [], [{:exception_trace}]}], [])
:erlang.trace_pattern({:erlang, :process_info, 2}, [{:_, [], [{:return_trace}]}], [])
me = self()
seen = Seen.run([:call], fn ->
  try do :erlang.binary_to_integer("x") rescue ArgumentError -> :ok end
  :erlang.process_info(me, :status)
  apply(:erlang, :binary_to_integer, ["12"])
end)
IO.inspect(for event <- seen, do: {elem(event, 0), elem(elem(event, 1), 1)})
# expect: [
# expect:   call: :binary_to_integer,
# expect:   exception_from: :binary_to_integer,
# expect:   call: :process_info,
# expect:   return_from: :process_info,
# expect:   call: :binary_to_integer,
# expect:   return_from: :binary_to_integer
# expect: ]

# case: library functions, which are native code
Code.ensure_loaded!(Enum)
:erlang.trace_pattern({Enum, :map, 2}, true, [:local])
IO.inspect(length(Seen.run([:call], fn -> for _ <- 1..3, do: Enum.map([1], & &1) end)))    # expect: 3
:erlang.trace_pattern({Enum, :map, 2}, false, [:local])
IO.inspect(length(Seen.run([:call], fn -> Enum.map([1], & &1) end)))                       # expect: 0

# case: a loop that begins with a receive
defmodule Loop do
  def run do
    receive do
      :stop -> :ok
      {:ping, from} -> send(from, :pong); run()
      {:wait, from} -> send(from, :waiting); wait(from)
    end
  end

  def wait(from) do
    receive do
      :never -> :ok
      {:ping, ^from} -> run()
    after
      100_000 -> :late
    end
  end
end
pid = spawn(Loop, :run, [])
send(pid, {:ping, self()})
receive do :pong -> :ok end
Process.sleep(10)   # it waits when the pattern comes
:erlang.trace(pid, true, [:call])
:erlang.trace_pattern({Loop, :_, :_}, true, [:local])
send(pid, :other)   # not taken: no call
for _ <- 1..2 do
  send(pid, {:ping, self()})
  receive do :pong -> :ok end
end
Process.sleep(10)
IO.inspect(for {:call, {_, name, _}} <- Seen.all(), do: name)     # expect: [:run, :run]
send(pid, {:wait, self()})
receive do :waiting -> :ok end
send(pid, :other)
send(pid, {:ping, self()})
send(pid, {:ping, self()})
receive do :pong -> :ok end
Process.sleep(10)
IO.inspect(for {:call, {_, name, _}} <- Seen.all(), do: name)     # expect: [:wait, :run, :run]
:erlang.trace_pattern({Loop, :_, :_}, false, [:local])
send(pid, {:ping, self()})
receive do :pong -> IO.inspect(Seen.all()) end                    # expect: []

# case: code that runs already, deep in a recursion
defmodule Climb do
  def up(0, ask), do: ask.()
  def up(n, ask), do: id(up(n - 1, ask)) + 1
  def id(x), do: x
end
me = self()
pid = spawn(fn ->
  for _ <- 1..2000, do: Climb.up(3, fn -> 0 end)   # native code by now, where there is any
  send(me, Climb.up(5, fn -> send(me, :ready); receive do :go -> 0 end end))
end)
receive do :ready -> :ok end
:erlang.trace(pid, true, [:call])
:erlang.trace_pattern({Climb, :id, 1}, true, [:local])
send(pid, :go)
receive do n when is_integer(n) -> IO.inspect(n) end              # expect: 5
IO.inspect(for {:call, {_, _, [x]}} <- Seen.all(), do: x)         # expect: [0, 1, 2, 3, 4]

# case: a deep recursion whose returns are seen
# deep
:erlang.trace_pattern({Sums, :deep, 1}, [{:_, [], [{:return_trace}]}], [:local])
me = self()
counter = spawn(fn -> receive do :never -> :ok end end)
pid = spawn(fn -> receive do :go -> send(me, Sums.deep(100_000)) end end)
:erlang.trace(pid, true, [:call, :silent, {:tracer, counter}])
send(pid, :go)
receive do n -> IO.inspect(n) end                                 # expect: 100000

# case: a new version of a module is not watched, but for on_load
:erlang.trace_pattern({Sums, :twice, 1}, true, [:local])
Code.compiler_options(ignore_module_conflict: true)
Code.eval_string("defmodule Sums do\n  def twice(x), do: 3 * x\nend")
IO.inspect({Seen.run([:call], fn -> apply(Sums, :twice, [1]) end), apply(Sums, :twice, [1])})   # expect: {[], 3}
:erlang.trace_pattern(:on_load, true, [:local])
Code.eval_string("defmodule Sums do\n  def twice(x), do: 4 * x\nend")
IO.inspect(Seen.run([:call], fn -> apply(Sums, :twice, [1]) end))                               # expect: [call: {Sums, :twice, [1]}]
:erlang.trace_pattern(:on_load, false, [:local])

# case: patterns come and go while processes run
workers = for _ <- 1..4 do
  Task.async(fn -> Enum.reduce(1..3000, 0, fn x, sum -> sum + Sums.of([x, 1]) + Sums.deep(5) end) end)
end
for _ <- 1..30 do
  :erlang.trace_pattern({Sums, :_, :_}, true, [:local])
  :erlang.trace_pattern({Sums, :_, :_}, true, [:call_count])
  Process.sleep(1)
  :erlang.trace_pattern({Sums, :_, :_}, false, [:local])
  :erlang.trace_pattern({Sums, :_, :_}, false, [:call_count])
end
IO.inspect(Task.await_many(workers) |> Enum.uniq() |> length())    # expect: 1
