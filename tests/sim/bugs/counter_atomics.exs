# Read, modify, write on an atomic, in two operations.
counter = :atomics.new(1, [])
increment = fn -> :atomics.put(counter, 1, :atomics.get(counter, 1) + 1) end
1..2 |> Enum.map(fn _ -> Task.async(increment) end) |> Task.await_many()
value = :atomics.get(counter, 1)
if value != 2, do: raise("counted #{value}")
