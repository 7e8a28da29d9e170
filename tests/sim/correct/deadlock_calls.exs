# The servers answer later, from tasks of theirs, and can be called meanwhile.
defmodule Peer do
  use GenServer
  def start(name), do: GenServer.start(__MODULE__, nil, name: name)
  def init(nil), do: {:ok, nil}

  def handle_call({:ask, other}, from, state) do
    spawn_link(fn -> GenServer.reply(from, GenServer.call(other, :value, :infinity)) end)
    {:noreply, state}
  end

  def handle_call(:value, _from, state), do: {:reply, 1, state}
end

{:ok, _} = Peer.start(:left)
{:ok, _} = Peer.start(:right)
tasks = [Task.async(fn -> GenServer.call(:left, {:ask, :right}, :infinity) end), Task.async(fn -> GenServer.call(:right, {:ask, :left}, :infinity) end)]
[1, 1] = Task.await_many(tasks, :infinity)
