# :erlang.system_monitor, statistics, and what process_info and system_info tell.

# case: the settings of the system monitor
IO.inspect(:erlang.system_monitor())                                                     # expect: :undefined
IO.inspect(:erlang.system_monitor(self(), [:busy_port, {:large_heap, 100_000}]))         # expect: :undefined
{pid, options} = :erlang.system_monitor()
IO.inspect({pid == self(), options})                                                     # expect: {true, [:busy_port, {:large_heap, 100000}]}
:erlang.system_monitor({self(), [{:long_gc, 50}]})
IO.inspect(elem(:erlang.system_monitor(), 1))                                            # expect: [long_gc: 50]
IO.inspect(elem(:erlang.system_monitor(:undefined), 1))                                  # expect: [long_gc: 50]
IO.inspect(:erlang.system_monitor())                                                     # expect: :undefined
for wrong <- [[:nonsense], [{:long_gc, :x}], [{:long_message_queue, {5, 5}}], :x] do
  try do :erlang.system_monitor(self(), wrong) rescue error -> IO.inspect(error.__struct__) end
end
# expect: ArgumentError
# expect: ArgumentError
# expect: ArgumentError
# expect: ArgumentError

# case: large heaps
:erlang.system_monitor(self(), [{:large_heap, 50_000}])
child = spawn(fn -> Enum.to_list(1..200_000) |> length(); receive do :stop -> :ok end end)
receive do
  {:monitor, ^child, :large_heap, info} ->
    IO.inspect(for key <- [:heap_block_size, :old_heap_block_size, :stack_size, :mbuf_size, :heap_size, :old_heap_size], do: is_integer(info[key]))
end
# expect: [true, true, true, true, true, true]

# case: long mailboxes, and short ones again
:erlang.system_monitor(self(), [{:long_message_queue, {5, 20}}])
child = spawn(fn ->
  receive do :go -> :ok end
  for _ <- 1..40, do: (receive do :message -> :ok end)
  receive do :stop -> :ok end
end)
for _ <- 1..40, do: send(child, :message)
receive do {:monitor, ^child, :long_message_queue, long} -> IO.inspect(long) end         # expect: true
send(child, :go)
receive do {:monitor, ^child, :long_message_queue, long} -> IO.inspect(long) end         # expect: false

# case: slices that take long
:erlang.system_monitor(self(), [{:long_schedule, 1}])
child = spawn(fn -> :binary.matches(:binary.copy("ab", 5_000_000), "b") |> length(); Enum.sort(Enum.to_list(3_000_000..1//-1)) end)
reference = Process.monitor(child)
seen = receive do
  {:monitor, _, :long_schedule, info} -> {is_integer(info[:timeout]), tuple_size(info[:in]), tuple_size(info[:out])}
  {:DOWN, ^reference, _, _, _} -> :none
end
IO.inspect(seen in [{true, 3, 3}, :none])                                                # expect: true

# case: collections, traced
me = self()
child = spawn(fn -> receive do :go -> :erlang.garbage_collect(); send(me, :done) end end)
:erlang.trace(child, true, [:garbage_collection])
send(child, :go)
receive do :done -> :ok end
receive do {:trace, ^child, kind, info} when kind in [:gc_minor_start, :gc_major_start] -> IO.inspect(is_integer(info[:heap_size])) end   # expect: true
receive do {:trace, ^child, kind, info} when kind in [:gc_minor_end, :gc_major_end] -> IO.inspect(is_integer(info[:heap_size])) end       # expect: true

# case: running, traced
defmodule Wait do
  def now, do: (receive do :stop -> :ok end)
end
child = spawn(Wait, :now, [])
Process.sleep(10)
:erlang.trace(child, true, [:running])
send(child, :other)
receive do {:trace, ^child, :in, place} -> IO.inspect(place) end                         # expect: {Wait, :now, 0}
receive do {:trace, ^child, :out, place} -> IO.inspect(place) end                        # expect: {Wait, :now, 0}

# case: links and names, traced
me = self()
child = spawn(fn ->
  receive do :go -> :ok end
  Process.register(self(), :traced_name)
  Process.link(me)
  Process.unlink(me)
  Process.unregister(:traced_name)
end)
:erlang.trace(child, true, [:procs])
send(child, :go)
for _ <- 1..5 do
  receive do
    {:trace, ^child, what, ^me} -> IO.inspect({what, :me})
    {:trace, ^child, what, other} -> IO.inspect({what, other})
  end
end
# expect: {:register, :traced_name}
# expect: {:link, :me}
# expect: {:unlink, :me}
# expect: {:unregister, :traced_name}
# expect: {:exit, :normal}

# case: inheritance at links and at the first spawn
me = self()
other = spawn(fn -> receive do {:say, x} -> send(me, {:said, x}) end end)
first = spawn(fn ->
  receive do :go -> :ok end
  Process.link(other)
  a = spawn(fn -> receive do :stop -> :ok end end)
  b = spawn(fn -> receive do :stop -> :ok end end)
  send(me, {:children, a, b})
  receive do :stop -> :ok end
end)
:erlang.trace(first, true, [:send, :set_on_link, :set_on_first_spawn])
send(first, :go)
{a, b} = receive do {:children, a, b} -> {a, b} end
flags = fn pid -> {:flags, flags} = :erlang.trace_info(pid, :flags); flags end
IO.inspect({flags.(first), flags.(a), flags.(b)})          # expect: {[:send, :set_on_link], [:send, :set_on_link], []}
IO.inspect(flags.(other))                                  # expect: [:send, :set_on_first_spawn, :set_on_link]
for pid <- [other, first, a, b], do: Process.exit(pid, :kill)

# case: statistics
for key <- [:run_queue_lengths, :active_tasks, :run_queue_lengths_all, :active_tasks_all] do
  IO.inspect({key, length(:erlang.statistics(key)) - System.schedulers()})
end
# expect: {:run_queue_lengths, 1}
# expect: {:active_tasks, 1}
# expect: {:run_queue_lengths_all, 2}
# expect: {:active_tasks_all, 2}
IO.inspect(for key <- [:total_run_queue_lengths, :total_run_queue_lengths_all, :total_active_tasks, :total_active_tasks_all, :run_queue], do: is_integer(:erlang.statistics(key)))
# expect: [true, true, true, true, true]
IO.inspect(:erlang.statistics(:total_active_tasks) >= 1)                                 # expect: true
IO.inspect(for key <- [:runtime, :wall_clock, :reductions, :exact_reductions, :context_switches], do: tuple_size(:erlang.statistics(key)))
# expect: [2, 2, 2, 2, 2]
IO.inspect(tuple_size(:erlang.statistics(:garbage_collection)))                          # expect: 3
{{:input, input}, {:output, output}} = :erlang.statistics(:io)
IO.inspect({is_integer(input), is_integer(output)})                                      # expect: {true, true}

# case: the busy time of schedulers
IO.inspect(:erlang.statistics(:scheduler_wall_time))                                     # expect: :undefined
IO.inspect(:erlang.system_flag(:scheduler_wall_time, true))                              # expect: false
before = :erlang.statistics(:scheduler_wall_time) |> Enum.map(&elem(&1, 1)) |> Enum.sum()
Enum.reduce(1..200_000, 0, &+/2)
now = :erlang.statistics(:scheduler_wall_time)
IO.inspect({length(now) == System.schedulers(), now |> Enum.map(&elem(&1, 1)) |> Enum.sum() > before})   # expect: {true, true}
IO.inspect(Enum.all?(now, fn {_, busy, wall} -> busy <= wall end))                       # expect: true
IO.inspect(:erlang.system_flag(:scheduler_wall_time, false))                             # expect: true
IO.inspect(:erlang.statistics(:scheduler_wall_time))                                     # expect: :undefined

# case: what a process tells on request
{child, _} = spawn_monitor(fn -> Process.put(:key, 1); receive do :stop -> :ok end end)
Process.sleep(5)
items = [:binary, :catchlevel, :current_location, :garbage_collection_info, :message_queue_data, :min_heap_size, :monitored_by, :monitors,
         :parent, :priority, :suspending, :total_heap_size, :memory, :backtrace, :last_calls, :sequential_trace_token, :trace, :registered_name, :label]
info = Process.info(child, items)
IO.inspect(Enum.map(info, &elem(&1, 0)) == items)                                        # expect: true
IO.inspect({info[:monitored_by] == [self()], info[:parent] == self(), info[:priority], info[:message_queue_data], info[:suspending]})
# expect: {true, true, :normal, :on_heap, []}
IO.inspect(Process.info(child, {:dictionary, :key}))                                     # expect: {{:dictionary, :key}, 1}
:erlang.suspend_process(child)
IO.inspect(Process.info(self(), :suspending) == {:suspending, [{child, 1, 0}]})          # expect: true
IO.inspect(Process.info(child, :status))                                                 # expect: {:status, :suspended}

# case: what the system tells
keys = [:heap_type, :message_queue_data, :garbage_collection, :scheduler_bind_type, :scheduler_bindings, :schedulers_state, :multi_scheduling_blockers,
        :kernel_poll, :cpu_quota, :dynamic_trace, :trace_control_word, :system_logger, :end_time, :procs, :loaded, :port_parallelism]
IO.inspect(Enum.reject(keys, fn key -> :erlang.system_info(key) != nil end))             # expect: []
IO.inspect(tuple_size(:erlang.system_info(:scheduler_bindings)) == System.schedulers())  # expect: true
memory = :erlang.memory()
IO.inspect(Keyword.keys(memory) == [:total, :processes, :processes_used, :system, :atom, :atom_used, :binary, :code, :ets])   # expect: true
IO.inspect(memory[:total] == memory[:processes] + memory[:system])                       # expect: true
