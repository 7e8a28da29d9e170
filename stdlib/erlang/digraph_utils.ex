defmodule :digraph_utils do
  @moduledoc """
  Algorithms on directed graphs of `:digraph`.
  """

  ## Walks

  @doc """
  Returns the vertices in the order in which a depth-first walk enters them.

      iex> graph = :digraph.new()
      iex> for v <- [:a, :b], do: :digraph.add_vertex(graph, v)
      iex> :digraph.add_edge(graph, :a, :b)
      iex> :digraph_utils.preorder(graph)
      [:a, :b]
  """
  def preorder(graph), do: :lists.append(preorders(graph, roots(graph), &:digraph.out_neighbours/2))

  @doc """
  Returns the vertices in the order in which a depth-first walk leaves them.

      iex> graph = :digraph.new()
      iex> for v <- [:a, :b], do: :digraph.add_vertex(graph, v)
      iex> :digraph.add_edge(graph, :a, :b)
      iex> :digraph_utils.postorder(graph)
      [:b, :a]
  """
  def postorder(graph), do: :lists.reverse(reverse_postorder(graph))

  # Vertices without incoming edges first, so that trees are walked from their roots.
  defp roots(graph) do
    vertices = :digraph.vertices(graph)
    {sources, others} = :lists.partition(&(:digraph.in_degree(graph, &1) == 0), vertices)
    sources ++ others
  end

  # A list of the newly found vertices for each start that was not found before.
  defp preorders(graph, starts, neighbours) do
    {lists, _seen} =
      :lists.foldl(
        fn start, {lists, seen} ->
          case enter([start], graph, neighbours, seen, []) do
            {[], seen} -> {lists, seen}
            {found, seen} -> {[:lists.reverse(found) | lists], seen}
          end
        end,
        {[], %{}},
        starts
      )

    :lists.reverse(lists)
  end

  defp enter([vertex | rest], graph, neighbours, seen, found) do
    if is_map_key(seen, vertex) do
      enter(rest, graph, neighbours, seen, found)
    else
      seen = :maps.put(vertex, true, seen)
      enter(neighbours.(graph, vertex) ++ rest, graph, neighbours, seen, [vertex | found])
    end
  end

  defp enter([], _graph, _neighbours, seen, found), do: {found, seen}

  defp reverse_postorder(graph) do
    {left, _seen} =
      :lists.foldl(fn root, {left, seen} -> leave([root], graph, seen, left) end, {[], %{}}, roots(graph))

    left
  end

  # The stack holds vertices to enter and, as {:left, vertex}, those to leave.
  defp leave([{:"$left", vertex} | stack], graph, seen, left),
    do: leave(stack, graph, seen, [vertex | left])

  defp leave([vertex | stack], graph, seen, left) do
    if is_map_key(seen, vertex) do
      leave(stack, graph, seen, left)
    else
      stack = :digraph.out_neighbours(graph, vertex) ++ [{:"$left", vertex} | stack]
      leave(stack, graph, :maps.put(vertex, true, seen), left)
    end
  end

  defp leave([], _graph, seen, left), do: {left, seen}

  ## Components

  @doc """
  Returns the components: vertices that are connected, whatever the direction of the edges.

      iex> graph = :digraph.new()
      iex> :digraph.add_vertex(graph, :a)
      iex> :digraph_utils.components(graph)
      [[:a]]
  """
  def components(graph), do: preorders(graph, :digraph.vertices(graph), &both_neighbours/2)

  defp both_neighbours(graph, vertex),
    do: :digraph.out_neighbours(graph, vertex) ++ :digraph.in_neighbours(graph, vertex)

  @doc """
  Returns the strongly connected components: vertices that reach each other.

      iex> graph = :digraph.new()
      iex> :digraph.add_vertex(graph, :a)
      iex> :digraph_utils.strong_components(graph)
      [[:a]]
  """
  # Against the edges, from the vertices that a walk left last (S. R. Kosaraju).
  def strong_components(graph),
    do: preorders(graph, reverse_postorder(graph), &:digraph.in_neighbours/2)

  @doc """
  Returns the strongly connected components that have a cycle.

      iex> graph = :digraph.new()
      iex> :digraph.add_vertex(graph, :a)
      iex> :digraph_utils.cyclic_strong_components(graph)
      []
  """
  def cyclic_strong_components(graph) do
    :lists.filter(
      fn
        [vertex] -> loop?(graph, vertex)
        _several -> true
      end,
      strong_components(graph)
    )
  end

  defp loop?(graph, vertex), do: :lists.member(vertex, :digraph.out_neighbours(graph, vertex))

  @doc """
  Returns a graph whose vertices are the strongly connected components.

      iex> graph = :digraph.new()
      iex> :digraph.add_vertex(graph, :a)
      iex> :digraph.vertices(:digraph_utils.condensation(graph))
      [[:a]]
  """
  def condensation(graph) do
    components = strong_components(graph)

    component_of =
      :maps.from_list(:lists.flatmap(fn list -> :lists.map(&{&1, list}, list) end, components))

    condensed = :digraph.new()
    :lists.foreach(&:digraph.add_vertex(condensed, &1), components)

    edges =
      for component <- components,
          vertex <- component,
          neighbour <- :digraph.out_neighbours(graph, vertex),
          other = :maps.get(neighbour, component_of),
          other != component,
          do: {component, other}

    :lists.foreach(fn {from, to} -> :digraph.add_edge(condensed, from, to) end, :lists.usort(edges))
    condensed
  end

  ## Reach

  @doc """
  Returns the vertices that can be reached from the given ones, these included.

      iex> graph = :digraph.new()
      iex> :digraph.add_vertex(graph, :a)
      iex> :digraph_utils.reachable([:a], graph)
      [:a]
  """
  def reachable(vertices, graph) when is_list(vertices),
    do: :lists.append(preorders(graph, vertices, &:digraph.out_neighbours/2))

  @doc """
  Returns the vertices that can be reached from the given ones by at least one edge.

      iex> graph = :digraph.new()
      iex> :digraph.add_vertex(graph, :a)
      iex> :digraph_utils.reachable_neighbours([:a], graph)
      []
  """
  def reachable_neighbours(vertices, graph) when is_list(vertices),
    do: reachable(:lists.flatmap(&:digraph.out_neighbours(graph, &1), vertices), graph)

  @doc """
  Returns the vertices that reach the given ones, these included.

      iex> graph = :digraph.new()
      iex> :digraph.add_vertex(graph, :a)
      iex> :digraph_utils.reaching([:a], graph)
      [:a]
  """
  def reaching(vertices, graph) when is_list(vertices),
    do: :lists.append(preorders(graph, vertices, &:digraph.in_neighbours/2))

  @doc """
  Returns the vertices that reach the given ones by at least one edge.

      iex> graph = :digraph.new()
      iex> :digraph.add_vertex(graph, :a)
      iex> :digraph_utils.reaching_neighbours([:a], graph)
      []
  """
  def reaching_neighbours(vertices, graph) when is_list(vertices),
    do: reaching(:lists.flatmap(&:digraph.in_neighbours(graph, &1), vertices), graph)

  ## Kinds of graphs

  @doc """
  Returns whether the graph has no cycle.

      iex> :digraph_utils.is_acyclic(:digraph.new())
      true
  """
  def is_acyclic(graph), do: loop_vertices(graph) == [] and topsort(graph) != false

  @doc """
  Returns the vertices in an order in which all edges lead forward, or `false` if there is a cycle;
  loops do not count.

      iex> graph = :digraph.new()
      iex> for v <- [:a, :b], do: :digraph.add_vertex(graph, v)
      iex> :digraph.add_edge(graph, :b, :a)
      iex> :digraph_utils.topsort(graph)
      [:b, :a]
  """
  def topsort(graph) do
    order = reverse_postorder(graph)
    places = :maps.from_list(:lists.zip(order, :lists.seq(1, length(order))))

    forward? =
      :lists.all(
        fn vertex ->
          place = :maps.get(vertex, places)
          :lists.all(&(:maps.get(&1, places) >= place), :digraph.out_neighbours(graph, vertex))
        end,
        order
      )

    if forward?, do: order, else: false
  end

  @doc """
  Returns the vertices that have an edge to themselves.

      iex> graph = :digraph.new()
      iex> :digraph.add_vertex(graph, :a)
      iex> :digraph.add_edge(graph, :a, :a)
      iex> :digraph_utils.loop_vertices(graph)
      [:a]
  """
  def loop_vertices(graph), do: :lists.filter(&loop?(graph, &1), :digraph.vertices(graph))

  @doc """
  Returns whether the graph is a tree: connected, with one edge fewer than vertices.

      iex> graph = :digraph.new()
      iex> :digraph.add_vertex(graph, :a)
      iex> :digraph_utils.is_tree(graph)
      true
  """
  def is_tree(graph) do
    :digraph.no_edges(graph) == :digraph.no_vertices(graph) - 1 and
      match?([_], components(graph))
  end

  @doc """
  Returns whether the graph is a tree whose edges all lead away from a root.

      iex> graph = :digraph.new()
      iex> :digraph.add_vertex(graph, :a)
      iex> :digraph_utils.is_arborescence(graph)
      true
  """
  def is_arborescence(graph), do: arborescence_root(graph) != :no

  @doc """
  Returns `{:yes, root}` if the graph is a tree whose edges all lead away from the root, else `:no`.

      iex> graph = :digraph.new()
      iex> for v <- [:a, :b], do: :digraph.add_vertex(graph, v)
      iex> :digraph.add_edge(graph, :a, :b)
      iex> :digraph_utils.arborescence_root(graph)
      {:yes, :a}
  """
  def arborescence_root(graph) do
    vertices = :digraph.vertices(graph)

    with true <- :digraph.no_edges(graph) == length(vertices) - 1,
         {[root], others} <- :lists.partition(&(:digraph.in_degree(graph, &1) == 0), vertices),
         true <- :lists.all(&(:digraph.in_degree(graph, &1) == 1), others),
         true <- length(reachable([root], graph)) == length(vertices) do
      {:yes, root}
    else
      _ -> :no
    end
  end

  ## Parts

  @doc """
  Returns a new graph of some of the vertices, with the edges between them.

      iex> graph = :digraph.new()
      iex> for v <- [:a, :b], do: :digraph.add_vertex(graph, v)
      iex> :digraph.vertices(:digraph_utils.subgraph(graph, [:a]))
      [:a]
  """
  def subgraph(graph, vertices), do: subgraph(graph, vertices, [])

  @doc """
  Like `subgraph/2`. Options: `{:type, :inherit | [:cyclic | :acyclic | ...]}` and
  `{:keep_labels, boolean}`.

      iex> graph = :digraph.new()
      iex> :digraph.add_vertex(graph, :a, "label")
      iex> :digraph.vertex(:digraph_utils.subgraph(graph, [:a], keep_labels: false), :a)
      {:a, []}
  """
  def subgraph(graph, vertices, options) when is_list(vertices) and is_list(options) do
    {type, keep_labels} =
      :lists.foldl(
        fn
          {:type, :inherit}, {_, keep} -> {:inherit, keep}
          {:type, type}, {_, keep} when is_list(type) -> {type, keep}
          {:keep_labels, keep}, {type, _} when is_boolean(keep) -> {type, keep}
          _, _ -> :erlang.error(:badarg)
        end,
        {:inherit, true},
        options
      )

    type =
      if type == :inherit do
        info = :digraph.info(graph)
        {_, cyclicity} = :lists.keyfind(:cyclicity, 1, info)
        {_, protection} = :lists.keyfind(:protection, 1, info)
        [cyclicity, protection]
      else
        type
      end

    part = :digraph.new(type)
    label = fn label -> if keep_labels, do: label, else: [] end

    :lists.foreach(
      fn vertex ->
        case :digraph.vertex(graph, vertex) do
          {_, old} -> :digraph.add_vertex(part, vertex, label.(old))
          false -> :ok
        end
      end,
      vertices
    )

    :lists.foreach(
      fn edge ->
        {_, from, to, old} = :digraph.edge(graph, edge)

        if :digraph.vertex(part, from) != false and :digraph.vertex(part, to) != false,
          do: :digraph.add_edge(part, edge, from, to, label.(old))
      end,
      :lists.flatmap(&:digraph.out_edges(graph, &1), :digraph.vertices(part))
    )

    part
  end
end
