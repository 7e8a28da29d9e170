# answer: {188869896, 59568}
# group: tuples, structs and maps
# Spanning tree by Kruskal: sets as maps in a struct, updated by paths.
defmodule UF do
  defstruct parent: %{}, size: %{}
  def new(n), do: %UF{parent: Map.new(0..(n - 1), &{&1, &1}), size: Map.new(0..(n - 1), &{&1, 1})}

  def find(%UF{parent: p} = uf, x) do
    case p[x] do
      ^x ->
        {x, uf}

      px ->
        {root, uf} = find(uf, px)
        {root, %{uf | parent: Map.put(uf.parent, x, root)}}
    end
  end

  def union(uf, a, b) do
    {ra, uf} = find(uf, a)
    {rb, uf} = find(uf, b)

    cond do
      ra == rb -> {false, uf}
      uf.size[ra] < uf.size[rb] -> {true, link(uf, ra, rb)}
      true -> {true, link(uf, rb, ra)}
    end
  end

  defp link(uf, child, root) do
    uf = put_in(uf.parent[child], root)
    update_in(uf.size[root], &(&1 + uf.size[child]))
  end
end

n = 60_000
edges = for i <- 1..(n * 2), do: {rem(i * 7919 + 13, 10007), rem(i * 104_729, n), rem(i * 15_485_863 + 7, n)}

{cost, joined, _} =
  edges
  |> Enum.sort()
  |> Enum.reduce({0, 0, UF.new(n)}, fn {w, a, b}, {c, j, uf} ->
    case UF.union(uf, a, b) do
      {true, uf} -> {c + w, j + 1, uf}
      {false, uf} -> {c, j, uf}
    end
  end)

IO.inspect({cost, joined})
