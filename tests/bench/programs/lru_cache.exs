# answer: 128273 121727 500
# group: whole programs
# A cache with a limit in a GenServer: a map, and a tree of the times of use.
defmodule LRU do
  use GenServer
  defstruct capacity: 0, clock: 0, items: %{}, order: :gb_trees.empty(), hits: 0, misses: 0

  def start_link(capacity), do: GenServer.start_link(__MODULE__, capacity, name: __MODULE__)
  def get(key), do: GenServer.call(__MODULE__, {:get, key})
  def put(key, value), do: GenServer.cast(__MODULE__, {:put, key, value})
  def stats, do: GenServer.call(__MODULE__, :stats)

  @impl true
  def init(capacity), do: {:ok, %__MODULE__{capacity: capacity}}

  @impl true
  def handle_call({:get, key}, _from, state) do
    case state.items do
      %{^key => {value, stamp}} ->
        state = touch(%{state | hits: state.hits + 1}, key, value, stamp)
        {:reply, {:ok, value}, state}
      _ ->
        {:reply, :miss, %{state | misses: state.misses + 1}}
    end
  end

  def handle_call(:stats, _from, s), do: {:reply, %{hits: s.hits, misses: s.misses, size: map_size(s.items)}, s}

  @impl true
  def handle_cast({:put, key, value}, state) do
    state =
      case state.items do
        %{^key => {_, stamp}} -> touch(state, key, value, stamp)
        _ -> state |> evict() |> insert(key, value)
      end
    {:noreply, state}
  end

  defp touch(state, key, value, stamp) do
    insert(%{state | order: :gb_trees.delete(stamp, state.order)}, key, value)
  end

  defp insert(state, key, value) do
    clock = state.clock + 1
    %{state | clock: clock, items: Map.put(state.items, key, {value, clock}), order: :gb_trees.insert(clock, key, state.order)}
  end

  defp evict(%{items: items, capacity: c} = state) when map_size(items) < c, do: state
  defp evict(state) do
    {_, key, order} = :gb_trees.take_smallest(state.order)
    %{state | order: order, items: Map.delete(state.items, key)}
  end
end

{:ok, _} = LRU.start_link(500)
:rand.seed(:exsss, {10, 20, 30})

for _ <- 1..250_000 do
  key = trunc(:math.pow(:rand.uniform(), 3) * 2000)
  case LRU.get(key) do
    {:ok, v} -> ^v = key * key
    :miss -> LRU.put(key, key * key)
  end
end

%{hits: hits, misses: misses, size: size} = LRU.stats()
IO.puts("#{hits} #{misses} #{size}")
