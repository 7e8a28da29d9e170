# case: the application controller outlives the tree that needed it first
IO.inspect(Phial.Budget.run(fn -> Application.put_env(:mine, :key, 1) end, memory: 20_000_000, processes: 20))  # expect: {:ok, :ok}
Process.sleep(20)
IO.inspect(Process.alive?(Process.whereis(:application_controller)))  # expect: true
IO.inspect(Application.get_env(:mine, :key))  # expect: 1

# case: global names outlive a tree, too
holder = spawn(fn -> Process.sleep(:infinity) end)
IO.inspect(Phial.Budget.run(fn -> :global.register_name(:held, holder) end, memory: 20_000_000))  # expect: {:ok, :yes}
Process.sleep(20)
IO.inspect(:global.whereis_name(:held) == holder)  # expect: true

# case: nothing else gets out of a tree that way
IO.inspect(Phial.Budget.run(fn -> try do :phial_system.start_server(:lists) rescue e -> e.__struct__ end end, memory: 20_000_000))  # expect: {:ok, ArgumentError}
