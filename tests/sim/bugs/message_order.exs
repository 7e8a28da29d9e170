# Order of messages: what comes from two senders is taken to come in the order in which it was sent.
store = self()

spawn(fn ->
  send(store, {:put, :colour, "red"})
  # Tells a reader that the value is there; the reader asks for it.
  spawn(fn -> send(store, {:get, :colour}) end)
  send(store, {:put, :colour, "blue"})
end)

state =
  Enum.reduce(1..3, %{}, fn _, state ->
    receive do
      {:put, key, value} -> Map.put(state, key, value)
      {:get, key} -> Map.put(state, :read, Map.get(state, key))
    end
  end)

if state.read != "blue", do: raise("read #{inspect(state.read)}")
