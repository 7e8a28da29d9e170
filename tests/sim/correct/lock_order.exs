# Both workers take the locks in the same order.
defmodule Lock do
  def start, do: spawn(fn -> free() end)

  def take(lock) do
    send(lock, {:take, self()})
    receive do: ({:taken, ^lock} -> :ok)
  end

  def give(lock), do: send(lock, {:give, self()})

  defp free do
    receive do
      {:take, who} ->
        send(who, {:taken, self()})
        receive do: ({:give, ^who} -> free())
    end
  end
end

[a, b] = [Lock.start(), Lock.start()]
parent = self()

worker = fn first, second ->
  spawn(fn ->
    Lock.take(first)
    Lock.take(second)
    Lock.give(second)
    Lock.give(first)
    send(parent, :done)
  end)
end

worker.(a, b)
worker.(a, b)
for _ <- 1..2, do: receive(do: (:done -> :ok))
