# case: large heaps: what lives stays as it is while much dies beside it
defmodule Grow do
  def list(0, acc), do: acc
  def list(n, acc), do: list(n - 1, [{n, [n, n], "text #{n}"} | acc])
  def sum(list), do: Enum.reduce(list, 0, fn {a, [b, c], text}, s -> s + a + b - c + byte_size(text) end)
end
kept = Grow.list(60_000, [])
sums = for round <- 1..6, do: Grow.sum(Grow.list(10_000 * round, []))
:erlang.garbage_collect()
IO.inspect {Grow.sum(kept), sums == Enum.map(1..6, &Grow.sum(Grow.list(10_000 * &1, [])))}
:erlang.garbage_collect()
IO.inspect {Grow.sum(kept), hd(kept)}
# expect: {1800618894, true}
# expect: {1800618894, {1, [1, 1], "text 1"}}

# case: large heaps: memory shrinks after a peak
me = self()
pid = spawn(fn ->
  size = fn -> elem(Process.info(self(), :total_heap_size), 1) end
  list = Enum.to_list(1..500_000)
  high = size.()
  send(me, {:sum, Enum.sum(list)})
  receive do :drop -> :ok end
  :erlang.garbage_collect()
  send(me, {:sizes, high > 500_000, size.() < 5_000})
end)
IO.inspect(receive do {:sum, n} -> n end)
send(pid, :drop)
IO.inspect(receive do {:sizes, a, b} -> {a, b} end)
# expect: 125000250000
# expect: {true, true}

# case: large heaps: a large message is received, kept, and let go
me = self()
pid = spawn(fn ->
  list = receive do {:list, list} -> list end
  :erlang.garbage_collect()
  send(me, {length(list), Enum.at(list, 77_777), Enum.reduce(list, 0, &(elem(&1, 0) + &2))})
  receive do :stop -> send(me, hd(list)) end
end)
send(pid, {:list, Enum.reduce(100_000..1//-1, [], &[{&1, "number"} | &2])})
IO.inspect(receive do answer -> answer end)
true = :erlang.garbage_collect(pid)
send(pid, :stop)
IO.inspect(receive do answer -> answer end)
# expect: {100000, {77778, "number"}, 5000050000}
# expect: {1, "number"}

# case: large heaps: hibernation keeps what it is given
defmodule Sleeper do
  def wait(map, from) do
    receive do
      :tell -> send(from, {map_size(map), map[4321], elem(Process.info(self(), :total_heap_size), 1) > 100_000})
    end
  end
end
me = self()
pid = spawn(fn ->
  _dropped = Enum.to_list(1..300_000)
  :erlang.hibernate(Sleeper, :wait, [Enum.reduce(1..50_000, %{}, &Map.put(&2, &1, {&1, &1})), me])
end)
Process.sleep(100)
send(pid, :tell)
IO.inspect(receive do answer -> answer end)
# expect: {50000, {4321, 4321}, true}

# case: large heaps: binaries that nobody refers to any more go with a full collection
pid = spawn(fn ->
  list = for n <- 1..100_000, do: {n, :binary.copy(<<n::32>>, 30)}
  receive do {:go, from} -> send(from, byte_size(elem(List.last(list), 1))) end
  receive do {:go, from} -> :erlang.garbage_collect(); send(from, elem(Process.info(self(), :binary), 1) |> length) end
end)
send(pid, {:go, self()})
IO.inspect(receive do n -> n end)
send(pid, {:go, self()})
IO.inspect(receive do n -> n end)
# expect: 120
# expect: 0

# case: large heaps: deep recursion returns through what was put aside
defmodule Deep do
  def sum(0), do: 0
  def sum(n), do: 1 + sum(n - 1)
  def map([], _), do: []
  def map([h | t], f), do: [f.(h) | map(t, f)]
end
IO.inspect Deep.sum(300_000)
list = Deep.map(Enum.to_list(1..200_000), &{&1, [&1]})
IO.inspect {length(list), Enum.reduce(list, 0, fn {a, [b]}, s -> s + a + b end)}
# expect: 300000
# expect: {200000, 40000200000}

# case: large heaps: an exception passes a million frames
Logger.configure(level: :none)
defmodule Thrower do
  def deep(0), do: raise(ArgumentError, "at the bottom")
  def deep(n), do: 1 + deep(n - 1)
  def catching(n) do
    1 + try do
      deep(n)
    rescue
      e -> String.length(Exception.message(e))
    end
  end
  def under(0, n), do: catching(n)
  def under(k, n), do: 1 + under(k - 1, n)
end
IO.inspect Thrower.under(200_000, 200_000)
{_, trace} = try do Thrower.under(10, 100_000) rescue _ -> {0, __STACKTRACE__} end
|> case do
  n when is_integer(n) -> {n, []}
  other -> other
end
IO.inspect trace
# Its report would come to the output at a time of its own.
Logger.configure(level: :none)
{_pid, ref} = spawn_monitor(fn -> Process.put(:depth, 1); Thrower.deep(100_000) |> exit() end)
receive do {:DOWN, ^ref, _, _, {%ArgumentError{message: m}, [{Thrower, :deep, 1, _} | _]}} -> IO.puts(m) end
# expect: 200014
# expect: []
# expect: at the bottom

# case: large heaps: a process that works in short turns between messages does not grow for good
defmodule Turns do
  def loop(map) do
    receive do
      {:put, from, key, values} ->
        send(from, :done)
        loop(Map.put(map, key, values))
      {:size, from} ->
        send(from, {:words, elem(Process.info(self(), :total_heap_size), 1)})
        loop(map)
    end
  end
  def echo do
    receive do
      {:size, from} ->
        send(from, {:words, elem(Process.info(self(), :total_heap_size), 1)})
      {from, term} ->
        send(from, {:back, term})
        echo()
    end
  end
end
me = self()
words = fn pid -> send(pid, {:size, me}); receive do {:words, n} -> n end end
pid = spawn(fn -> Turns.loop(Map.new(1..20_000, &{&1, [&1, &1, &1]})) end)
start = words.(pid)
for i <- 1..20_000 do
  send(pid, {:put, me, rem(i * 7919, 20_000) + 1, [i, {i, i, i}, [i, i], "text #{i}"]})
  receive do :done -> :ok end
end
after_puts = words.(pid)
IO.inspect after_puts < 12 * start or {start, after_puts}
echo = spawn(&Turns.echo/0)
list = for i <- 1..10_000, do: {i, [i, :x], "item #{i}"}
for _ <- 1..60 do
  send(echo, {me, list})
  receive do {:back, ^list} -> :ok end
end
IO.inspect words.(echo) < 8_000_000
# expect: true
# expect: true

# case: large heaps: what most functions of a pipeline hand on stays as it is while young blocks become old
defmodule Handed do
  def round(n, kept) do
    list = Enum.map(1..n, &{&1, [&1 | kept]})
    texts = for {i, _} <- list, rem(i, 1000) == 0, do: String.duplicate("#{i} ", 40)
    back = list |> Enum.map(fn {i, [i | rest]} -> {i * 2, rest} end) |> Enum.reverse()
    true = Enum.all?(back, fn {_, rest} -> rest == kept end)
    {Enum.reduce(back, 0, fn {i, _}, sum -> sum + i end), texts}
  end
end
rounds = for round <- 1..12, do: Handed.round(40_000 + round, [round, {:kept, round}])
IO.inspect Enum.map(rounds, fn {sum, texts} -> {sum - 1_600_000_000, length(texts), texts |> Enum.map(&byte_size/1) |> Enum.sum()} end) |> Enum.uniq_by(&tl(Tuple.to_list(&1)))
IO.inspect rounds |> List.last() |> elem(1) |> List.first() |> binary_part(0, 10)
IO.inspect Enum.map(rounds, &elem(&1, 0)) == for(round <- 1..12, n = 40_000 + round, do: n * (n + 1))
# expect: [{120002, 40, 9240}]
# expect: "1000 1000 "
# expect: true
