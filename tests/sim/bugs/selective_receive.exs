# Selective receive: a stale :ready of an earlier round satisfies the next one.
parent = self()

round = fn number ->
  for name <- [:a, :b] do
    spawn(fn ->
      send(parent, :ready)
      send(parent, {:result, number, name})
      send(parent, :ready)
    end)
  end

  # Each worker says it twice; three of the four are thought to be enough.
  for _ <- 1..3, do: receive(do: (:ready -> :ok))
  receive do: ({:result, ^number, :a} -> :ok)
  # Both are through by now.
  found = receive do: ({:result, ^number, :b} -> true), after: (0 -> false)
  if not found, do: raise("round #{number}: a result is missing")
end

round.(1)
