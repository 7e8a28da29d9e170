# case: large values are shared, not copied, and outlive their place
list = Enum.to_list(1..200_000)
:persistent_term.put(:list, {list, "text", %{nested: [1.5, :a, String.duplicate("long ", 40)]}})
before = :erlang.process_info(self(), :total_heap_size)
values = for _ <- 1..2000, do: :persistent_term.get(:list)
{:total_heap_size, grown} = :erlang.process_info(self(), :total_heap_size)
IO.inspect(grown - elem(before, 1) < 1_000_000)                 # expect: true
first = hd(values)
:persistent_term.put(:list, :other)
:erlang.garbage_collect()
IO.inspect(Enum.sum(elem(first, 0)))                            # expect: 20000100000
IO.inspect(String.length(hd(Enum.reverse(elem(first, 2).nested))))   # expect: 200
parent = self()
spawn(fn -> send(parent, {:sum, Enum.sum(elem(first, 0))}) end)
receive do
  {:sum, sum} -> IO.inspect(sum)                                # expect: 20000100000
end
IO.inspect({:persistent_term.get(:list), :persistent_term.get(:none, :default), :persistent_term.erase(:list), :persistent_term.erase(:list)})
# expect: {:other, :default, true, false}

# case: readers and writers at once
tasks = for i <- 1..4 do
  Task.async(fn ->
    for n <- 1..300 do
      if i == 1, do: :persistent_term.put(:shared, Enum.to_list(1..(50 + rem(n, 7)))), else: :persistent_term.get(:shared, [1]) |> Enum.sum()
    end
    :done
  end)
end
IO.inspect(Task.await_many(tasks))                              # expect: [:done, :done, :done, :done]

# case: values under atoms and tuples of atoms are the ones put last, everywhere
for key <- [:one, {:one, :two}, {:one, :two, :three}, {:one, nil}, {:one, :two, nil}, {:one, 2}], {value, n} <- Enum.with_index([:a, 7, nil, {1}, :b, 1.5]) do
  :persistent_term.put(key, value)
  seen = for _ <- 1..3, do: :persistent_term.get(key)
  task = Task.async(fn -> :persistent_term.get(key, :none) end)
  {Enum.uniq(seen) == [value], Task.await(task) == value, n}
end
|> Enum.uniq() |> Enum.map_join(" ", &inspect/1) |> IO.puts()
# expect: {true, true, 0} {true, true, 1} {true, true, 2} {true, true, 3} {true, true, 4} {true, true, 5}
gone = for key <- [:one, {:one, :two}, {:one, :two, :three}, {:two, :one}, :never], do: {:persistent_term.get(key, :no), :persistent_term.erase(key), :persistent_term.get(key, :no)}
IO.puts(Enum.map_join(gone, " ", &inspect/1))
# expect: {1.5, true, :no} {1.5, true, :no} {1.5, true, :no} {:no, false, :no} {:no, false, :no}
