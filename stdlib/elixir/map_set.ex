defmodule MapSet do
  @moduledoc """
  Sets: collections without duplicates, compared with `===`, in no particular order.

  A set is made by `new/1`, is enumerable and collectable, and adding, removing and asking for an
  element take about constant time whatever its size.

      iex> set = MapSet.new([1, 2, 2])
      iex> MapSet.size(set)
      2
      iex> 2 in set
      true
  """

  # The elements are the keys of a map, each with the value [].
  defstruct map: %{}

  @type value :: term
  @opaque internal(value) :: %{optional(value) => []}
  @type t(value) :: %__MODULE__{map: internal(value)}
  @type t :: t(term)

  @doc """
  Returns an empty set.

      iex> MapSet.new()
      MapSet.new([])
  """
  @spec new :: t
  def new, do: %MapSet{}

  @doc """
  Makes a set of the elements of an enumerable.

      iex> MapSet.new([3, 3, 2])
      MapSet.new([2, 3])
  """
  @spec new(Enumerable.t()) :: t
  def new(enumerable)
  def new(%__MODULE__{} = map_set), do: map_set
  def new(enumerable), do: %MapSet{map: :maps.from_keys(Enum.to_list(enumerable), [])}

  @doc """
  Makes a set of what `transform` returns for each element.

      iex> MapSet.new([1, 2], fn x -> x * 2 end)
      MapSet.new([2, 4])
  """
  @spec new(Enumerable.t(), (term -> val)) :: t(val) when val: value
  def new(enumerable, transform) when is_function(transform, 1),
    do: %MapSet{map: :maps.from_keys(Enum.map(enumerable, transform), [])}

  @doc """
  Adds an element.

      iex> MapSet.put(MapSet.new([1]), 2)
      MapSet.new([1, 2])
  """
  @spec put(t(val), new_val) :: t(val | new_val) when val: value, new_val: value
  def put(%MapSet{map: map} = map_set, value), do: %{map_set | map: :maps.put(value, [], map)}

  @doc """
  Removes an element.

      iex> MapSet.delete(MapSet.new([1, 2]), 1)
      MapSet.new([2])
  """
  @spec delete(t(val1), val2) :: t(val1) when val1: value, val2: value
  def delete(%MapSet{map: map} = map_set, value), do: %{map_set | map: :maps.remove(value, map)}

  @doc """
  Returns whether the set has the element.

      iex> MapSet.member?(MapSet.new([1]), 1)
      true
  """
  @spec member?(t, value) :: boolean
  def member?(%MapSet{map: map}, value), do: is_map_key(map, value)

  @doc """
  Returns the number of elements.

      iex> MapSet.size(MapSet.new([1, 2]))
      2
  """
  @spec size(t) :: non_neg_integer
  def size(%MapSet{map: map}), do: map_size(map)

  @doc """
  Turns the set into a list.

      iex> MapSet.to_list(MapSet.new([1]))
      [1]
  """
  @spec to_list(t(val)) :: [val] when val: value
  def to_list(%MapSet{map: map}), do: :maps.keys(map)

  @doc """
  Returns whether both sets have the same elements.

      iex> MapSet.equal?(MapSet.new([1, 2]), MapSet.new([2, 1]))
      true
  """
  @spec equal?(t, t) :: boolean
  def equal?(%MapSet{map: map1}, %MapSet{map: map2}), do: map1 === map2

  @doc """
  Returns whether all elements of the first set are in the second.

      iex> MapSet.subset?(MapSet.new([1]), MapSet.new([1, 2]))
      true
  """
  @spec subset?(t, t) :: boolean
  def subset?(%MapSet{map: map1}, %MapSet{map: map2}),
    do: map_size(map1) <= map_size(map2) and all_keys?(:maps.keys(map1), map2)

  defp all_keys?([key | keys], map), do: is_map_key(map, key) and all_keys?(keys, map)
  defp all_keys?([], _map), do: true

  @doc """
  Returns whether the sets have no element in common.

      iex> MapSet.disjoint?(MapSet.new([1]), MapSet.new([2]))
      true
  """
  @spec disjoint?(t, t) :: boolean
  def disjoint?(%MapSet{map: map1}, %MapSet{map: map2}) do
    if map_size(map1) <= map_size(map2),
      do: no_keys?(:maps.keys(map1), map2),
      else: no_keys?(:maps.keys(map2), map1)
  end

  defp no_keys?([key | keys], map), do: not is_map_key(map, key) and no_keys?(keys, map)
  defp no_keys?([], _map), do: true

  @doc """
  Returns the elements of either set.

      iex> MapSet.union(MapSet.new([1]), MapSet.new([2]))
      MapSet.new([1, 2])
  """
  @spec union(t(val1), t(val2)) :: t(val1 | val2) when val1: value, val2: value
  def union(%MapSet{map: map1}, %MapSet{map: map2}), do: %MapSet{map: :maps.merge(map1, map2)}

  @doc """
  Returns the elements that are in both sets.

      iex> MapSet.intersection(MapSet.new([1, 2]), MapSet.new([2, 3]))
      MapSet.new([2])
  """
  @spec intersection(t(val), t(val)) :: t(val) when val: value
  def intersection(%MapSet{map: map1}, %MapSet{map: map2}) do
    keys =
      if map_size(map1) <= map_size(map2),
        do: common(:maps.keys(map1), map2),
        else: common(:maps.keys(map2), map1)

    %MapSet{map: :maps.from_keys(keys, [])}
  end

  defp common([key | keys], map) do
    if is_map_key(map, key), do: [key | common(keys, map)], else: common(keys, map)
  end

  defp common([], _map), do: []

  @doc """
  Returns the elements of the first set that are not in the second.

      iex> MapSet.difference(MapSet.new([1, 2]), MapSet.new([2]))
      MapSet.new([1])
  """
  @spec difference(t(val1), t(val2)) :: t(val1) when val1: value, val2: value
  def difference(%MapSet{map: map1} = map_set, %MapSet{map: map2}) do
    # Removes what is to go where that is little, else collects what stays.
    if map_size(map2) * 2 < map_size(map1),
      do: %{map_set | map: remove_all(:maps.keys(map2), map1)},
      else: %MapSet{map: :maps.from_keys(without(:maps.keys(map1), map2), [])}
  end

  defp remove_all([key | keys], map), do: remove_all(keys, :maps.remove(key, map))
  defp remove_all([], map), do: map

  defp without([key | keys], map) do
    if is_map_key(map, key), do: without(keys, map), else: [key | without(keys, map)]
  end

  defp without([], _map), do: []

  @doc """
  Returns the elements that are in exactly one of the sets.

      iex> MapSet.symmetric_difference(MapSet.new([1, 2]), MapSet.new([2, 3]))
      MapSet.new([1, 3])
  """
  @spec symmetric_difference(t(val1), t(val2)) :: t(val1 | val2) when val1: value, val2: value
  def symmetric_difference(%MapSet{map: map1}, %MapSet{map: map2}) do
    keys = without(:maps.keys(map1), map2) ++ without(:maps.keys(map2), map1)
    %MapSet{map: :maps.from_keys(keys, [])}
  end

  @doc """
  Keeps the elements for which `fun` is truthy.

      iex> MapSet.filter(MapSet.new(1..4), fn x -> x > 2 end)
      MapSet.new([3, 4])
  """
  @spec filter(t(a), (a -> as_boolean(term))) :: t(a) when a: value
  def filter(%MapSet{map: map}, fun) when is_function(fun, 1),
    do: %MapSet{map: :maps.from_keys(Enum.filter(:maps.keys(map), fun), [])}

  @doc """
  Drops the elements for which `fun` is truthy.

      iex> MapSet.reject(MapSet.new(1..4), fn x -> x > 2 end)
      MapSet.new([1, 2])
  """
  @spec reject(t(a), (a -> as_boolean(term))) :: t(a) when a: value
  def reject(%MapSet{map: map}, fun) when is_function(fun, 1),
    do: %MapSet{map: :maps.from_keys(Enum.reject(:maps.keys(map), fun), [])}

  @doc """
  Splits into the elements for which `fun` is truthy and the others.

      iex> MapSet.split_with(MapSet.new(1..4), fn x -> x > 2 end)
      {MapSet.new([3, 4]), MapSet.new([1, 2])}
  """
  @spec split_with(t, (any -> as_boolean(term))) :: {t, t}
  def split_with(%MapSet{map: map}, fun) when is_function(fun, 1) do
    {yes, no} = Enum.split_with(:maps.keys(map), fun)
    {%MapSet{map: :maps.from_keys(yes, [])}, %MapSet{map: :maps.from_keys(no, [])}}
  end
end

defimpl Enumerable, for: MapSet do
  def count(map_set), do: {:ok, MapSet.size(map_set)}
  def member?(map_set, value), do: {:ok, MapSet.member?(map_set, value)}
  def slice(map_set), do: {:ok, MapSet.size(map_set), &MapSet.to_list/1}
  def reduce(map_set, acc, fun), do: Enumerable.List.reduce(MapSet.to_list(map_set), acc, fun)
end

defimpl Collectable, for: MapSet do
  # The elements are put in at once in the end: a map of many keys is made faster than it grows.
  def into(map_set) do
    collect = fn
      values, {:cont, value} -> [value | values]
      values, :done -> %{map_set | map: :maps.merge(map_set.map, :maps.from_keys(values, []))}
      _values, :halt -> :ok
    end

    {[], collect}
  end
end

defimpl Inspect, for: MapSet do
  def inspect(map_set, opts) do
    opts = %{opts | charlists: :as_lists}
    list = Inspect.List.inspect(MapSet.to_list(map_set), opts)
    Inspect.Algebra.concat(["MapSet.new(", list, ")"])
  end
end
