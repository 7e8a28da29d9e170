# answer: {245750, 307288250}
# group: OTP
# Events to those registered under a topic.
{:ok, _} = Registry.start_link(keys: :duplicate, name: Bus)
{:ok, _} = Registry.start_link(keys: :unique, name: Names)

defmodule Sub do
  def start(i, topics, parent) do
    spawn_link(fn ->
      for t <- topics, do: {:ok, _} = Registry.register(Bus, t, i)
      {:ok, _} = Registry.register(Names, {:sub, i}, nil)
      send(parent, :ready)
      loop(0, 0)
    end)
  end

  defp loop(n, sum) do
    receive do
      {:event, _topic, v} -> loop(n + 1, sum + v)
      {:report, to} -> send(to, {:total, n, sum})
    end
  end
end

topics = for i <- 1..10, do: "topic:#{i}"
for i <- 1..200, do: Sub.start(i, Enum.take_every(Enum.drop(topics, rem(i, 3)), rem(i, 4) + 1), self())

for _ <- 1..200,
    do:
      (receive do
         :ready -> :ok
       end)

for i <- 1..2500 do
  t = Enum.at(topics, rem(i, 10))
  Registry.dispatch(Bus, t, fn subs -> for {pid, _} <- subs, do: send(pid, {:event, t, i}) end)
end

IO.inspect(Enum.count(1..60_000, fn i -> Registry.lookup(Names, {:sub, rem(i, 400)}) != [] end))

for i <- 1..200, [{pid, _}] = Registry.lookup(Names, {:sub, i}), do: send(pid, {:report, self()})

IO.inspect(
  for(
    _ <- 1..200,
    do:
      receive do
        {:total, n, s} -> {n, s}
      end
  )
  |> Enum.reduce({0, 0}, fn {a, b}, {c, d} -> {a + c, b + d} end)
)
