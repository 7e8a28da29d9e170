# case: depth: ten million deep body recursion
# deep
defmodule D do
  def f(0), do: 0
  def f(n), do: 1 + f(n - 1)
end
IO.inspect D.f(10_000_000)
# expect: 10000000

# case: depth: a list of ten million built by body recursion
# deep
defmodule D do
  def l(0), do: []
  def l(n), do: [n | l(n - 1)]
end
IO.inspect length(D.l(10_000_000))
# expect: 10000000

# case: depth: deep nesting of data
d = Enum.reduce(1..100_000, [], fn _, acc -> [acc] end)
IO.inspect d == d
me = self()
spawn(fn -> receive do: (x -> send(me, x == d)) end) |> send(d)
receive do: (r -> IO.inspect r)
# expect: true
# expect: true

# case: depth: endless loops leave others responsive
defmodule L do
  def loop, do: loop()
end
for _ <- 1..10, do: spawn(fn -> L.loop() end)
me = self()
spawn(fn -> send(me, :answer) end)
receive do: (m -> IO.inspect m)
# expect: :answer

# case: depth: memory churn under collection
defmodule C do
  def churn(0, keep), do: keep
  def churn(n, keep), do: churn(n - 1, if(rem(n, 1000) == 0, do: [n | keep], else: (_ = Enum.to_list(1..20); keep)))
end
IO.inspect length(C.churn(200_000, []))
# expect: 200

# case: depth: a hundred megabytes are sent without a copy
b = :binary.copy(<<1>>, 100_000_000)
me = self()
pids = for _ <- 1..20, do: spawn(fn -> receive do: (x -> send(me, byte_size(x))) end)
Enum.each(pids, &send(&1, b))
IO.inspect Enum.sum(for _ <- pids, do: (receive do: (n -> n)))
# expect: 2000000000

# case: depth: max_heap_size ends the process only
Logger.configure(level: :none)
{pid, ref} = :erlang.spawn_opt(fn -> Enum.reduce(1..10_000_000, [], &[&1 | &2]) |> length() end, [:monitor, {:max_heap_size, %{size: 100_000, kill: true, error_logger: false}}])
receive do
  {:DOWN, ^ref, :process, ^pid, r} -> IO.inspect r
end
# expect: :killed

# case: depth: sorting a million numbers
l = for i <- 1..1_000_000, do: rem(i * 7919, 1_000_003)
s = Enum.sort(l)
IO.inspect {hd(s), List.last(s), length(s)}
# expect: {1, 1000002, 1000000}

