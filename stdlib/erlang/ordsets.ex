defmodule :ordsets do
  @moduledoc """
  Sets as sorted lists without duplicates, compared with `==`.
  """

  @doc """
  Returns an empty set.

      iex> :ordsets.new()
      []
  """
  def new, do: []

  @doc """
  Returns whether the term is such a set.

      iex> :ordsets.is_set([1, 2])
      true
      iex> :ordsets.is_set([2, 1])
      false
  """
  def is_set([first | [second | _] = tail]), do: first < second and is_set(tail)
  def is_set([_]), do: true
  def is_set([]), do: true
  def is_set(_), do: false

  @doc """
  Returns the number of elements.

      iex> :ordsets.size([1, 2])
      2
  """
  def size(set), do: length(set)

  @doc """
  Returns whether the set is empty.

      iex> :ordsets.is_empty([])
      true
  """
  def is_empty(set), do: set === []

  @doc """
  Returns whether two sets are equal.

      iex> :ordsets.is_equal([1], [1])
      true
  """
  def is_equal(set1, set2), do: set1 == set2

  @doc """
  Returns the elements.

      iex> :ordsets.to_list([1])
      [1]
  """
  def to_list(set), do: set

  @doc """
  Makes a set of a list.

      iex> :ordsets.from_list([2, 1, 2])
      [1, 2]
  """
  def from_list(list), do: :lists.usort(list)

  @doc """
  Returns whether the set has the element.

      iex> :ordsets.is_element(1, [1, 2])
      true
  """
  def is_element(element, [head | tail]) when element > head, do: is_element(element, tail)
  def is_element(element, [head | _]) when element < head, do: false
  def is_element(_element, [_ | _]), do: true
  def is_element(_element, []), do: false

  @doc """
  Adds an element.

      iex> :ordsets.add_element(2, [1, 3])
      [1, 2, 3]
  """
  def add_element(element, [head | tail]) when element > head,
    do: [head | add_element(element, tail)]

  def add_element(element, [head | _] = set) when element == head, do: set
  def add_element(element, set), do: [element | set]

  @doc """
  Removes an element.

      iex> :ordsets.del_element(1, [1, 2])
      [2]
  """
  def del_element(element, [head | tail]) when element > head,
    do: [head | del_element(element, tail)]

  def del_element(element, [head | tail]) when element == head, do: tail
  def del_element(_element, set), do: set

  @doc """
  Returns the elements of either set.

      iex> :ordsets.union([1, 3], [2])
      [1, 2, 3]
  """
  def union(set1, set2), do: :lists.umerge(set1, set2)

  @doc """
  Returns the elements of all sets.

      iex> :ordsets.union([[1], [2], [1, 3]])
      [1, 2, 3]
  """
  def union(sets), do: :lists.umerge(sets)

  @doc """
  Returns the elements that are in both sets.

      iex> :ordsets.intersection([1, 2], [2, 3])
      [2]
  """
  def intersection([head1 | tail1], [head2 | _] = set2) when head1 < head2,
    do: intersection(tail1, set2)

  def intersection([head1 | _] = set1, [head2 | tail2]) when head1 > head2,
    do: intersection(set1, tail2)

  def intersection([head1 | tail1], [_ | tail2]), do: [head1 | intersection(tail1, tail2)]
  def intersection([], _set2), do: []
  def intersection(_set1, []), do: []

  @doc """
  Returns the elements that are in all sets of a non-empty list.

      iex> :ordsets.intersection([[1, 2], [2, 3], [2]])
      [2]
  """
  def intersection([set]), do: set
  def intersection([set1, set2 | sets]), do: intersection([intersection(set1, set2) | sets])

  @doc """
  Returns whether the sets have no element in common.

      iex> :ordsets.is_disjoint([1], [2])
      true
  """
  def is_disjoint(set1, set2), do: intersection(set1, set2) == []

  @doc """
  Returns the elements of the first set that are not in the second.

      iex> :ordsets.subtract([1, 2], [2])
      [1]
  """
  def subtract([head1 | tail1], [head2 | _] = set2) when head1 < head2,
    do: [head1 | subtract(tail1, set2)]

  def subtract([head1 | _] = set1, [head2 | tail2]) when head1 > head2, do: subtract(set1, tail2)
  def subtract([_ | tail1], [_ | tail2]), do: subtract(tail1, tail2)
  def subtract([], _set2), do: []
  def subtract(set1, []), do: set1

  @doc """
  Returns whether all elements of the first set are in the second.

      iex> :ordsets.is_subset([1], [1, 2])
      true
  """
  def is_subset([head1 | _], [head2 | _]) when head1 < head2, do: false
  def is_subset([head1 | _] = set1, [head2 | tail2]) when head1 > head2, do: is_subset(set1, tail2)
  def is_subset([_ | tail1], [_ | tail2]), do: is_subset(tail1, tail2)
  def is_subset([], _set2), do: true
  def is_subset([_ | _], []), do: false

  @doc """
  Folds over the elements in order.

      iex> :ordsets.fold(fn x, acc -> x + acc end, 0, [1, 2])
      3
  """
  def fold(fun, acc, set), do: :lists.foldl(fun, acc, set)

  @doc """
  Keeps the elements for which `pred` is true.

      iex> :ordsets.filter(fn x -> x > 1 end, [1, 2])
      [2]
  """
  def filter(pred, set), do: :lists.filter(pred, set)

  @doc """
  Maps the elements to a set.

      iex> :ordsets.map(fn x -> rem(x, 2) end, [1, 2, 3])
      [0, 1]
  """
  def map(fun, set), do: from_list(:lists.map(fun, set))

  @doc """
  Filters and maps at once: `fun` returns `true`, `false` or `{true, value}`.

      iex> :ordsets.filtermap(fn x -> x > 1 and {true, x * 2} end, [1, 2])
      [4]
  """
  def filtermap(fun, set), do: from_list(:lists.filtermap(fun, set))
end
