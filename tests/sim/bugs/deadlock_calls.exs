# Deadlock: two servers call each other while they serve a call.
defmodule Peer do
  use GenServer
  def start(name), do: GenServer.start(__MODULE__, nil, name: name)
  def init(nil), do: {:ok, nil}
  def handle_call({:ask, other}, _from, state), do: {:reply, GenServer.call(other, :value, :infinity), state}
  def handle_call(:value, _from, state), do: {:reply, 1, state}
end

{:ok, _} = Peer.start(:left)
{:ok, _} = Peer.start(:right)
tasks = [Task.async(fn -> GenServer.call(:left, {:ask, :right}, :infinity) end), Task.async(fn -> GenServer.call(:right, {:ask, :left}, :infinity) end)]
[1, 1] = Task.await_many(tasks, :infinity)
