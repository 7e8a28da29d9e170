defmodule HashDict do
  @moduledoc """
  The key-value structure of Elixir's first years; use `Map` instead.

  Programs of that time keep working: a hash dict is a struct around a map, enumerable, collectable
  and open to `dict[key]`. See `Dict`, whose functions work on it too.
  """

  @moduledoc deprecated: "Use Map instead"

  defstruct map: %{}

  @opaque t :: %__MODULE__{map: map}

  @doc """
  Returns an empty hash dict.

      iex> HashDict.size(HashDict.new())
      0
  """
  @deprecated "Use maps and the Map module instead"
  def new, do: %HashDict{}

  @doc """
  Puts a value under a key.

      iex> HashDict.get(HashDict.put(HashDict.new(), :a, 1), :a)
      1
  """
  @deprecated "Use maps and the Map module instead"
  def put(%HashDict{map: map}, key, value), do: %HashDict{map: :maps.put(key, value, map)}

  @doc """
  Puts a value under a key unless the key exists.

      iex> dict = HashDict.put(HashDict.new(), :a, 1)
      iex> HashDict.get(HashDict.put_new(dict, :a, 2), :a)
      1
  """
  @deprecated "Use maps and the Map module instead"
  def put_new(%HashDict{map: map}, key, value), do: %HashDict{map: Map.put_new(map, key, value)}

  @doc """
  Puts the result of `fun` under a key unless the key exists.

      iex> HashDict.get(HashDict.put_new_lazy(HashDict.new(), :a, fn -> 2 end), :a)
      2
  """
  @deprecated "Use maps and the Map module instead"
  def put_new_lazy(%HashDict{map: map}, key, fun),
    do: %HashDict{map: Map.put_new_lazy(map, key, fun)}

  @doc """
  Returns `{:ok, value}` or `:error`.

      iex> HashDict.fetch(HashDict.new(), :a)
      :error
  """
  @deprecated "Use maps and the Map module instead"
  def fetch(%HashDict{map: map}, key), do: :maps.find(key, map)

  @doc """
  Returns the value of an existing key, else raises `KeyError`.

      iex> HashDict.fetch!(HashDict.put(HashDict.new(), :a, 1), :a)
      1
  """
  @deprecated "Use maps and the Map module instead"
  def fetch!(%HashDict{map: map} = dict, key) do
    case map do
      %{^key => value} -> value
      _ -> raise KeyError, key: key, term: dict
    end
  end

  @doc """
  Returns the value of a key, or `default`.

      iex> HashDict.get(HashDict.new(), :a, 0)
      0
  """
  @deprecated "Use maps and the Map module instead"
  def get(%HashDict{map: map}, key, default \\ nil), do: Map.get(map, key, default)

  @doc """
  Returns the value of a key, or the result of `fun`.

      iex> HashDict.get_lazy(HashDict.new(), :a, fn -> 0 end)
      0
  """
  @deprecated "Use maps and the Map module instead"
  def get_lazy(%HashDict{map: map}, key, fun), do: Map.get_lazy(map, key, fun)

  @doc """
  Reads and updates a key at once; see `Map.get_and_update/3`.

      iex> {nil, dict} = HashDict.get_and_update(HashDict.new(), :a, fn v -> {v, 1} end)
      iex> HashDict.get(dict, :a)
      1
  """
  @deprecated "Use maps and the Map module instead"
  def get_and_update(%HashDict{map: map}, key, fun) do
    {value, map} = Map.get_and_update(map, key, fun)
    {value, %HashDict{map: map}}
  end

  @doc """
  Returns whether the key exists.

      iex> HashDict.has_key?(HashDict.new(), :a)
      false
  """
  @deprecated "Use maps and the Map module instead"
  def has_key?(%HashDict{map: map}, key), do: is_map_key(map, key)

  @doc """
  Removes a key.

      iex> HashDict.size(HashDict.delete(HashDict.put(HashDict.new(), :a, 1), :a))
      0
  """
  @deprecated "Use maps and the Map module instead"
  def delete(%HashDict{map: map}, key), do: %HashDict{map: :maps.remove(key, map)}

  @doc """
  Removes a key and returns its value, or `default`, with the dict.

      iex> {0, _dict} = HashDict.pop(HashDict.new(), :a, 0)
      iex> :ok
      :ok
  """
  @deprecated "Use maps and the Map module instead"
  def pop(%HashDict{map: map}, key, default \\ nil) do
    {value, map} = Map.pop(map, key, default)
    {value, %HashDict{map: map}}
  end

  @doc """
  Removes a key and returns its value, or the result of `fun`, with the dict.

      iex> {0, _dict} = HashDict.pop_lazy(HashDict.new(), :a, fn -> 0 end)
      iex> :ok
      :ok
  """
  @deprecated "Use maps and the Map module instead"
  def pop_lazy(%HashDict{map: map}, key, fun) do
    {value, map} = Map.pop_lazy(map, key, fun)
    {value, %HashDict{map: map}}
  end

  @doc """
  Maps the value of a key, or puts `initial` there.

      iex> HashDict.get(HashDict.update(HashDict.new(), :a, 0, fn v -> v + 1 end), :a)
      0
  """
  @deprecated "Use maps and the Map module instead"
  def update(%HashDict{map: map}, key, initial, fun),
    do: %HashDict{map: Map.update(map, key, initial, fun)}

  @doc """
  Maps the value of an existing key, else raises `KeyError`.

      iex> dict = HashDict.put(HashDict.new(), :a, 1)
      iex> HashDict.get(HashDict.update!(dict, :a, fn v -> v + 1 end), :a)
      2
  """
  @deprecated "Use maps and the Map module instead"
  def update!(%HashDict{} = dict, key, fun), do: put(dict, key, fun.(fetch!(dict, key)))

  @doc """
  Returns the keys.

      iex> HashDict.keys(HashDict.new())
      []
  """
  @deprecated "Use maps and the Map module instead"
  def keys(%HashDict{map: map}), do: :maps.keys(map)

  @doc """
  Returns the values.

      iex> HashDict.values(HashDict.new())
      []
  """
  @deprecated "Use maps and the Map module instead"
  def values(%HashDict{map: map}), do: :maps.values(map)

  @doc """
  Returns the pairs.

      iex> HashDict.to_list(HashDict.put(HashDict.new(), :a, 1))
      [a: 1]
  """
  @deprecated "Use maps and the Map module instead"
  def to_list(%HashDict{map: map}), do: :maps.to_list(map)

  @doc """
  Returns the number of keys.

      iex> HashDict.size(HashDict.new())
      0
  """
  @deprecated "Use maps and the Map module instead"
  def size(%HashDict{map: map}), do: map_size(map)

  @doc """
  Returns whether both have the same keys with the same values.

      iex> HashDict.equal?(HashDict.new(), HashDict.new())
      true
  """
  @deprecated "Use maps and the Map module instead"
  def equal?(%HashDict{map: map1}, %HashDict{map: map2}), do: map1 === map2

  @doc """
  Merges two dicts; `fun` gets each common key with both values, and returns the second by default.

      iex> HashDict.size(HashDict.merge(HashDict.new(), HashDict.new()))
      0
  """
  def merge(dict1, dict2, fun \\ fn _key, _value1, value2 -> value2 end)

  @deprecated "Use maps and the Map module instead"
  def merge(%HashDict{map: map1}, %HashDict{map: map2}, fun),
    do: %HashDict{map: Map.merge(map1, map2, fun)}

  @doc """
  Splits into a dict of the given keys and one of the others.

      iex> {left, _right} = HashDict.split(HashDict.put(HashDict.new(), :a, 1), [:a])
      iex> HashDict.keys(left)
      [:a]
  """
  @deprecated "Use maps and the Map module instead"
  def split(%HashDict{map: map}, keys) do
    keys = Enum.to_list(keys)
    {%HashDict{map: Map.take(map, keys)}, %HashDict{map: Map.drop(map, keys)}}
  end

  @doc """
  Keeps the given keys.

      iex> HashDict.keys(HashDict.take(HashDict.put(HashDict.new(), :a, 1), [:b]))
      []
  """
  @deprecated "Use maps and the Map module instead"
  def take(%HashDict{map: map}, keys), do: %HashDict{map: Map.take(map, Enum.to_list(keys))}

  @doc """
  Removes the given keys.

      iex> HashDict.keys(HashDict.drop(HashDict.put(HashDict.new(), :a, 1), [:b]))
      [:a]
  """
  @deprecated "Use maps and the Map module instead"
  def drop(%HashDict{map: map}, keys), do: %HashDict{map: Map.drop(map, Enum.to_list(keys))}

  @doc false
  @deprecated "Use maps and the Map module instead"
  def reduce(%HashDict{map: map}, acc, fun),
    do: Enumerable.List.reduce(:maps.to_list(map), acc, fun)

  @doc false
  def dict_delete(%HashDict{map: map}, key) do
    case :maps.take(key, map) do
      {value, map} -> {%HashDict{map: map}, value, -1}
      :error -> {%HashDict{map: map}, nil, 0}
    end
  end
end

defimpl Enumerable, for: HashDict do
  def count(%{map: map}), do: {:ok, map_size(map)}
  def member?(%{map: map}, {key, value}), do: {:ok, :maps.find(key, map) === {:ok, value}}
  def member?(_dict, _other), do: {:ok, false}
  def slice(%{map: map}), do: {:ok, map_size(map), fn dict -> :maps.to_list(dict.map) end}
  def reduce(%{map: map}, acc, fun), do: Enumerable.reduce(map, acc, fun)
end

defimpl Collectable, for: HashDict do
  def into(dict), do: {dict, &collect/2}

  defp collect(dict, {:cont, {key, value}}), do: %{dict | map: :maps.put(key, value, dict.map)}
  defp collect(dict, :done), do: dict
  defp collect(_dict, :halt), do: :ok
end

defimpl Inspect, for: HashDict do
  def inspect(dict, opts) do
    list = Inspect.Algebra.to_doc(:maps.to_list(dict.map), opts)
    Inspect.Algebra.concat(["#HashDict<", list, ">"])
  end
end
