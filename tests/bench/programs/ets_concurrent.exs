# answer: 800000 40000
# group: ETS
# Sixteen processes count and write in one public table.
defmodule EtsConcurrent do
  def work(table, id, n) do
    for i <- 1..n do
      :ets.update_counter(table, {:counter, rem(i, 10)}, 1, {{:counter, 0}, 0})
      if rem(i, 20) == 0, do: :ets.insert(table, {{id, i}, i})
      :ets.lookup(table, {id, i - 7})
    end

    :done
  end
end

table = :ets.new(:shared, [:public, :set, write_concurrency: true, read_concurrency: true])
1..16 |> Enum.map(fn id -> Task.async(fn -> EtsConcurrent.work(table, id, 50_000) end) end) |> Enum.each(&Task.await(&1, 60_000))
total = Enum.reduce(0..9, 0, fn i, sum -> sum + :ets.lookup_element(table, {:counter, i}, 2) end)
IO.puts("#{total} #{:ets.info(table, :size) - 10}")
