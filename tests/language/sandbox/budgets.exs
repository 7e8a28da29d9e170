# case: a value within its budget
IO.inspect(Phial.Budget.run(fn -> Enum.sum(1..1000) end, memory: 10_000_000, reductions: 1_000_000, time: 60_000))  # expect: {:ok, 500500}

# case: memory ends the whole tree
{:error, reason} = Phial.Budget.run(fn ->
  for _ <- 1..3, do: spawn(fn -> Enum.to_list(1..100_000_000) end)
  Process.sleep(:infinity)
end, memory: 8_000_000)
IO.inspect(reason)  # expect: {:budget, :memory}

# case: trapping exits does not stop it, and others feel nothing
other = spawn(fn -> receive do {:ping, from} -> send(from, :pong) end end)
{pid, ref} = Phial.Budget.spawn_monitor(fn ->
  Process.flag(:trap_exit, true)
  loop = fn loop, list -> loop.(loop, [Enum.to_list(1..100) | list]) end
  loop.(loop, [])
end, memory: 4_000_000)
receive do {:DOWN, ^ref, :process, ^pid, reason} -> IO.inspect(reason) end  # expect: {:budget, :memory}
send(other, {:ping, self()})
receive do message -> IO.inspect(message) end  # expect: :pong

# case: reductions in all
IO.inspect(Phial.Budget.run(fn -> Stream.run(Stream.cycle([1])) end, reductions: 200_000))  # expect: {:error, {:budget, :reductions}}

# case: time, of a sleeping and of a busy process
IO.inspect(Phial.Budget.run(fn -> Process.sleep(:infinity) end, time: 30))  # expect: {:error, {:budget, :time}}
IO.inspect(Phial.Budget.run(fn -> Stream.run(Stream.cycle([1])) end, time: 30))  # expect: {:error, {:budget, :time}}

# case: a rate delays and does not end
started = System.monotonic_time(:millisecond)
{:ok, :done} = Phial.Budget.run(fn -> Enum.each(1..100_000, fn _ -> :ok end); :done end, reductions_per_second: 1_000_000)
IO.inspect(System.monotonic_time(:millisecond) - started >= 50)  # expect: true

# case: processes
IO.inspect(Phial.Budget.run(fn ->
  for _ <- 1..20, do: spawn(fn -> Process.sleep(:infinity) end)
  Process.sleep(:infinity)
end, processes: 5))  # expect: {:error, {:budget, :processes}}

# case: atoms raise where they are made
IO.inspect(Phial.Budget.run(fn ->
  try do
    for i <- 1..100, do: String.to_atom("budget_case_atom_#{i}")
  rescue
    error in SystemLimitError -> error.__struct__
  end
end, atoms: 10))  # expect: {:ok, SystemLimitError}
IO.inspect(Phial.Budget.run(fn -> String.to_atom("ok") end, atoms: 1))  # expect: {:ok, :ok}

# case: a mailbox
IO.inspect(Phial.Budget.run(fn ->
  loop = fn loop -> send(self(), :x); loop.(loop) end
  loop.(loop)
end, mailbox: 500))  # expect: {:error, {:budget, :mailbox}}

# case: binaries and tables
IO.inspect(Phial.Budget.run(fn ->
  Enum.reduce(Stream.iterate(0, & &1 + 1), [], fn _, all -> [:binary.copy(<<0>>, 10_000) | all] end)
end, binaries: 1_000_000))  # expect: {:error, {:budget, :binaries}}
IO.inspect(Phial.Budget.run(fn ->
  table = :ets.new(:t, [])
  for i <- Stream.iterate(0, & &1 + 1), do: :ets.insert(table, {i, i})
end, ets: 1_000_000))  # expect: {:error, {:budget, :ets}}

# case: one value larger than what is left
{:error, {error, _stack}} = Phial.Budget.run(fn -> String.duplicate("x", 1_000_000_000_000) end, memory: 4_000_000)
IO.inspect(error.__struct__)  # expect: SystemLimitError

# case: without a budget a value larger than the machine raises
for make <- [fn -> String.duplicate("x", 1_000_000_000_000_000) end, fn -> <<0::size(1_000_000_000_000_000)>> end, fn -> :atomics.new(1_000_000_000_000, []) end] do
  try do
    make.()
  rescue
    error in [SystemLimitError, ArgumentError] -> IO.inspect(error.__struct__ in [SystemLimitError, ArgumentError])
  end
end
# expect: true
# expect: true
# expect: true

# case: an inner tree never gets more
IO.inspect(Phial.Budget.run(fn -> Phial.Budget.run(fn -> Enum.to_list(1..100_000_000) end, memory: 1_000_000_000) end, memory: 8_000_000))  # expect: {:error, {:budget, :memory}}
IO.inspect(Phial.Budget.run(fn -> Phial.Budget.run(fn -> Enum.to_list(1..100_000_000) end, memory: 4_000_000) end, memory: 400_000_000))  # expect: {:ok, {:error, {:budget, :memory}}}

# case: what was started ends with the function
{:ok, pid} = Phial.Budget.run(fn -> spawn(fn -> Process.sleep(:infinity) end) end, [])
ref = Process.monitor(pid)
receive do {:DOWN, ^ref, :process, ^pid, reason} -> IO.inspect(reason in [:killed, :noproc]) end  # expect: true

# case: the tree ends with who waits for it
parent = self()
waiter = spawn(fn -> Phial.Budget.run(fn -> send(parent, {:inside, self()}); Process.sleep(:infinity) end, []) end)
inside = receive do {:inside, pid} -> pid end
ref = Process.monitor(inside)
Process.exit(waiter, :kill)
receive do {:DOWN, ^ref, :process, ^inside, reason} -> IO.inspect(reason) end  # expect: :killed

# case: how it failed
IO.inspect(Phial.Budget.run(fn -> exit(:gone) end, []))  # expect: {:error, :gone}
{:error, {error, [_ | _]}} = Phial.Budget.run(fn -> raise ArgumentError, "bad" end, [])
IO.inspect(error)  # expect: %ArgumentError{message: "bad"}
{:error, {{:nocatch, 3}, _}} = Phial.Budget.run(fn -> throw(3) end, [])

# case: info
{:ok, info} = Phial.Budget.run(fn -> String.duplicate("x", 100_000) |> byte_size(); Phial.Budget.info() end, memory: 10_000_000, processes: 7)
IO.inspect(info[:processes])  # expect: {1, 7}
{used, 10_000_000} = info[:memory]
IO.inspect(used > 0)  # expect: true
IO.inspect(info[:time] |> elem(1))  # expect: :infinity
IO.inspect(Phial.Budget.info())  # expect: nil
IO.inspect(Process.info(self(), :budget))  # expect: {:budget, nil}

# case: wrong limits are told
for bad <- [[size: 3], [memory: -1], [memory: :much]] do
  try do
    Phial.Budget.run(fn -> 1 end, bad)
  rescue
    error in ArgumentError -> IO.puts(Exception.message(error))
  end
end
# expect: unknown kind of budget: :size. The kinds are [:memory, :binaries, :ets, :reductions, :reductions_per_second, :processes, :atoms, :mailbox, :time]
# expect: the limit of :memory must be a positive integer, got: -1
# expect: the limit of :memory must be a positive integer, got: :much

# case: a message whose parts are shared
IO.inspect(Phial.Budget.run(fn ->
  bomb = Enum.reduce(1..60, [], fn _, t -> [t | t] end)
  send(self(), bomb)
  Process.sleep(:infinity)
end, memory: 8_000_000))  # expect: {:error, {:budget, :memory}}

# case: an exit signal ends a long native function
{pid, ref} = spawn_monitor(fn -> :lists.sort(Enum.map(1..3_000_000, &rem(&1 * 7919, 1_000_003))) end)
Process.sleep(100)
Process.exit(pid, :kill)
receive do {:DOWN, ^ref, :process, ^pid, reason} -> IO.inspect(reason) end  # expect: :killed

# case: deep terms are encoded without recursion
deep = Enum.reduce(1..300_000, [], fn _, t -> {t} end)
IO.inspect(byte_size(:erlang.term_to_binary(deep)))  # expect: 600002
