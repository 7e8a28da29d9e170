# Cache stampede: everybody who misses computes the value.
defmodule Cache do
  use Agent
  def start, do: Agent.start_link(fn -> %{} end, name: __MODULE__)

  def fetch(key, compute) do
    case Agent.get(__MODULE__, &Map.get(&1, key)) do
      nil ->
        value = compute.()
        Agent.update(__MODULE__, &Map.put(&1, key, value))
        value

      value ->
        value
    end
  end
end

{:ok, _} = Cache.start()
computed = :counters.new(1, [])

compute = fn ->
  :counters.add(computed, 1, 1)
  42
end

1..2 |> Enum.map(fn _ -> Task.async(fn -> Cache.fetch(:answer, compute) end) end) |> Task.await_many()
if :counters.get(computed, 1) > 1, do: raise("computed #{:counters.get(computed, 1)} times")
