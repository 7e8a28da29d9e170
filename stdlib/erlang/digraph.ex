defmodule :digraph do
  @moduledoc """
  Directed graphs with labels, kept in ETS tables and so changed in place.

  A graph belongs to the process that made it and goes with it, unless `delete/1` comes first. Vertices
  are any terms; edges have names of their own, so that there may be several between two vertices.
  An acyclic graph refuses edges that would close a cycle.
  """

  # vertices: {vertex, label}; edges: {edge, from, to, label}; neighbours, a bag:
  # {{:out, vertex}, edge} and {{:in, vertex}, edge}; its counters name new vertices and edges.
  defp vertices_table({:digraph, table, _, _, _}), do: table
  defp edges_table({:digraph, _, table, _, _}), do: table
  defp neighbours_table({:digraph, _, _, table, _}), do: table

  ## The graph

  @doc """
  Returns an empty graph that may have cycles.

      iex> :digraph.no_vertices(:digraph.new())
      0
  """
  def new, do: new([])

  @doc """
  Returns an empty graph. Options: `:cyclic` or `:acyclic`, `:protected` or `:private`.

      iex> :digraph.info(:digraph.new([:acyclic]))[:cyclicity]
      :acyclic
  """
  def new(options) when is_list(options) do
    {cyclicity, protection} =
      :lists.foldl(
        fn
          option, {_, protection} when option in [:cyclic, :acyclic] -> {option, protection}
          option, {cyclicity, _} when option in [:protected, :private] -> {cyclicity, option}
          _, _ -> :erlang.error(:badarg)
        end,
        {:cyclic, :protected},
        options
      )

    vertices = :ets.new(:vertices, [:set, protection])
    edges = :ets.new(:edges, [:set, protection])
    neighbours = :ets.new(:neighbours, [:bag, protection])
    :ets.insert(neighbours, [{:"$vid", 0}, {:"$eid", 0}])
    {:digraph, vertices, edges, neighbours, cyclicity == :cyclic}
  end

  def new(_options), do: :erlang.error(:badarg)

  @doc """
  Deletes the graph.

      iex> :digraph.delete(:digraph.new())
      true
  """
  def delete(graph) do
    :ets.delete(vertices_table(graph))
    :ets.delete(edges_table(graph))
    :ets.delete(neighbours_table(graph))
  end

  @doc """
  Returns `:cyclicity`, `:memory` in words and `:protection`.

      iex> :digraph.info(:digraph.new())[:protection]
      :protected
  """
  def info({:digraph, vertices, edges, neighbours, cyclic}) do
    memory = :lists.sum(:lists.map(&:ets.info(&1, :memory), [vertices, edges, neighbours]))

    [
      cyclicity: if(cyclic, do: :cyclic, else: :acyclic),
      memory: memory,
      protection: :ets.info(vertices, :protection)
    ]
  end

  ## Vertices

  @doc """
  Adds a vertex with a name of the graph's choice, and returns the name.

      iex> graph = :digraph.new()
      iex> vertex = :digraph.add_vertex(graph)
      iex> :digraph.vertex(graph, vertex) == {vertex, []}
      true
  """
  def add_vertex(graph), do: add_vertex(graph, new_name(graph, :"$vid", :"$v"))

  @doc """
  Adds a vertex.

      iex> :digraph.add_vertex(:digraph.new(), :a)
      :a
  """
  def add_vertex(graph, vertex), do: add_vertex(graph, vertex, [])

  @doc """
  Adds a vertex with a label, or gives an existing one another label.

      iex> graph = :digraph.new()
      iex> :digraph.add_vertex(graph, :a, "label")
      iex> :digraph.vertex(graph, :a)
      {:a, "label"}
  """
  def add_vertex(graph, vertex, label) do
    :ets.insert(vertices_table(graph), {vertex, label})
    vertex
  end

  defp new_name(graph, counter, tag) do
    table = neighbours_table(graph)
    [{_, number}] = :ets.lookup(table, counter)
    :ets.delete(table, counter)
    :ets.insert(table, {counter, number + 1})
    [tag | number]
  end

  @doc """
  Returns `{vertex, label}`, or `false`.

      iex> :digraph.vertex(:digraph.new(), :a)
      false
  """
  def vertex(graph, vertex) do
    case :ets.lookup(vertices_table(graph), vertex) do
      [entry] -> entry
      [] -> false
    end
  end

  @doc """
  Returns the number of vertices.

      iex> :digraph.no_vertices(:digraph.new())
      0
  """
  def no_vertices(graph), do: :ets.info(vertices_table(graph), :size)

  @doc """
  Returns the vertices.

      iex> graph = :digraph.new()
      iex> :digraph.add_vertex(graph, :a)
      iex> :digraph.vertices(graph)
      [:a]
  """
  def vertices(graph), do: :lists.map(&elem(&1, 0), :ets.tab2list(vertices_table(graph)))

  @doc """
  Returns the vertices without incoming edges.

      iex> :digraph.source_vertices(:digraph.new())
      []
  """
  def source_vertices(graph), do: :lists.filter(&(in_degree(graph, &1) == 0), vertices(graph))

  @doc """
  Returns the vertices without outgoing edges.

      iex> :digraph.sink_vertices(:digraph.new())
      []
  """
  def sink_vertices(graph), do: :lists.filter(&(out_degree(graph, &1) == 0), vertices(graph))

  @doc """
  Removes a vertex with its edges.

      iex> :digraph.del_vertex(:digraph.new(), :a)
      true
  """
  def del_vertex(graph, vertex) do
    del_edges(graph, edges(graph, vertex))
    :ets.delete(vertices_table(graph), vertex)
  end

  @doc """
  Removes vertices with their edges.

      iex> :digraph.del_vertices(:digraph.new(), [:a])
      true
  """
  def del_vertices(graph, vertices) do
    :lists.foreach(&del_vertex(graph, &1), vertices)
    true
  end

  ## Edges

  @doc """
  Adds an edge between two vertices, and returns its name or `{:error, reason}`.

      iex> graph = :digraph.new()
      iex> :digraph.add_edge(graph, :a, :b)
      {:error, {:bad_vertex, :a}}
  """
  def add_edge(graph, from, to), do: add_edge(graph, from, to, [])

  @doc """
  Adds an edge with a label.

      iex> graph = :digraph.new()
      iex> :digraph.add_vertex(graph, :a)
      iex> edge = :digraph.add_edge(graph, :a, :a, "loop")
      iex> :digraph.edge(graph, edge) == {edge, :a, :a, "loop"}
      true
  """
  def add_edge(graph, from, to, label),
    do: add_edge(graph, new_name(graph, :"$eid", :"$e"), from, to, label)

  @doc """
  Adds an edge with a name and a label; an edge of that name between these vertices gets the label.

      iex> graph = :digraph.new()
      iex> :digraph.add_vertex(graph, :a)
      iex> :digraph.add_edge(graph, :loop, :a, :a, [])
      :loop
  """
  def add_edge(graph, edge, from, to, label) do
    cond do
      vertex(graph, from) == false ->
        {:error, {:bad_vertex, from}}

      vertex(graph, to) == false ->
        {:error, {:bad_vertex, to}}

      true ->
        case edge(graph, edge) do
          false -> insert_new_edge(graph, edge, from, to, label)
          {_, ^from, ^to, _} -> insert_edge(graph, edge, from, to, label)
          _ -> {:error, {:bad_edge, [from, to]}}
        end
    end
  end

  defp insert_new_edge({:digraph, _, _, _, false} = graph, edge, from, to, label) do
    case path_back(graph, to, from) do
      false -> insert_edge(graph, edge, from, to, label)
      path -> {:error, {:bad_edge, path}}
    end
  end

  defp insert_new_edge(graph, edge, from, to, label), do: insert_edge(graph, edge, from, to, label)

  # The path that an edge to `from` would make a cycle of.
  defp path_back(_graph, same, same), do: [same]
  defp path_back(graph, from, to), do: get_path(graph, from, to)

  defp insert_edge(graph, edge, from, to, label) do
    :ets.insert(neighbours_table(graph), [{{:out, from}, edge}, {{:in, to}, edge}])
    :ets.insert(edges_table(graph), {edge, from, to, label})
    edge
  end

  @doc """
  Returns `{edge, from, to, label}`, or `false`.

      iex> :digraph.edge(:digraph.new(), :e)
      false
  """
  def edge(graph, edge) do
    case :ets.lookup(edges_table(graph), edge) do
      [entry] -> entry
      [] -> false
    end
  end

  @doc """
  Returns the number of edges.

      iex> :digraph.no_edges(:digraph.new())
      0
  """
  def no_edges(graph), do: :ets.info(edges_table(graph), :size)

  @doc """
  Returns the edges.

      iex> :digraph.edges(:digraph.new())
      []
  """
  def edges(graph), do: :lists.map(&elem(&1, 0), :ets.tab2list(edges_table(graph)))

  @doc """
  Returns the edges from and to a vertex; a loop is both.

      iex> :digraph.edges(:digraph.new(), :a)
      []
  """
  def edges(graph, vertex), do: out_edges(graph, vertex) ++ in_edges(graph, vertex)

  @doc """
  Returns the edges from a vertex.

      iex> :digraph.out_edges(:digraph.new(), :a)
      []
  """
  def out_edges(graph, vertex), do: incident(graph, {:out, vertex})

  @doc """
  Returns the edges to a vertex.

      iex> :digraph.in_edges(:digraph.new(), :a)
      []
  """
  def in_edges(graph, vertex), do: incident(graph, {:in, vertex})

  defp incident(graph, key),
    do: :lists.map(&elem(&1, 1), :ets.lookup(neighbours_table(graph), key))

  @doc """
  Returns the number of edges from a vertex.

      iex> :digraph.out_degree(:digraph.new(), :a)
      0
  """
  def out_degree(graph, vertex), do: length(out_edges(graph, vertex))

  @doc """
  Returns the number of edges to a vertex.

      iex> :digraph.in_degree(:digraph.new(), :a)
      0
  """
  def in_degree(graph, vertex), do: length(in_edges(graph, vertex))

  @doc """
  Returns the vertices that edges from a vertex lead to, one for each edge.

      iex> :digraph.out_neighbours(:digraph.new(), :a)
      []
  """
  def out_neighbours(graph, vertex),
    do: :lists.map(&elem(edge(graph, &1), 2), out_edges(graph, vertex))

  @doc """
  Returns the vertices that edges to a vertex come from, one for each edge.

      iex> :digraph.in_neighbours(:digraph.new(), :a)
      []
  """
  def in_neighbours(graph, vertex),
    do: :lists.map(&elem(edge(graph, &1), 1), in_edges(graph, vertex))

  @doc """
  Removes an edge.

      iex> :digraph.del_edge(:digraph.new(), :e)
      true
  """
  def del_edge(graph, edge) do
    case edge(graph, edge) do
      {_, from, to, _} ->
        :ets.delete_object(neighbours_table(graph), {{:out, from}, edge})
        :ets.delete_object(neighbours_table(graph), {{:in, to}, edge})
        :ets.delete(edges_table(graph), edge)

      false ->
        true
    end
  end

  @doc """
  Removes edges.

      iex> :digraph.del_edges(:digraph.new(), [:e])
      true
  """
  def del_edges(graph, edges) do
    :lists.foreach(&del_edge(graph, &1), edges)
    true
  end

  @doc """
  Removes edges until there is no path between two vertices.

      iex> :digraph.del_path(:digraph.new(), :a, :b)
      true
  """
  def del_path(graph, from, to) do
    case get_path(graph, from, to) do
      false ->
        true

      path ->
        del_path_edges(graph, path)
        del_path(graph, from, to)
    end
  end

  defp del_path_edges(graph, [from, to | rest]) do
    between = :lists.filter(&(elem(edge(graph, &1), 2) === to), out_edges(graph, from))
    del_edges(graph, between)
    del_path_edges(graph, [to | rest])
  end

  defp del_path_edges(_graph, [_]), do: true

  ## Paths

  @doc """
  Returns the vertices of a path of at least one edge from one vertex to another, or `false`.

      iex> graph = :digraph.new()
      iex> for v <- [:a, :b, :c], do: :digraph.add_vertex(graph, v)
      iex> :digraph.add_edge(graph, :a, :b)
      iex> :digraph.add_edge(graph, :b, :c)
      iex> :digraph.get_path(graph, :a, :c)
      [:a, :b, :c]
  """
  def get_path(graph, from, to),
    do: deep_path([{from, out_neighbours(graph, from)}], to, %{from => true}, graph)

  # Depth first; the stack holds the vertices of the path with the neighbours still to try.
  defp deep_path([], _to, _seen, _graph), do: false
  defp deep_path([{_vertex, []} | stack], to, seen, graph), do: deep_path(stack, to, seen, graph)

  defp deep_path([{vertex, [next | rest]} | stack], to, seen, graph) do
    stack = [{vertex, rest} | stack]

    cond do
      next === to ->
        :lists.reverse([to | :lists.map(&elem(&1, 0), stack)])

      is_map_key(seen, next) ->
        deep_path(stack, to, seen, graph)

      true ->
        stack = [{next, out_neighbours(graph, next)} | stack]
        deep_path(stack, to, :maps.put(next, true, seen), graph)
    end
  end

  @doc """
  Returns the vertices of a shortest path of at least one edge, or `false`.

      iex> graph = :digraph.new()
      iex> for v <- [:a, :b, :c], do: :digraph.add_vertex(graph, v)
      iex> for {v, w} <- [a: :b, b: :c, a: :c], do: :digraph.add_edge(graph, v, w)
      iex> :digraph.get_short_path(graph, :a, :c)
      [:a, :c]
  """
  def get_short_path(graph, from, to), do: short_path([from], [], {from, to}, %{from => from}, graph)

  # Breadth first, layer by layer; `parents` tells where each vertex was reached from.
  defp short_path([], [], _ends, _parents, _graph), do: false

  defp short_path([], next_layer, ends, parents, graph),
    do: short_path(:lists.reverse(next_layer), [], ends, parents, graph)

  defp short_path([vertex | layer], next_layer, {from, to} = ends, parents, graph) do
    neighbours = out_neighbours(graph, vertex)

    if :lists.member(to, neighbours) do
      trail(vertex, from, parents, [to])
    else
      {parents, next_layer} = visit(neighbours, vertex, parents, next_layer)
      short_path(layer, next_layer, ends, parents, graph)
    end
  end

  defp visit([next | rest], vertex, parents, layer) do
    if is_map_key(parents, next),
      do: visit(rest, vertex, parents, layer),
      else: visit(rest, vertex, :maps.put(next, vertex, parents), [next | layer])
  end

  defp visit([], _vertex, parents, layer), do: {parents, layer}

  defp trail(from, from, _parents, acc), do: [from | acc]
  defp trail(vertex, from, parents, acc), do: trail(:maps.get(vertex, parents), from, parents, [vertex | acc])

  @doc """
  Returns the vertices of a cycle through a vertex, `[vertex]` for a loop, or `false`.

      iex> graph = :digraph.new()
      iex> for v <- [:a, :b], do: :digraph.add_vertex(graph, v)
      iex> for {v, w} <- [a: :b, b: :a], do: :digraph.add_edge(graph, v, w)
      iex> :digraph.get_cycle(graph, :a)
      [:a, :b, :a]
  """
  def get_cycle(graph, vertex) do
    others = :lists.filter(&(&1 !== vertex), out_neighbours(graph, vertex))

    case deep_path([{vertex, others}], vertex, %{vertex => true}, graph) do
      false -> if :lists.member(vertex, out_neighbours(graph, vertex)), do: [vertex], else: false
      cycle -> cycle
    end
  end

  @doc """
  Returns the vertices of a shortest cycle through a vertex, `[vertex, vertex]` for a loop, or `false`.

      iex> graph = :digraph.new()
      iex> :digraph.add_vertex(graph, :a)
      iex> :digraph.add_edge(graph, :a, :a)
      iex> :digraph.get_short_cycle(graph, :a)
      [:a, :a]
  """
  def get_short_cycle(graph, vertex), do: get_short_path(graph, vertex, vertex)
end
