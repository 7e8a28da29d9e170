defmodule Set do
  @moduledoc """
  Functions on sets of any kind, from Elixir's first years; use `MapSet` instead.

  Each call goes to the module of the set's struct, such as `HashSet` or `MapSet`.
  """

  @moduledoc deprecated: "Use MapSet instead"

  defp target(%module{}), do: module

  defp target(other) do
    raise ArgumentError, "unsupported set: #{inspect(other)}"
  end

  @doc false
  @deprecated "Use the MapSet module for working with sets"
  def empty(set), do: target(set).new()

  @doc false
  @deprecated "Use the MapSet module for working with sets"
  def delete(set, value), do: target(set).delete(set, value)

  @doc false
  @deprecated "Use the MapSet module for working with sets"
  def member?(set, value), do: target(set).member?(set, value)

  @doc false
  @deprecated "Use the MapSet module for working with sets"
  def put(set, value), do: target(set).put(set, value)

  @doc false
  @deprecated "Use the MapSet module for working with sets"
  def size(set), do: target(set).size(set)

  @doc false
  @deprecated "Use the MapSet module for working with sets"
  def to_list(set), do: target(set).to_list(set)

  @doc false
  @deprecated "Use the MapSet module for working with sets"
  def difference(set1, set2), do: target(set1).difference(set1, like(set2, set1))

  @doc false
  @deprecated "Use the MapSet module for working with sets"
  def disjoint?(set1, set2), do: target(set1).disjoint?(set1, like(set2, set1))

  @doc false
  @deprecated "Use the MapSet module for working with sets"
  def equal?(set1, set2), do: target(set1).equal?(set1, like(set2, set1))

  @doc false
  @deprecated "Use the MapSet module for working with sets"
  def intersection(set1, set2), do: target(set1).intersection(set1, like(set2, set1))

  @doc false
  @deprecated "Use the MapSet module for working with sets"
  def subset?(set1, set2), do: target(set1).subset?(set1, like(set2, set1))

  @doc false
  @deprecated "Use the MapSet module for working with sets"
  def union(set1, set2), do: target(set1).union(set1, like(set2, set1))

  # Sets of two kinds are compared as sets of the first one's.
  defp like(%module{} = set, %module{}), do: set
  defp like(set, other), do: Enum.into(to_list(set), empty(other))
end
