# answer: 300 3000000 2000
# group: processes
# Lists of ten thousand, maps and large binaries sent to and fro.
defmodule Large do
  def echo do
    receive do
      {from, term} ->
        send(from, {:back, term})
        echo()
    end
  end

  def run(_pid, _term, 0, n), do: n
  def run(pid, term, left, n) do
    send(pid, {self(), term})

    receive do
      {:back, ^term} -> run(pid, term, left - 1, n + 1)
    end
  end
end

pid = spawn(fn -> Large.echo() end)
list = for i <- 1..10_000, do: {i, [i, :x], "item #{i}"}
map = Map.new(1..5_000, &{&1, {&1, "value"}})
a = Large.run(pid, list, 200, 0)
b = Large.run(pid, map, 100, 0)
c = Large.run(pid, String.duplicate("x", 1_000_000), 2000, 0)
IO.puts("#{a + b} #{length(list) * 300} #{c}")
