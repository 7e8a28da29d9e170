# Register: two processes look whether a name is free, then register it.
parent = self()

start = fn ->
  spawn(fn ->
    result =
      if Process.whereis(:singleton) == nil do
        try do
          Process.register(self(), :singleton)
          :registered
        rescue
          ArgumentError -> :crashed
        end
      else
        :there
      end

    send(parent, result)
    receive do: (:stop -> :ok)
  end)
end

start.()
start.()
results = for _ <- 1..2, do: receive(do: (result -> result))
if :crashed in results, do: raise("both tried to register")
