# Who cannot register was second.
parent = self()

start = fn ->
  spawn(fn ->
    result =
      try do
        Process.register(self(), :singleton)
        :registered
      rescue
        ArgumentError -> :there
      end

    send(parent, result)
    receive do: (:stop -> :ok)
  end)
end

start.()
start.()
results = for _ <- 1..2, do: receive(do: (result -> result))
if Enum.sort(results) != [:registered, :there], do: raise("#{inspect(results)}")
