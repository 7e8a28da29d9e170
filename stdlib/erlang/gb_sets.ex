defmodule :gb_sets do
  @moduledoc """
  Ordered sets as general balanced trees (A. Andersson, 1999); elements are compared with `==`.

  A set is `{size, node}`; a node is `{element, smaller, larger}` or `nil`. How the trees are kept in
  balance is told in `:gb_trees`.
  """

  @doc """
  Returns an empty set.

      iex> :gb_sets.empty()
      {0, nil}
  """
  def empty, do: {0, nil}

  @doc """
  Returns an empty set.

      iex> :gb_sets.new()
      {0, nil}
  """
  def new, do: empty()

  @doc """
  Returns a set of one element.

      iex> :gb_sets.to_list(:gb_sets.singleton(1))
      [1]
  """
  def singleton(element), do: {1, {element, nil, nil}}

  @doc """
  Makes a set of a list.

      iex> :gb_sets.to_list(:gb_sets.from_list([2, 1, 2]))
      [1, 2]
  """
  def from_list(list), do: from_ordset(:lists.usort(list))

  @doc """
  Makes a set of a sorted list without duplicates.

      iex> :gb_sets.to_list(:gb_sets.from_ordset([1, 2]))
      [1, 2]
  """
  def from_ordset(list) do
    size = length(list)
    {size, elem(take_balanced(list, size), 0)}
  end

  @doc """
  Returns the elements in order.

      iex> :gb_sets.to_list(:gb_sets.from_list([2, 1]))
      [1, 2]
  """
  def to_list({_, node}), do: node_to_list(node, [])

  defp node_to_list({element, smaller, larger}, acc),
    do: node_to_list(smaller, [element | node_to_list(larger, acc)])

  defp node_to_list(nil, acc), do: acc

  @doc """
  Returns whether the term looks like a set.

      iex> :gb_sets.is_set(:gb_sets.new())
      true
  """
  def is_set({0, nil}), do: true
  def is_set({size, {_, _, _}}) when is_integer(size) and size >= 0, do: true
  def is_set(_), do: false

  @doc """
  Returns whether the set is empty.

      iex> :gb_sets.is_empty(:gb_sets.new())
      true
  """
  def is_empty({0, nil}), do: true
  def is_empty(_), do: false

  @doc """
  Returns the number of elements.

      iex> :gb_sets.size(:gb_sets.from_list([1, 2]))
      2
  """
  def size({size, _}), do: size

  @doc """
  Returns whether two sets have the same elements.

      iex> :gb_sets.is_equal(:gb_sets.from_list([1, 2]), :gb_sets.from_list([2, 1]))
      true
  """
  def is_equal({size1, _} = set1, {size2, _} = set2),
    do: size1 == size2 and to_list(set1) == to_list(set2)

  @doc """
  Returns whether the set has the element.

      iex> :gb_sets.is_member(1, :gb_sets.from_list([1]))
      true
  """
  def is_member(element, {_, node}), do: member_node(element, node)

  defp member_node(element, {element1, smaller, _}) when element < element1,
    do: member_node(element, smaller)

  defp member_node(element, {element1, _, larger}) when element > element1,
    do: member_node(element, larger)

  defp member_node(_element, {_, _, _}), do: true
  defp member_node(_element, nil), do: false

  @doc """
  Returns whether the set has the element.

      iex> :gb_sets.is_element(1, :gb_sets.from_list([1]))
      true
  """
  def is_element(element, set), do: is_member(element, set)

  @doc """
  Adds a new element; an existing one raises a `{:key_exists, element}` error.

      iex> :gb_sets.to_list(:gb_sets.insert(1, :gb_sets.new()))
      [1]
  """
  def insert(element, {size, node}) do
    size = size + 1
    {size, elem(insert_node(element, node, size * size), 0)}
  end

  # See :gb_trees.insert/3.
  defp insert_node(element, {element1, smaller, larger}, room) when element < element1 do
    case insert_node(element, smaller, div(room, 2)) do
      {smaller, height, size} ->
        {height2, size2} = measure(larger)
        rebalance({element1, smaller, larger}, 2 * max(height, height2), size + size2 + 1)

      {smaller} ->
        {{element1, smaller, larger}}
    end
  end

  defp insert_node(element, {element1, smaller, larger}, room) when element > element1 do
    case insert_node(element, larger, div(room, 2)) do
      {larger, height, size} ->
        {height2, size2} = measure(smaller)
        rebalance({element1, smaller, larger}, 2 * max(height, height2), size + size2 + 1)

      {larger} ->
        {{element1, smaller, larger}}
    end
  end

  defp insert_node(element, nil, 0), do: {{element, nil, nil}, 1, 1}
  defp insert_node(element, nil, _room), do: {{element, nil, nil}}
  defp insert_node(element, {_, _, _}, _room), do: :erlang.error({:key_exists, element})

  defp rebalance(node, height, size) do
    if height > size * size,
      do: {elem(take_balanced(node_to_list(node, []), size), 0)},
      else: {node, height, size}
  end

  defp measure({_, nil, nil}), do: {2, 1}

  defp measure({_, smaller, larger}) do
    {height1, size1} = measure(smaller)
    {height2, size2} = measure(larger)
    {2 * max(height1, height2), size1 + size2 + 1}
  end

  defp measure(nil), do: {1, 0}

  # Builds a tree of the first `size` elements: {node, rest}.
  defp take_balanced(list, 0), do: {nil, list}
  defp take_balanced([element | rest], 1), do: {{element, nil, nil}, rest}

  defp take_balanced(list, size) do
    larger_size = div(size - 1, 2)
    {smaller, [element | rest]} = take_balanced(list, size - 1 - larger_size)
    {larger, rest} = take_balanced(rest, larger_size)
    {{element, smaller, larger}, rest}
  end

  @doc """
  Rebalances the tree, which may pay after many deletions.

      iex> :gb_sets.to_list(:gb_sets.balance(:gb_sets.from_list([1])))
      [1]
  """
  def balance({size, node}), do: {size, elem(take_balanced(node_to_list(node, []), size), 0)}

  @doc """
  Adds an element.

      iex> :gb_sets.to_list(:gb_sets.add(1, :gb_sets.from_list([1, 2])))
      [1, 2]
  """
  def add(element, set) do
    if is_member(element, set), do: set, else: insert(element, set)
  end

  @doc """
  Adds an element.

      iex> :gb_sets.to_list(:gb_sets.add_element(1, :gb_sets.from_list([2])))
      [1, 2]
  """
  def add_element(element, set), do: add(element, set)

  @doc """
  Removes an existing element.

      iex> :gb_sets.to_list(:gb_sets.delete(1, :gb_sets.from_list([1, 2])))
      [2]
  """
  def delete(element, {size, node}), do: {size - 1, delete_node(element, node)}

  defp delete_node(element, {element1, smaller, larger}) when element < element1,
    do: {element1, delete_node(element, smaller), larger}

  defp delete_node(element, {element1, smaller, larger}) when element > element1,
    do: {element1, smaller, delete_node(element, larger)}

  defp delete_node(_element, {_, smaller, larger}), do: merge(smaller, larger)

  defp merge(smaller, nil), do: smaller
  defp merge(nil, larger), do: larger

  defp merge(smaller, larger) do
    {element, larger} = take_smallest_node(larger)
    {element, smaller, larger}
  end

  @doc """
  Removes an element if it is there.

      iex> :gb_sets.to_list(:gb_sets.delete_any(3, :gb_sets.from_list([1])))
      [1]
  """
  def delete_any(element, set) do
    if is_member(element, set), do: delete(element, set), else: set
  end

  @doc """
  Removes an element if it is there.

      iex> :gb_sets.to_list(:gb_sets.del_element(1, :gb_sets.from_list([1, 2])))
      [2]
  """
  def del_element(element, set), do: delete_any(element, set)

  @doc """
  Removes the smallest element: `{element, set}`.

      iex> {1, _set} = :gb_sets.take_smallest(:gb_sets.from_list([1, 2]))
      iex> :ok
      :ok
  """
  def take_smallest({size, node}) do
    {element, node} = take_smallest_node(node)
    {element, {size - 1, node}}
  end

  defp take_smallest_node({element, nil, larger}), do: {element, larger}

  defp take_smallest_node({element1, smaller, larger}) do
    {element, smaller} = take_smallest_node(smaller)
    {element, {element1, smaller, larger}}
  end

  @doc """
  Removes the largest element: `{element, set}`.

      iex> {2, _set} = :gb_sets.take_largest(:gb_sets.from_list([1, 2]))
      iex> :ok
      :ok
  """
  def take_largest({size, node}) do
    {element, node} = take_largest_node(node)
    {element, {size - 1, node}}
  end

  defp take_largest_node({element, smaller, nil}), do: {element, smaller}

  defp take_largest_node({element1, smaller, larger}) do
    {element, larger} = take_largest_node(larger)
    {element, {element1, smaller, larger}}
  end

  @doc """
  Returns the smallest element.

      iex> :gb_sets.smallest(:gb_sets.from_list([2, 1]))
      1
  """
  def smallest({_, node}), do: smallest_node(node)

  defp smallest_node({element, nil, _}), do: element
  defp smallest_node({_, smaller, _}), do: smallest_node(smaller)

  @doc """
  Returns the largest element.

      iex> :gb_sets.largest(:gb_sets.from_list([2, 1]))
      2
  """
  def largest({_, node}), do: largest_node(node)

  defp largest_node({element, _, nil}), do: element
  defp largest_node({_, _, larger}), do: largest_node(larger)

  @doc """
  Returns `{:found, element}` for the largest element below the given one, or `:none`.

      iex> :gb_sets.smaller(2, :gb_sets.from_list([1, 2]))
      {:found, 1}
  """
  def smaller(element, {_, node}), do: smaller_node(element, node, :none)

  defp smaller_node(element, {element1, _, larger}, _best) when element > element1,
    do: smaller_node(element, larger, {:found, element1})

  defp smaller_node(element, {_, smaller, _}, best), do: smaller_node(element, smaller, best)
  defp smaller_node(_element, nil, best), do: best

  @doc """
  Returns `{:found, element}` for the smallest element above the given one, or `:none`.

      iex> :gb_sets.larger(1, :gb_sets.from_list([1, 2]))
      {:found, 2}
  """
  def larger(element, {_, node}), do: larger_node(element, node, :none)

  defp larger_node(element, {element1, smaller, _}, _best) when element < element1,
    do: larger_node(element, smaller, {:found, element1})

  defp larger_node(element, {_, _, larger}, best), do: larger_node(element, larger, best)
  defp larger_node(_element, nil, best), do: best

  @doc """
  Returns the elements of either set.

      iex> :gb_sets.to_list(:gb_sets.union(:gb_sets.from_list([1]), :gb_sets.from_list([2])))
      [1, 2]
  """
  # A small set is added to a large one element by element.
  def union({size1, _} = set1, {size2, _} = set2) when size1 * 10 < size2,
    do: :lists.foldl(&add/2, set2, to_list(set1))

  def union({size1, _} = set1, {size2, _} = set2) when size2 * 10 < size1,
    do: :lists.foldl(&add/2, set1, to_list(set2))

  def union(set1, set2), do: from_ordset(:lists.umerge(to_list(set1), to_list(set2)))

  @doc """
  Returns the elements of all sets.

      iex> :gb_sets.to_list(:gb_sets.union([:gb_sets.from_list([1]), :gb_sets.from_list([2])]))
      [1, 2]
  """
  def union(sets), do: :lists.foldl(&union(&2, &1), empty(), sets)

  @doc """
  Returns the elements that are in both sets.

      iex> :gb_sets.to_list(:gb_sets.intersection(:gb_sets.from_list([1, 2]), :gb_sets.from_list([2])))
      [2]
  """
  def intersection({size1, _} = set1, {size2, _} = set2) when size1 * 10 < size2,
    do: from_ordset(:lists.filter(&is_member(&1, set2), to_list(set1)))

  def intersection({size1, _} = set1, {size2, _} = set2) when size2 * 10 < size1,
    do: from_ordset(:lists.filter(&is_member(&1, set1), to_list(set2)))

  def intersection(set1, set2),
    do: from_ordset(:ordsets.intersection(to_list(set1), to_list(set2)))

  @doc """
  Returns the elements that are in all sets of a non-empty list.

      iex> :gb_sets.to_list(:gb_sets.intersection([:gb_sets.from_list([1, 2]), :gb_sets.from_list([2])]))
      [2]
  """
  def intersection([set]), do: set
  def intersection([set1, set2 | sets]), do: intersection([intersection(set1, set2) | sets])

  @doc """
  Returns whether the sets have no element in common.

      iex> :gb_sets.is_disjoint(:gb_sets.from_list([1]), :gb_sets.from_list([2]))
      true
  """
  def is_disjoint({size1, _} = set1, {size2, _} = set2) when size1 <= size2,
    do: not :lists.any(&is_member(&1, set2), to_list(set1))

  def is_disjoint(set1, set2), do: is_disjoint(set2, set1)

  @doc """
  Returns the elements of the first set that are not in the second.

      iex> :gb_sets.to_list(:gb_sets.subtract(:gb_sets.from_list([1, 2]), :gb_sets.from_list([2])))
      [1]
  """
  def subtract({size1, _} = set1, {size2, _} = set2) when size2 * 10 < size1,
    do: :lists.foldl(&delete_any/2, set1, to_list(set2))

  def subtract(set1, set2), do: from_ordset(:ordsets.subtract(to_list(set1), to_list(set2)))

  @doc """
  Returns the elements of the first set that are not in the second.

      iex> :gb_sets.to_list(:gb_sets.difference(:gb_sets.from_list([1, 2]), :gb_sets.from_list([2])))
      [1]
  """
  def difference(set1, set2), do: subtract(set1, set2)

  @doc """
  Returns whether all elements of the first set are in the second.

      iex> :gb_sets.is_subset(:gb_sets.from_list([1]), :gb_sets.from_list([1, 2]))
      true
  """
  def is_subset({size1, _} = set1, {size2, _} = set2),
    do: size1 <= size2 and :lists.all(&is_member(&1, set2), to_list(set1))

  @doc """
  Folds over the elements in order.

      iex> :gb_sets.fold(fn x, acc -> x + acc end, 0, :gb_sets.from_list([1, 2]))
      3
  """
  def fold(fun, acc, {_, node}) when is_function(fun, 2), do: fold_node(fun, acc, node)

  defp fold_node(fun, acc, {element, smaller, larger}),
    do: fold_node(fun, fun.(element, fold_node(fun, acc, smaller)), larger)

  defp fold_node(_fun, acc, nil), do: acc

  @doc """
  Keeps the elements for which `pred` is true.

      iex> :gb_sets.to_list(:gb_sets.filter(fn x -> x > 1 end, :gb_sets.from_list([1, 2])))
      [2]
  """
  def filter(pred, set), do: from_ordset(:lists.filter(pred, to_list(set)))

  @doc """
  Maps the elements to a set.

      iex> :gb_sets.to_list(:gb_sets.map(fn x -> rem(x, 2) end, :gb_sets.from_list([1, 2, 3])))
      [0, 1]
  """
  def map(fun, set), do: from_list(:lists.map(fun, to_list(set)))

  @doc """
  Filters and maps at once: `fun` returns `true`, `false` or `{true, value}`.

      iex> set = :gb_sets.from_list([1, 2])
      iex> :gb_sets.to_list(:gb_sets.filtermap(fn x -> x > 1 and {true, x * 2} end, set))
      [4]
  """
  def filtermap(fun, set), do: from_list(:lists.filtermap(fun, to_list(set)))

  ## Iterators: the nodes still to visit, each with what comes after it on its side

  @doc """
  Returns an iterator over the elements in order.

      iex> {1, _} = :gb_sets.next(:gb_sets.iterator(:gb_sets.from_list([1])))
      iex> :ok
      :ok
  """
  def iterator(set), do: iterator(set, :ordered)

  @doc """
  Returns an iterator in the order `:ordered` or `:reversed`.

      iex> {2, _} = :gb_sets.next(:gb_sets.iterator(:gb_sets.from_list([1, 2]), :reversed))
      iex> :ok
      :ok
  """
  def iterator({_, node}, :ordered), do: descend_smaller(node, [])
  def iterator({_, node}, :reversed), do: {:reversed, descend_larger(node, [])}

  defp descend_smaller({_, smaller, _} = node, stack), do: descend_smaller(smaller, [node | stack])
  defp descend_smaller(nil, stack), do: stack

  defp descend_larger({_, _, larger} = node, stack), do: descend_larger(larger, [node | stack])
  defp descend_larger(nil, stack), do: stack

  @doc """
  Returns an iterator that starts with the smallest element that is not below the given one.

      iex> {2, _} = :gb_sets.next(:gb_sets.iterator_from(2, :gb_sets.from_list([1, 2])))
      iex> :ok
      :ok
  """
  def iterator_from(element, set), do: iterator_from(element, set, :ordered)

  @doc """
  Like `iterator_from/2`, in the order `:ordered` or `:reversed`.

      iex> {1, _} = :gb_sets.next(:gb_sets.iterator_from(1, :gb_sets.from_list([1, 2]), :reversed))
      iex> :ok
      :ok
  """
  def iterator_from(element, {_, node}, :ordered), do: from_smaller(element, node, [])
  def iterator_from(element, {_, node}, :reversed), do: {:reversed, from_larger(element, node, [])}

  defp from_smaller(element, {element1, _, larger}, stack) when element1 < element,
    do: from_smaller(element, larger, stack)

  defp from_smaller(element, {element1, _, _} = node, stack) when element1 == element,
    do: [node | stack]

  defp from_smaller(element, {_, smaller, _} = node, stack),
    do: from_smaller(element, smaller, [node | stack])

  defp from_smaller(_element, nil, stack), do: stack

  defp from_larger(element, {element1, smaller, _}, stack) when element1 > element,
    do: from_larger(element, smaller, stack)

  defp from_larger(element, {element1, _, _} = node, stack) when element1 == element,
    do: [node | stack]

  defp from_larger(element, {_, _, larger} = node, stack),
    do: from_larger(element, larger, [node | stack])

  defp from_larger(_element, nil, stack), do: stack

  @doc """
  Returns `{element, iterator}`, or `:none` at the end.

      iex> :gb_sets.next(:gb_sets.iterator(:gb_sets.new()))
      :none
  """
  def next([{element, _, larger} | stack]), do: {element, descend_smaller(larger, stack)}
  def next([]), do: :none

  def next({:reversed, [{element, smaller, _} | stack]}),
    do: {element, {:reversed, descend_larger(smaller, stack)}}

  def next({:reversed, []}), do: :none
end
