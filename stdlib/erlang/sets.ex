defmodule :sets do
  @moduledoc """
  Sets whose elements are compared with `=:=`, in no particular order.

  A set is a map whose keys are the elements and whose values are `[]`.
  """

  @doc """
  Returns an empty set.

      iex> :sets.size(:sets.new())
      0
  """
  def new, do: %{}

  @doc """
  Returns an empty set; the option `{:version, 1 | 2}` makes no difference.

      iex> :sets.new([version: 2])
      %{}
  """
  def new(options) when is_list(options), do: %{}

  @doc """
  Makes a set of a list.

      iex> :sets.size(:sets.from_list([1, 2, 1]))
      2
  """
  def from_list(list), do: :maps.from_keys(list, [])

  @doc """
  Makes a set of a list; the option `{:version, 1 | 2}` makes no difference.

      iex> :sets.from_list([1], [version: 2])
      %{1 => []}
  """
  def from_list(list, options) when is_list(options), do: :maps.from_keys(list, [])

  @doc """
  Returns whether the term may be a set.

      iex> :sets.is_set(:sets.new())
      true
  """
  def is_set(term), do: is_map(term)

  @doc """
  Returns the number of elements.

      iex> :sets.size(:sets.from_list([1]))
      1
  """
  def size(set), do: map_size(set)

  @doc """
  Returns whether the set is empty.

      iex> :sets.is_empty(:sets.new())
      true
  """
  def is_empty(set), do: map_size(set) == 0

  @doc """
  Returns whether two sets have the same elements.

      iex> :sets.is_equal(:sets.from_list([1, 2]), :sets.from_list([2, 1]))
      true
  """
  def is_equal(set1, set2) when is_map(set1) and is_map(set2), do: set1 === set2

  @doc """
  Returns the elements.

      iex> :sets.to_list(:sets.from_list([1]))
      [1]
  """
  def to_list(set), do: :maps.keys(set)

  @doc """
  Returns whether the set has the element.

      iex> :sets.is_element(1, :sets.from_list([1]))
      true
  """
  def is_element(element, set), do: is_map_key(set, element)

  @doc """
  Adds an element.

      iex> :sets.to_list(:sets.add_element(1, :sets.new()))
      [1]
  """
  def add_element(element, set), do: :maps.put(element, [], set)

  @doc """
  Removes an element.

      iex> :sets.to_list(:sets.del_element(1, :sets.from_list([1, 2])))
      [2]
  """
  def del_element(element, set), do: :maps.remove(element, set)

  @doc """
  Returns the elements of either set.

      iex> :sets.size(:sets.union(:sets.from_list([1]), :sets.from_list([2])))
      2
  """
  def union(set1, set2), do: :maps.merge(set1, set2)

  @doc """
  Returns the elements of all sets.

      iex> :sets.size(:sets.union([:sets.from_list([1]), :sets.from_list([2])]))
      2
  """
  def union(sets), do: :lists.foldl(&union/2, %{}, sets)

  @doc """
  Returns the elements that are in both sets.

      iex> :sets.to_list(:sets.intersection(:sets.from_list([1, 2]), :sets.from_list([2])))
      [2]
  """
  def intersection(set1, set2) when map_size(set1) <= map_size(set2),
    do: from_list(:lists.filter(&is_map_key(set2, &1), :maps.keys(set1)))

  def intersection(set1, set2) when is_map(set1) and is_map(set2), do: intersection(set2, set1)

  @doc """
  Returns the elements that are in all sets of a non-empty list.

      iex> :sets.to_list(:sets.intersection([:sets.from_list([1, 2]), :sets.from_list([2])]))
      [2]
  """
  def intersection([set]), do: set
  def intersection([set1, set2 | sets]), do: intersection([intersection(set1, set2) | sets])

  @doc """
  Returns whether the sets have no element in common.

      iex> :sets.is_disjoint(:sets.from_list([1]), :sets.from_list([2]))
      true
  """
  def is_disjoint(set1, set2) when map_size(set1) <= map_size(set2),
    do: not :lists.any(&is_map_key(set2, &1), :maps.keys(set1))

  def is_disjoint(set1, set2) when is_map(set1) and is_map(set2), do: is_disjoint(set2, set1)

  @doc """
  Returns the elements of the first set that are not in the second.

      iex> :sets.to_list(:sets.subtract(:sets.from_list([1, 2]), :sets.from_list([2])))
      [1]
  """
  def subtract(set1, set2),
    do: from_list(:lists.filter(&(not is_map_key(set2, &1)), :maps.keys(set1)))

  @doc """
  Returns whether all elements of the first set are in the second.

      iex> :sets.is_subset(:sets.from_list([1]), :sets.from_list([1, 2]))
      true
  """
  def is_subset(set1, set2),
    do: map_size(set1) <= map_size(set2) and :lists.all(&is_map_key(set2, &1), :maps.keys(set1))

  @doc """
  Folds over the elements.

      iex> :sets.fold(fn x, acc -> x + acc end, 0, :sets.from_list([1, 2]))
      3
  """
  def fold(fun, acc, set), do: :lists.foldl(fun, acc, :maps.keys(set))

  @doc """
  Keeps the elements for which `pred` is true.

      iex> :sets.to_list(:sets.filter(fn x -> x > 1 end, :sets.from_list([1, 2])))
      [2]
  """
  def filter(pred, set), do: from_list(:lists.filter(pred, :maps.keys(set)))

  @doc """
  Maps the elements to a set.

      iex> :sets.to_list(:sets.map(fn _ -> 0 end, :sets.from_list([1, 2])))
      [0]
  """
  def map(fun, set), do: from_list(:lists.map(fun, :maps.keys(set)))

  @doc """
  Filters and maps at once: `fun` returns `true`, `false` or `{true, value}`.

      iex> :sets.to_list(:sets.filtermap(fn x -> x > 1 and {true, x * 2} end, :sets.from_list([1, 2])))
      [4]
  """
  def filtermap(fun, set), do: from_list(:lists.filtermap(fun, :maps.keys(set)))
end
