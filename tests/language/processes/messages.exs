# case: messages: send and receive
me = self()
spawn(fn -> send(me, {:hi, 1}) end)
receive do
  {:hi, x} -> IO.inspect x
end
# expect: 1

# case: messages: selective receive keeps the rest in order
for i <- 1..3, do: send(self(), i)
send(self(), :x)
receive do: (:x -> IO.puts "x")
IO.inspect(for _ <- 1..3 do
  receive do: (n -> n)
end)
# expect: x
# expect: [1, 2, 3]

# case: messages: after zero
IO.inspect(receive do
  _ -> :got
after
  0 -> :none
end)
# expect: :none

# case: messages: after a while
IO.inspect(receive do
  _ -> :got
after
  20 -> :late
end)
# expect: :late

# case: messages: guards in receive
send(self(), 5)
send(self(), 50)
receive do
  n when n > 10 -> IO.inspect n
end
receive do: (n -> IO.inspect n)
# expect: 50
# expect: 5

# case: messages: pinned reference
ref = make_ref()
send(self(), {make_ref(), :no})
send(self(), {ref, :yes})
receive do
  {^ref, v} -> IO.inspect v
end
# expect: :yes

# case: messages: a counter process
defmodule C do
  def loop(n) do
    receive do
      :inc -> loop(n + 1)
      {:get, from} ->
        send(from, n)
        loop(n)
    end
  end
end
pid = spawn(C, :loop, [0])
for _ <- 1..5, do: send(pid, :inc)
send(pid, {:get, self()})
receive do: (n -> IO.inspect n)
# expect: 5

# case: messages: order between two processes is kept
me = self()
spawn(fn -> for i <- 1..100, do: send(me, i) end)
IO.inspect(Enum.all?(1..100, fn i ->
  receive do: (n -> n == i)
end))
# expect: true

# case: messages: a ring
n = 200
first = Enum.reduce(1..n, self(), fn _, next ->
  spawn(fn -> receive do: (k -> send(next, k + 1)) end)
end)
send(first, 0)
receive do: (k -> IO.inspect k)
# expect: 200

# case: messages: registered names
Process.register(self(), :me)
send(:me, :hello)
receive do: (m -> IO.inspect m)
IO.inspect Process.whereis(:me) == self()
Process.unregister(:me)
IO.inspect Process.whereis(:me)
# expect: :hello
# expect: true
# expect: nil

# case: messages: sending to an unknown name raises
try do
  send(:nobody_here, 1)
rescue
  e in ArgumentError -> IO.inspect e.__struct__
end
# expect: ArgumentError

# case: messages: send_after and cancel
Process.send_after(self(), :tick, 10)
receive do: (:tick -> IO.puts "tick")
t = Process.send_after(self(), :never, 10_000)
IO.inspect is_integer(Process.cancel_timer(t))
IO.inspect Process.cancel_timer(t)
# expect: tick
# expect: true
# expect: false

# case: messages: large messages are copied whole
me = self()
big = Enum.to_list(1..10_000)
spawn(fn -> receive do: (l -> send(me, Enum.sum(l))) end) |> send(big)
receive do: (s -> IO.inspect s)
# expect: 50005000

# case: messages: large binaries are shared
me = self()
b = :binary.copy("x", 1_000_000)
spawn(fn -> receive do: (x -> send(me, byte_size(x))) end) |> send(b)
receive do: (s -> IO.inspect s)
# expect: 1000000

# case: messages: message to a dead process is dropped
pid = spawn(fn -> :ok end)
Process.sleep(20)
IO.inspect send(pid, :x)
IO.inspect Process.alive?(pid)
# expect: :x
# expect: false

# case: messages: nested receives
send(self(), {:a, 1})
send(self(), {:b, 2})
r = receive do
  {:b, x} -> receive do
    {:a, y} -> {x, y}
  end
end
IO.inspect r
# expect: {2, 1}

# case: messages: parallel map
pmap = fn l, f ->
  me = self()
  l |> Enum.map(fn x -> spawn(fn -> send(me, {self(), f.(x)}) end) end)
  |> Enum.map(fn pid -> receive do: ({^pid, r} -> r) end)
end
IO.inspect pmap.([1, 2, 3], &(&1 * &1))
# expect: [1, 4, 9]

# case: messages: a thousand processes
me = self()
for i <- 1..1000, do: spawn(fn -> send(me, i) end)
IO.inspect Enum.reduce(1..1000, 0, fn _, s -> receive do: (n -> s + n) end)
# expect: 500500

# case: messages: process dictionary
Process.put(:k, 1)
IO.inspect {Process.get(:k), Process.get(:z, 0), Process.put(:k, 2), Process.delete(:k), Process.get(:k)}
# expect: {1, 0, 1, 2, nil}

# case: messages: flush by recursion
for i <- 1..3, do: send(self(), i)
defmodule F do
  def all(acc) do
    receive do
      m -> all([m | acc])
    after
      0 -> Enum.reverse(acc)
    end
  end
end
IO.inspect F.all([])
# expect: [1, 2, 3]


# case: messages: a waiting process needs less than 600 bytes
pids = for i <- 1..100, do: spawn(fn -> receive do {:stop, from} -> send(from, i) end end)
Process.sleep(20)
IO.inspect Enum.all?(pids, fn pid -> elem(Process.info(pid, :memory), 1) <= 600 end)
Enum.each(pids, &send(&1, {:stop, self()}))
IO.inspect Enum.sum(for _ <- pids, do: receive(do: (n -> n)))
# expect: true
# expect: 5050

# case: messages: looked at by one receive and taken by another they stay whole
defmodule Looks do
  def pass(message) do
    receive do
      {:never, _} -> :no
    after
      0 -> message
    end
  end
  def take(acc) do
    receive do
      {:item, n, list, text, float, big} -> take([{n, list, text, float, big} | acc])
    after
      0 -> Enum.reverse(acc)
    end
  end
end
for i <- 1..50, do: send(self(), {:item, i, [i, {i}], "text #{i}", i / 4, i * 1_000_000_000_000_000_000_000})
for i <- 1..20, do: Looks.pass(i)
:erlang.garbage_collect()
taken = Looks.take([])
:erlang.garbage_collect()
IO.inspect taken == for i <- 1..50, do: {i, [i, {i}], "text #{i}", i / 4, i * 1_000_000_000_000_000_000_000}
send(self(), {:other, self()})
send(self(), {:item, "a" <> String.duplicate("b", 100)})
IO.inspect(receive do {:item, text} -> byte_size(text) end)
IO.inspect(receive do {:other, pid} -> pid == self() end)
# expect: true
# expect: 101
# expect: true
