defmodule HashSet do
  @moduledoc """
  The sets of Elixir's first years; use `MapSet` instead.
  """

  @moduledoc deprecated: "Use MapSet instead"

  defstruct map: %{}

  @opaque t :: %__MODULE__{map: map}

  @doc """
  Returns an empty set.

      iex> HashSet.size(HashSet.new())
      0
  """
  @deprecated "Use the MapSet module instead"
  def new, do: %HashSet{}

  @doc """
  Adds an element.

      iex> HashSet.to_list(HashSet.put(HashSet.new(), 1))
      [1]
  """
  @deprecated "Use the MapSet module instead"
  def put(%HashSet{map: map}, term), do: %HashSet{map: :maps.put(term, [], map)}

  @doc """
  Removes an element.

      iex> HashSet.to_list(HashSet.delete(HashSet.put(HashSet.new(), 1), 1))
      []
  """
  @deprecated "Use the MapSet module instead"
  def delete(%HashSet{map: map}, term), do: %HashSet{map: :maps.remove(term, map)}

  @doc """
  Returns whether the set has the element.

      iex> HashSet.member?(HashSet.new(), 1)
      false
  """
  @deprecated "Use the MapSet module instead"
  def member?(%HashSet{map: map}, term), do: is_map_key(map, term)

  @doc """
  Returns the number of elements.

      iex> HashSet.size(HashSet.new())
      0
  """
  @deprecated "Use the MapSet module instead"
  def size(%HashSet{map: map}), do: map_size(map)

  @doc """
  Returns the elements.

      iex> HashSet.to_list(HashSet.new())
      []
  """
  @deprecated "Use the MapSet module instead"
  def to_list(%HashSet{map: map}), do: :maps.keys(map)

  @doc """
  Returns the elements of either set.

      iex> HashSet.size(HashSet.union(HashSet.new(), HashSet.put(HashSet.new(), 1)))
      1
  """
  @deprecated "Use the MapSet module instead"
  def union(%HashSet{map: map1}, %HashSet{map: map2}), do: %HashSet{map: :maps.merge(map1, map2)}

  @doc """
  Returns the elements that are in both sets.

      iex> HashSet.size(HashSet.intersection(HashSet.new(), HashSet.put(HashSet.new(), 1)))
      0
  """
  @deprecated "Use the MapSet module instead"
  def intersection(%HashSet{map: map1}, %HashSet{map: map2}), do: %HashSet{map: Map.intersect(map1, map2)}

  @doc """
  Returns the elements of the first set that are not in the second.

      iex> HashSet.size(HashSet.difference(HashSet.put(HashSet.new(), 1), HashSet.new()))
      1
  """
  @deprecated "Use the MapSet module instead"
  def difference(%HashSet{map: map1}, %HashSet{map: map2}),
    do: %HashSet{map: Map.drop(map1, :maps.keys(map2))}

  @doc """
  Returns whether the sets have no element in common.

      iex> HashSet.disjoint?(HashSet.new(), HashSet.new())
      true
  """
  @deprecated "Use the MapSet module instead"
  def disjoint?(set1, set2), do: size(intersection(set1, set2)) == 0

  @doc """
  Returns whether all elements of the first set are in the second.

      iex> HashSet.subset?(HashSet.new(), HashSet.new())
      true
  """
  @deprecated "Use the MapSet module instead"
  def subset?(set1, set2), do: size(difference(set1, set2)) == 0

  @doc """
  Returns whether both sets have the same elements.

      iex> HashSet.equal?(HashSet.new(), HashSet.new())
      true
  """
  @deprecated "Use the MapSet module instead"
  def equal?(%HashSet{map: map1}, %HashSet{map: map2}), do: map1 === map2

  @doc false
  def reduce(%HashSet{map: map}, acc, fun), do: Enumerable.List.reduce(:maps.keys(map), acc, fun)
end

defimpl Enumerable, for: HashSet do
  def count(%{map: map}), do: {:ok, map_size(map)}
  def member?(%{map: map}, term), do: {:ok, is_map_key(map, term)}
  def slice(%{map: map}), do: {:ok, map_size(map), fn set -> :maps.keys(set.map) end}
  def reduce(%{map: map}, acc, fun), do: Enumerable.reduce(:maps.keys(map), acc, fun)
end

defimpl Collectable, for: HashSet do
  def into(set), do: {set, &collect/2}

  defp collect(set, {:cont, term}), do: %{set | map: :maps.put(term, [], set.map)}
  defp collect(set, :done), do: set
  defp collect(_set, :halt), do: :ok
end

defimpl Inspect, for: HashSet do
  def inspect(set, opts) do
    list = Inspect.Algebra.to_doc(:maps.keys(set.map), opts)
    Inspect.Algebra.concat(["#HashSet<", list, ">"])
  end
end
