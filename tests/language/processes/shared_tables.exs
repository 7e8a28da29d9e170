# case: ets: counters that many processes count at once lose nothing, and grow past small integers
table = :ets.new(:counts, [:public, write_concurrency: true])
:ets.insert(table, {:large, 1_152_921_504_606_846_970})
tasks =
  for id <- 1..8 do
    Task.async(fn ->
      for i <- 1..3000 do
        :ets.update_counter(table, {:key, rem(i, 7)}, 1, {nil, 0})
        :ets.update_counter(table, :large, {2, 1})
        if rem(i, 10) == 0, do: :ets.insert(table, {{id, i}, i})
        [] = :ets.lookup(table, {id, -i})
      end
    end)
  end
Task.await_many(tasks, 60_000)
IO.inspect Enum.sum(for i <- 0..6, do: :ets.lookup_element(table, {:key, i}, 2))
IO.inspect :ets.lookup(table, :large)
IO.inspect :ets.info(table, :size)
# expect: 24000
# expect: [large: 1152921504606870970]
# expect: 2408

# case: ets: counting in place changes no literal that was stored, no copy, and not the key
defmodule Stored do
  def row, do: {:row, 0, 5}
end
for type <- [:set, :ordered_set] do
  table = :ets.new(:rows, [type])
  :ets.insert(table, Stored.row())
  [before] = :ets.lookup(table, :row)
  1 = :ets.update_counter(table, :row, 1)
  [copy] = :ets.lookup(table, :row)
  7 = :ets.update_counter(table, :row, {3, 2})
  -3 = :ets.update_counter(table, :row, {2, -4})
  IO.inspect {Stored.row(), before, copy, :ets.lookup(table, :row)}
  for bad <- [{1, 1}, {4, 1}, {0, 1}, :x, 1.5, {2, :x}] do
    try do
      :ets.update_counter(table, :row, bad)
    rescue
      error in ArgumentError -> error.__struct__
    end
  end
  |> Enum.uniq()
  |> IO.inspect()
end
# expect: {{:row, 0, 5}, {:row, 0, 5}, {:row, 1, 5}, [{:row, -3, 7}]}
# expect: [ArgumentError]
# expect: {{:row, 0, 5}, {:row, 0, 5}, {:row, 1, 5}, [{:row, -3, 7}]}
# expect: [ArgumentError]

# case: ets: tables that come, are renamed and go while others use them by name and by reference
parent = self()
names = for i <- 1..40, do: :"shared_table_#{i}"
users =
  for id <- 1..4 do
    spawn_link(fn ->
      use_tables = fn use_tables, found ->
        receive do
          :stop -> send(parent, {:done, found >= 0})
        after
          0 ->
            name = Enum.at(names, rem(found + id, 40))
            hit =
              try do
                :ets.insert(name, {id, found})
                [{^id, _}] = :ets.lookup(name, id)
                1
              rescue
                ArgumentError -> 1
                MatchError -> 1
              end
            use_tables.(use_tables, found + hit)
        end
      end
      use_tables.(use_tables, 0)
    end)
  end
for _ <- 1..30 do
  tables = for name <- names, do: {name, :ets.new(name, [:named_table, :public])}
  for {name, _} <- tables do
    :ets.insert(name, {:kept, name})
    new_name = :"#{name}_new"
    ^new_name = :ets.rename(name, new_name)
    :undefined = :ets.whereis(name)
    [kept: ^name] = :ets.lookup(:ets.whereis(new_name), :kept)
    ^name = :ets.rename(new_name, name)
  end
  references = for _ <- 1..20, do: :ets.new(:plain, [:public])
  Enum.each(references, &:ets.delete/1)
  for name <- names, do: :ets.delete(name)
  for name <- names, do: :undefined = :ets.whereis(name)
end
Enum.each(users, &send(&1, :stop))
IO.inspect(for _ <- users, do: (receive do {:done, ok} -> ok end))
# expect: [true, true, true, true]

# case: ets: objects of one key stay together in the order of their insertion while a table grows and shrinks
bag = :ets.new(:bag, [:duplicate_bag])
for round <- 1..5, key <- 1..400, do: :ets.insert(bag, {{:key, key}, round})
for key <- 1..400, rem(key, 3) == 0, do: :ets.delete(bag, {:key, key})
for key <- 1..400, rem(key, 3) == 1, do: :ets.delete_object(bag, {{:key, key}, 3})
for key <- 1..400, rem(key, 3) == 0, do: :ets.insert(bag, {{:key, key}, :again})
(for key <- 1..400, do: (for {_, round} <- :ets.lookup(bag, {:key, key}), do: round)) |> Enum.frequencies() |> IO.inspect()
walk = Stream.iterate(:ets.first(bag), &:ets.next(bag, &1)) |> Enum.take_while(&(&1 != :"$end_of_table"))
IO.inspect {length(walk), Enum.sort(walk) == for(key <- 1..400, do: {:key, key}), :ets.info(bag, :size)}
# expect: %{[1, 2, 3, 4, 5] => 133, [1, 2, 4, 5] => 134, [:again] => 133}
# expect: {400, true, 1334}
