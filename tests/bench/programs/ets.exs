# answer: 300000 300000 45000150000 100000 3000
# group: ETS
# A table filled, read, counted and selected from: set, ordered_set, bag.
defmodule Ets do
  def fill(_table, 0), do: :ok
  def fill(table, n) do
    :ets.insert(table, {n, {:value, n}, n})
    fill(table, n - 1)
  end

  def read(_table, 0, sum), do: sum
  def read(table, n, sum) do
    [{^n, {:value, v}, _}] = :ets.lookup(table, n)
    read(table, n - 1, sum + v)
  end

  def count(_table, 0), do: :ok
  def count(table, n) do
    :ets.update_counter(table, rem(n, 100), {3, 1}, {rem(n, 100), nil, 0})
    count(table, n - 1)
  end
end

set = :ets.new(:set, [:set])
Ets.fill(set, 300_000)
sum = Ets.read(set, 300_000, 0)
ordered = :ets.new(:ordered, [:ordered_set])
Ets.fill(ordered, 100_000)
first = Enum.reduce(1..99_999, :ets.first(ordered), fn _, key -> :ets.next(ordered, key) end)
counters = :ets.new(:counters, [:set])
Ets.count(counters, 300_000)
total = :ets.foldl(fn {_, _, n}, acc -> acc + n end, 0, counters)
bag = :ets.new(:bag, [:bag])
for i <- 1..30_000, do: :ets.insert(bag, {rem(i, 1000), i})
selected = :ets.select(set, [{{:"$1", :_, :"$2"}, [{:<, :"$1", 2971}], [:"$2"]}]) |> length()
IO.puts("#{:ets.info(set, :size)} #{total} #{sum} #{first} #{selected + length(:ets.lookup(bag, 7))}")
