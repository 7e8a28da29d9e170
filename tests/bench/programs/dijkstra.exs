# answer: 39260 536 15 10615486
# group: whole programs
# Shortest ways through a random graph, the open ones in a gb_set, distances in a map.
defmodule Graph do
  defstruct nodes: MapSet.new(), edges: %{}

  def new, do: %__MODULE__{}

  def add_edge(%__MODULE__{nodes: nodes, edges: edges} = g, a, b, w) do
    %{g | nodes: nodes |> MapSet.put(a) |> MapSet.put(b),
          edges: Map.update(edges, a, [{b, w}], fn l -> [{b, w} | l] end)}
  end

  def dijkstra(%__MODULE__{} = g, source) do
    loop(g, :gb_sets.singleton({0, source}), %{source => 0}, %{})
  end

  defp loop(g, heap, dist, prev) do
    if :gb_sets.is_empty(heap) do
      {dist, prev}
    else
      {{d, u}, heap} = :gb_sets.take_smallest(heap)

      if d > Map.fetch!(dist, u) do
        loop(g, heap, dist, prev)
      else
        {heap, dist, prev} =
          Enum.reduce(Map.get(g.edges, u, []), {heap, dist, prev}, fn {v, w}, {h, ds, ps} ->
            alt = d + w
            case Map.fetch(ds, v) do
              {:ok, old} when old <= alt -> {h, ds, ps}
              _ -> {:gb_sets.add({alt, v}, h), Map.put(ds, v, alt), Map.put(ps, v, u)}
            end
          end)

        loop(g, heap, dist, prev)
      end
    end
  end

  def path(prev, to), do: path(prev, to, [])
  defp path(prev, to, acc) when is_map_key(prev, to), do: path(prev, prev[to], [to | acc])
  defp path(_, to, acc), do: [to | acc]
end

defmodule Lcg do
  def stream(seed), do: Stream.unfold(seed, fn s -> s = rem(s * 1_103_515_245 + 12345, 2_147_483_648); {s, s} end)
end

n = 40_000
edges =
  Lcg.stream(42)
  |> Stream.chunk_every(3)
  |> Enum.take(n * 4)

g = Enum.reduce(edges, Graph.new(), fn [a, b, w], g -> Graph.add_edge(g, rem(div(a, 8), n), rem(div(b, 8), n), 1 + rem(div(w, 16), 100)) end)
{dist, prev} = Graph.dijkstra(g, 0)
{node, far} = Enum.max_by(dist, fn {node, d} -> {d, node} end)
IO.puts("#{map_size(dist)} #{far} #{length(Graph.path(prev, node))} #{dist |> Map.values() |> Enum.sum()}")
