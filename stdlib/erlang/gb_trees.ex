defmodule :gb_trees do
  @moduledoc """
  General balanced trees (A. Andersson, 1999): ordered dictionaries whose keys are compared with `==`.

  A tree is `{size, node}`; a node is `{key, value, smaller, larger}` or `nil`. Nothing is stored for
  balancing: an insertion that comes out too deep rebalances the smallest subtree that is too deep for
  its size, and deletions never rebalance.
  """

  @doc """
  Returns an empty tree.

      iex> :gb_trees.empty()
      {0, nil}
  """
  def empty, do: {0, nil}

  @doc """
  Returns whether the tree is empty.

      iex> :gb_trees.is_empty(:gb_trees.empty())
      true
  """
  def is_empty({0, nil}), do: true
  def is_empty(_), do: false

  @doc """
  Returns the number of keys.

      iex> :gb_trees.size(:gb_trees.from_orddict([a: 1]))
      1
  """
  def size({size, _}) when is_integer(size) and size >= 0, do: size

  @doc """
  Returns whether the tree has the key.

      iex> :gb_trees.is_defined(:a, :gb_trees.from_orddict([a: 1]))
      true
  """
  def is_defined(key, tree), do: lookup(key, tree) != :none

  @doc """
  Returns `{:value, value}` or `:none`.

      iex> :gb_trees.lookup(:a, :gb_trees.from_orddict([a: 1]))
      {:value, 1}
  """
  def lookup(key, {_, node}), do: lookup_node(key, node)

  defp lookup_node(key, {key1, _, smaller, _}) when key < key1, do: lookup_node(key, smaller)
  defp lookup_node(key, {key1, _, _, larger}) when key > key1, do: lookup_node(key, larger)
  defp lookup_node(_key, {_, value, _, _}), do: {:value, value}
  defp lookup_node(_key, nil), do: :none

  @doc """
  Returns the value of an existing key.

      iex> :gb_trees.get(:a, :gb_trees.from_orddict([a: 1]))
      1
  """
  def get(key, {_, node}), do: get_node(key, node)

  defp get_node(key, {key1, _, smaller, _}) when key < key1, do: get_node(key, smaller)
  defp get_node(key, {key1, _, _, larger}) when key > key1, do: get_node(key, larger)
  defp get_node(_key, {_, value, _, _}), do: value

  @doc """
  Inserts a new key; an existing one raises a `{:key_exists, key}` error.

      iex> :gb_trees.to_list(:gb_trees.insert(:a, 1, :gb_trees.empty()))
      [a: 1]
  """
  def insert(key, value, {size, node}) when is_integer(size) do
    size = size + 1
    {size, elem(insert_node(key, value, node, size * size), 0)}
  end

  # `room` is the square of the size, halved on the way down; where it is used up the tree is too deep.
  # Then {node, 2^height, size} go up until a subtree is found that is too high for its own size.
  defp insert_node(key, value, {key1, value1, smaller, larger}, room) when key < key1 do
    case insert_node(key, value, smaller, div(room, 2)) do
      {smaller, height, size} ->
        {height2, size2} = measure(larger)
        rebalance({key1, value1, smaller, larger}, 2 * max(height, height2), size + size2 + 1)

      {smaller} ->
        {{key1, value1, smaller, larger}}
    end
  end

  defp insert_node(key, value, {key1, value1, smaller, larger}, room) when key > key1 do
    case insert_node(key, value, larger, div(room, 2)) do
      {larger, height, size} ->
        {height2, size2} = measure(smaller)
        rebalance({key1, value1, smaller, larger}, 2 * max(height, height2), size + size2 + 1)

      {larger} ->
        {{key1, value1, smaller, larger}}
    end
  end

  defp insert_node(key, value, nil, 0), do: {{key, value, nil, nil}, 1, 1}
  defp insert_node(key, value, nil, _room), do: {{key, value, nil, nil}}
  defp insert_node(key, _value, {_, _, _, _}, _room), do: :erlang.error({:key_exists, key})

  defp rebalance(node, height, size) do
    if height > size * size, do: {balance_node(node, size)}, else: {node, height, size}
  end

  defp measure({_, _, nil, nil}), do: {2, 1}

  defp measure({_, _, smaller, larger}) do
    {height1, size1} = measure(smaller)
    {height2, size2} = measure(larger)
    {2 * max(height1, height2), size1 + size2 + 1}
  end

  defp measure(nil), do: {1, 0}

  @doc """
  Puts a value under a key, new or not.

      iex> :gb_trees.to_list(:gb_trees.enter(:a, 2, :gb_trees.from_orddict([a: 1])))
      [a: 2]
  """
  def enter(key, value, tree) do
    if is_defined(key, tree), do: update(key, value, tree), else: insert(key, value, tree)
  end

  @doc """
  Replaces the value of an existing key.

      iex> :gb_trees.to_list(:gb_trees.update(:a, 2, :gb_trees.from_orddict([a: 1])))
      [a: 2]
  """
  def update(key, value, {size, node}), do: {size, update_node(key, value, node)}

  defp update_node(key, value, {key1, value1, smaller, larger}) when key < key1,
    do: {key1, value1, update_node(key, value, smaller), larger}

  defp update_node(key, value, {key1, value1, smaller, larger}) when key > key1,
    do: {key1, value1, smaller, update_node(key, value, larger)}

  defp update_node(key, value, {_, _, smaller, larger}), do: {key, value, smaller, larger}

  @doc """
  Removes an existing key.

      iex> :gb_trees.to_list(:gb_trees.delete(:a, :gb_trees.from_orddict([a: 1, b: 2])))
      [b: 2]
  """
  def delete(key, tree) do
    {_value, tree} = take(key, tree)
    tree
  end

  @doc """
  Removes a key if it exists.

      iex> :gb_trees.delete_any(:a, :gb_trees.empty())
      {0, nil}
  """
  def delete_any(key, tree) do
    if is_defined(key, tree), do: delete(key, tree), else: tree
  end

  @doc """
  Removes an existing key and returns its value with the tree.

      iex> {1, tree} = :gb_trees.take(:a, :gb_trees.from_orddict([a: 1, b: 2]))
      iex> :gb_trees.keys(tree)
      [:b]
  """
  def take(key, {size, node}) when is_integer(size) and size >= 0 do
    {value, node} = take_node(key, node)
    {value, {size - 1, node}}
  end

  defp take_node(key, {key1, value1, smaller, larger}) when key < key1 do
    {value, smaller} = take_node(key, smaller)
    {value, {key1, value1, smaller, larger}}
  end

  defp take_node(key, {key1, value1, smaller, larger}) when key > key1 do
    {value, larger} = take_node(key, larger)
    {value, {key1, value1, smaller, larger}}
  end

  defp take_node(_key, {_, value, smaller, larger}), do: {value, merge(smaller, larger)}

  defp merge(smaller, nil), do: smaller
  defp merge(nil, larger), do: larger

  defp merge(smaller, larger) do
    {key, value, larger} = take_smallest_node(larger)
    {key, value, smaller, larger}
  end

  @doc """
  Removes a key and returns `{value, tree}`, or `:error`.

      iex> :gb_trees.take_any(:a, :gb_trees.empty())
      :error
  """
  def take_any(key, tree) do
    if is_defined(key, tree), do: take(key, tree), else: :error
  end

  @doc """
  Removes the smallest key: `{key, value, tree}`.

      iex> {:a, 1, _tree} = :gb_trees.take_smallest(:gb_trees.from_orddict([a: 1, b: 2]))
      iex> :ok
      :ok
  """
  def take_smallest({size, node}) when is_integer(size) and size >= 0 do
    {key, value, node} = take_smallest_node(node)
    {key, value, {size - 1, node}}
  end

  defp take_smallest_node({key, value, nil, larger}), do: {key, value, larger}

  defp take_smallest_node({key1, value1, smaller, larger}) do
    {key, value, smaller} = take_smallest_node(smaller)
    {key, value, {key1, value1, smaller, larger}}
  end

  @doc """
  Removes the largest key: `{key, value, tree}`.

      iex> {:b, 2, _tree} = :gb_trees.take_largest(:gb_trees.from_orddict([a: 1, b: 2]))
      iex> :ok
      :ok
  """
  def take_largest({size, node}) when is_integer(size) and size >= 0 do
    {key, value, node} = take_largest_node(node)
    {key, value, {size - 1, node}}
  end

  defp take_largest_node({key, value, smaller, nil}), do: {key, value, smaller}

  defp take_largest_node({key1, value1, smaller, larger}) do
    {key, value, larger} = take_largest_node(larger)
    {key, value, {key1, value1, smaller, larger}}
  end

  @doc """
  Returns the smallest key with its value.

      iex> :gb_trees.smallest(:gb_trees.from_orddict([a: 1, b: 2]))
      {:a, 1}
  """
  def smallest({_, node}), do: smallest_node(node)

  defp smallest_node({key, value, nil, _}), do: {key, value}
  defp smallest_node({_, _, smaller, _}), do: smallest_node(smaller)

  @doc """
  Returns the largest key with its value.

      iex> :gb_trees.largest(:gb_trees.from_orddict([a: 1, b: 2]))
      {:b, 2}
  """
  def largest({_, node}), do: largest_node(node)

  defp largest_node({key, value, _, nil}), do: {key, value}
  defp largest_node({_, _, _, larger}), do: largest_node(larger)

  @doc """
  Returns `{key, value}` for the largest key below the given one, or `:none`.

      iex> :gb_trees.smaller(:b, :gb_trees.from_orddict([a: 1, b: 2]))
      {:a, 1}
  """
  def smaller(key, {_, node}), do: smaller_node(key, node, :none)

  defp smaller_node(key, {key1, value, _, larger}, _best) when key > key1,
    do: smaller_node(key, larger, {key1, value})

  defp smaller_node(key, {_, _, smaller, _}, best), do: smaller_node(key, smaller, best)
  defp smaller_node(_key, nil, best), do: best

  @doc """
  Returns `{key, value}` for the smallest key above the given one, or `:none`.

      iex> :gb_trees.larger(:a, :gb_trees.from_orddict([a: 1, b: 2]))
      {:b, 2}
  """
  def larger(key, {_, node}), do: larger_node(key, node, :none)

  defp larger_node(key, {key1, value, smaller, _}, _best) when key < key1,
    do: larger_node(key, smaller, {key1, value})

  defp larger_node(key, {_, _, _, larger}, best), do: larger_node(key, larger, best)
  defp larger_node(_key, nil, best), do: best

  @doc """
  Makes a tree of pairs that are in the order of their keys.

      iex> :gb_trees.to_list(:gb_trees.from_orddict([a: 1, b: 2]))
      [a: 1, b: 2]
  """
  def from_orddict(pairs) do
    size = length(pairs)
    {size, balanced(pairs, size)}
  end

  @doc """
  Rebalances the tree, which may pay after many deletions.

      iex> :gb_trees.keys(:gb_trees.balance(:gb_trees.from_orddict([a: 1])))
      [:a]
  """
  def balance({size, node}), do: {size, balance_node(node, size)}

  defp balance_node(node, size), do: balanced(node_to_list(node, []), size)

  defp balanced(pairs, size), do: elem(take_balanced(pairs, size), 0)

  # Builds a tree of the first `size` pairs: {node, rest}.
  defp take_balanced(pairs, 0), do: {nil, pairs}
  defp take_balanced([{key, value} | rest], 1), do: {{key, value, nil, nil}, rest}

  defp take_balanced(pairs, size) do
    larger_size = div(size - 1, 2)
    {smaller, [{key, value} | rest]} = take_balanced(pairs, size - 1 - larger_size)
    {larger, rest} = take_balanced(rest, larger_size)
    {{key, value, smaller, larger}, rest}
  end

  @doc """
  Returns the pairs in the order of their keys.

      iex> :gb_trees.to_list(:gb_trees.from_orddict([a: 1]))
      [a: 1]
  """
  def to_list({_, node}), do: node_to_list(node, [])

  defp node_to_list({key, value, smaller, larger}, acc),
    do: node_to_list(smaller, [{key, value} | node_to_list(larger, acc)])

  defp node_to_list(nil, acc), do: acc

  @doc """
  Returns the keys in order.

      iex> :gb_trees.keys(:gb_trees.from_orddict([a: 1]))
      [:a]
  """
  def keys({_, node}), do: node_keys(node, [])

  defp node_keys({key, _, smaller, larger}, acc),
    do: node_keys(smaller, [key | node_keys(larger, acc)])

  defp node_keys(nil, acc), do: acc

  @doc """
  Returns the values in the order of their keys.

      iex> :gb_trees.values(:gb_trees.from_orddict([a: 1]))
      [1]
  """
  def values({_, node}), do: node_values(node, [])

  defp node_values({_, value, smaller, larger}, acc),
    do: node_values(smaller, [value | node_values(larger, acc)])

  defp node_values(nil, acc), do: acc

  @doc """
  Maps the values.

      iex> :gb_trees.to_list(:gb_trees.map(fn _key, v -> v + 1 end, :gb_trees.from_orddict([a: 1])))
      [a: 2]
  """
  def map(fun, {size, node}) when is_function(fun, 2), do: {size, map_node(fun, node)}

  defp map_node(fun, {key, value, smaller, larger}),
    do: {key, fun.(key, value), map_node(fun, smaller), map_node(fun, larger)}

  defp map_node(_fun, nil), do: nil

  ## Iterators: the nodes still to visit, each with what comes after it on its side

  @doc """
  Returns an iterator over the pairs in the order of their keys.

      iex> {:a, 1, _} = :gb_trees.next(:gb_trees.iterator(:gb_trees.from_orddict([a: 1])))
      iex> :ok
      :ok
  """
  def iterator(tree), do: iterator(tree, :ordered)

  @doc """
  Returns an iterator in the order `:ordered` or `:reversed`.

      iex> {:b, 2, _} = :gb_trees.next(:gb_trees.iterator(:gb_trees.from_orddict([a: 1, b: 2]), :reversed))
      iex> :ok
      :ok
  """
  def iterator({_, node}, :ordered), do: descend_smaller(node, [])
  def iterator({_, node}, :reversed), do: {:reversed, descend_larger(node, [])}

  defp descend_smaller({_, _, smaller, _} = node, stack), do: descend_smaller(smaller, [node | stack])
  defp descend_smaller(nil, stack), do: stack

  defp descend_larger({_, _, _, larger} = node, stack), do: descend_larger(larger, [node | stack])
  defp descend_larger(nil, stack), do: stack

  @doc """
  Returns an iterator that starts with the smallest key that is not below the given one.

      iex> {:b, 2, _} = :gb_trees.next(:gb_trees.iterator_from(:b, :gb_trees.from_orddict([a: 1, b: 2])))
      iex> :ok
      :ok
  """
  def iterator_from(key, tree), do: iterator_from(key, tree, :ordered)

  @doc """
  Like `iterator_from/2`, in the order `:ordered` or `:reversed`.

      iex> tree = :gb_trees.from_orddict([a: 1, b: 2])
      iex> {:a, 1, _} = :gb_trees.next(:gb_trees.iterator_from(:a, tree, :reversed))
      iex> :ok
      :ok
  """
  def iterator_from(key, {_, node}, :ordered), do: from_smaller(key, node, [])
  def iterator_from(key, {_, node}, :reversed), do: {:reversed, from_larger(key, node, [])}

  defp from_smaller(key, {key1, _, _, larger}, stack) when key1 < key,
    do: from_smaller(key, larger, stack)

  defp from_smaller(key, {key1, _, _, _} = node, stack) when key1 == key, do: [node | stack]

  defp from_smaller(key, {_, _, smaller, _} = node, stack),
    do: from_smaller(key, smaller, [node | stack])

  defp from_smaller(_key, nil, stack), do: stack

  defp from_larger(key, {key1, _, smaller, _}, stack) when key1 > key,
    do: from_larger(key, smaller, stack)

  defp from_larger(key, {key1, _, _, _} = node, stack) when key1 == key, do: [node | stack]

  defp from_larger(key, {_, _, _, larger} = node, stack),
    do: from_larger(key, larger, [node | stack])

  defp from_larger(_key, nil, stack), do: stack

  @doc """
  Returns `{key, value, iterator}`, or `:none` at the end.

      iex> :gb_trees.next(:gb_trees.iterator(:gb_trees.empty()))
      :none
  """
  def next([{key, value, _, larger} | stack]), do: {key, value, descend_smaller(larger, stack)}
  def next([]), do: :none

  def next({:reversed, [{key, value, smaller, _} | stack]}),
    do: {key, value, {:reversed, descend_larger(smaller, stack)}}

  def next({:reversed, []}), do: :none
end
