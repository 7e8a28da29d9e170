defmodule Map do
  @moduledoc """
  Functions on maps, the key-value data of the language.

  Keys and values are any terms; keys are compared with `===`, so `1` and `1.0` are two keys. Maps are
  written `%{key => value}`, or `%{name: value}` for atom keys, which also allow `map.name`. A map is
  updated by `%{map | key => value}` where the key exists, else by `put/3`. What is common to all
  enumerables is in `Enum`.

      iex> map = %{"b" => 2, a: 1}
      iex> map["b"]
      2
      iex> %{map | a: 3}.a
      3
  """

  @type key :: any
  @type value :: any

  @doc """
  Returns an empty map.

      iex> Map.new()
      %{}
  """
  @spec new :: map
  def new, do: %{}

  @doc """
  Makes a map of an enumerable of pairs; later pairs win.

      iex> Map.new([a: 1, a: 2])
      %{a: 2}
  """
  @spec new(Enumerable.t()) :: map
  def new(enumerable)
  def new(list) when is_list(list), do: :maps.from_list(list)
  def new(%_{} = struct), do: :maps.from_list(Enum.to_list(struct))
  def new(%{} = map), do: map
  def new(enumerable), do: :maps.from_list(Enum.to_list(enumerable))

  @doc """
  Makes a map of the pairs that `transform` returns for each element.

      iex> Map.new([1, 2], fn x -> {x, x * x} end)
      %{1 => 1, 2 => 4}
  """
  @spec new(Enumerable.t(), (term -> {key, value})) :: map
  def new(enumerable, transform) when is_function(transform, 1),
    do: :maps.from_list(Enum.map(enumerable, transform))

  @doc """
  Makes a map that gives all `keys` the same value.

      iex> Map.from_keys([:a, :b], 0)
      %{a: 0, b: 0}
  """
  @spec from_keys([key], value) :: map
  def from_keys(keys, value), do: :maps.from_keys(keys, value)

  @doc """
  Turns a struct, or a struct's module, into a plain map.

      iex> Map.from_struct(1..2)
      %{first: 1, last: 2, step: 1}
  """
  @spec from_struct(atom | struct) :: map
  def from_struct(struct)
  def from_struct(module) when is_atom(module), do: :maps.remove(:__struct__, module.__struct__())
  def from_struct(%_{} = struct), do: :maps.remove(:__struct__, struct)

  @doc """
  Returns the list of pairs.

      iex> Map.to_list(%{a: 1})
      [a: 1]
  """
  @spec to_list(map) :: [{term, term}]
  def to_list(map), do: :maps.to_list(map)

  @doc """
  Returns the keys.

      iex> Map.keys(%{a: 1})
      [:a]
  """
  @spec keys(map) :: [key]
  def keys(map), do: :maps.keys(map)

  @doc """
  Returns the values.

      iex> Map.values(%{a: 1})
      [1]
  """
  @spec values(map) :: [value]
  def values(map), do: :maps.values(map)

  @doc """
  Returns whether the map has the key.

      iex> Map.has_key?(%{a: nil}, :a)
      true
  """
  @spec has_key?(map, key) :: boolean
  def has_key?(map, key), do: :erlang.is_map_key(key, map)

  @doc """
  Returns whether two maps have the same keys with the same values, compared with `===`.

      iex> Map.equal?(%{a: 1}, %{a: 1.0})
      false
  """
  @spec equal?(map, map) :: boolean
  def equal?(map1, map2)
  def equal?(%{} = map1, %{} = map2), do: map1 === map2
  def equal?(%{} = _map1, other), do: :erlang.error({:badmap, other})
  def equal?(other, _map2), do: :erlang.error({:badmap, other})

  ## Reading

  @doc """
  Returns `{:ok, value}` for the key, else `:error`.

      iex> Map.fetch(%{a: 1}, :a)
      {:ok, 1}
      iex> Map.fetch(%{}, :a)
      :error
  """
  @spec fetch(map, key) :: {:ok, value} | :error
  def fetch(map, key), do: :maps.find(key, map)

  @doc """
  Returns the value of the key, else raises `KeyError`.

      iex> Map.fetch!(%{a: 1}, :a)
      1
  """
  @spec fetch!(map, key) :: value
  def fetch!(map, key), do: :maps.get(key, map)

  @doc """
  Returns the value of the key, else `default`.

      iex> Map.get(%{a: 1}, :a)
      1
      iex> Map.get(%{}, :a, 0)
      0
  """
  @spec get(map, key, value) :: value
  def get(map, key, default \\ nil) do
    case map do
      %{^key => value} -> value
      %{} -> default
      other -> :erlang.error({:badmap, other}, [map, key, default])
    end
  end

  @doc """
  Returns the value of the key, else what `fun` returns.

      iex> Map.get_lazy(%{}, :a, fn -> 0 end)
      0
  """
  @spec get_lazy(map, key, (-> value)) :: value
  def get_lazy(map, key, fun) when is_function(fun, 0) do
    case map do
      %{^key => value} -> value
      %{} -> fun.()
      other -> :erlang.error({:badmap, other}, [map, key, fun])
    end
  end

  ## Writing

  @doc """
  Puts the value under the key.

      iex> Map.put(%{a: 1}, :a, 2)
      %{a: 2}
  """
  @spec put(map, key, value) :: map
  def put(map, key, value), do: :maps.put(key, value, map)

  @doc """
  Puts the value under the key unless the key exists.

      iex> Map.put_new(%{a: 1}, :a, 2)
      %{a: 1}
  """
  @spec put_new(map, key, value) :: map
  def put_new(map, key, value) do
    case map do
      %{^key => _} -> map
      %{} -> :maps.put(key, value, map)
      other -> :erlang.error({:badmap, other})
    end
  end

  @doc """
  Puts the result of `fun` under the key unless the key exists.

      iex> Map.put_new_lazy(%{}, :a, fn -> 1 end)
      %{a: 1}
  """
  @spec put_new_lazy(map, key, (-> value)) :: map
  def put_new_lazy(map, key, fun) when is_function(fun, 0) do
    case map do
      %{^key => _} -> map
      %{} -> :maps.put(key, fun.(), map)
      other -> :erlang.error({:badmap, other})
    end
  end

  @doc """
  Replaces the value if the key exists.

      iex> Map.replace(%{a: 1}, :b, 2)
      %{a: 1}
  """
  @spec replace(map, key, value) :: map
  def replace(map, key, value) do
    case map do
      %{^key => _} -> %{map | key => value}
      %{} -> map
      other -> :erlang.error({:badmap, other})
    end
  end

  @doc """
  Replaces the value of an existing key, else raises `KeyError`.

      iex> Map.replace!(%{a: 1}, :a, 2)
      %{a: 2}
  """
  @spec replace!(map, key, value) :: map
  def replace!(map, key, value), do: :maps.update(key, value, map)

  @doc """
  Replaces the value by the result of `fun` if the key exists.

      iex> Map.replace_lazy(%{a: 1}, :a, fn v -> v * 4 end)
      %{a: 4}
  """
  @spec replace_lazy(map, key, (existing_value :: value -> new_value :: value)) :: map
  def replace_lazy(map, key, fun) when is_map(map) and is_function(fun, 1) do
    case map do
      %{^key => value} -> %{map | key => fun.(value)}
      %{} -> map
    end
  end

  @doc """
  Maps the value of the key, or puts `default` there.

      iex> Map.update(%{a: 1}, :a, 0, fn v -> v + 1 end)
      %{a: 2}
      iex> Map.update(%{}, :a, 0, fn v -> v + 1 end)
      %{a: 0}
  """
  @spec update(map, key, default :: value, (existing_value :: value -> new_value :: value)) :: map
  def update(map, key, default, fun) when is_function(fun, 1) do
    case map do
      %{^key => value} -> %{map | key => fun.(value)}
      %{} -> :maps.put(key, default, map)
      other -> :erlang.error({:badmap, other}, [map, key, default, fun])
    end
  end

  @doc """
  Maps the value of an existing key, else raises `KeyError`.

      iex> Map.update!(%{a: 1}, :a, fn v -> v + 1 end)
      %{a: 2}
  """
  @spec update!(map, key, (existing_value :: value -> new_value :: value)) :: map
  def update!(map, key, fun) when is_function(fun, 1) do
    case map do
      %{^key => value} -> %{map | key => fun.(value)}
      %{} -> :erlang.error({:badkey, key, map})
      other -> :erlang.error({:badmap, other})
    end
  end

  @doc """
  Reads and updates a key at once.

  `fun` gets the value (or `nil`) and returns `{to_return, new_value}`, or `:pop` to remove the key.

      iex> Map.get_and_update(%{a: 1}, :a, fn v -> {v, v + 1} end)
      {1, %{a: 2}}
      iex> Map.get_and_update(%{a: 1}, :a, fn _ -> :pop end)
      {1, %{}}
  """
  @spec get_and_update(map, key, (value | nil -> {current, new_value :: value} | :pop)) ::
          {current, map}
        when current: value
  def get_and_update(map, key, fun) when is_function(fun, 1), do: apply_update(map, key, get(map, key), fun)

  @doc """
  Like `get_and_update/3`, but raises `KeyError` if the key does not exist.

      iex> Map.get_and_update!(%{a: 1}, :a, fn v -> {v, v + 1} end)
      {1, %{a: 2}}
  """
  @spec get_and_update!(map, key, (value -> {current, new_value :: value} | :pop)) ::
          {current, map}
        when current: value
  def get_and_update!(map, key, fun) when is_function(fun, 1),
    do: apply_update(map, key, fetch!(map, key), fun)

  defp apply_update(map, key, current, fun) do
    case fun.(current) do
      {get, update} ->
        {get, :maps.put(key, update, map)}

      :pop ->
        {current, :maps.remove(key, map)}

      other ->
        raise "the given function must return a two-element tuple or :pop, got: #{inspect(other)}"
    end
  end

  @doc """
  Removes the key.

      iex> Map.delete(%{a: 1, b: 2}, :a)
      %{b: 2}
  """
  @spec delete(map, key) :: map
  def delete(map, key), do: :maps.remove(key, map)

  @doc """
  Removes the key and returns its value, or `default`, with the new map.

      iex> Map.pop(%{a: 1}, :a)
      {1, %{}}
      iex> Map.pop(%{}, :a, 0)
      {0, %{}}
  """
  @spec pop(map, key, default) :: {value, updated_map :: map} | {default, map} when default: value
  def pop(map, key, default \\ nil) do
    case :maps.take(key, map) do
      {_, _} = taken -> taken
      :error -> {default, map}
    end
  end

  @doc """
  Removes an existing key and returns its value with the new map, else raises `KeyError`.

      iex> Map.pop!(%{a: 1}, :a)
      {1, %{}}
  """
  @spec pop!(map, key) :: {value, updated_map :: map}
  def pop!(map, key) do
    case :maps.take(key, map) do
      {_, _} = taken -> taken
      :error -> raise KeyError, key: key, term: map
    end
  end

  @doc """
  Removes the key and returns its value, or the result of `fun`, with the new map.

      iex> Map.pop_lazy(%{}, :a, fn -> 0 end)
      {0, %{}}
  """
  @spec pop_lazy(map, key, (-> value)) :: {value, map}
  def pop_lazy(map, key, fun) when is_function(fun, 0) do
    case :maps.take(key, map) do
      {_, _} = taken -> taken
      :error -> {fun.(), map}
    end
  end

  ## Many keys at once

  @doc """
  Keeps the given keys.

      iex> Map.take(%{a: 1, b: 2}, [:a, :c])
      %{a: 1}
  """
  @spec take(map, [key]) :: map
  def take(map, keys)
  def take(map, keys) when is_map(map), do: take_keys(Enum.to_list(keys), map, [])
  def take(other, _keys), do: :erlang.error({:badmap, other})

  defp take_keys([key | keys], map, acc) do
    case map do
      %{^key => value} -> take_keys(keys, map, [{key, value} | acc])
      _ -> take_keys(keys, map, acc)
    end
  end

  defp take_keys([], _map, acc), do: :maps.from_list(acc)

  @doc """
  Removes the given keys.

      iex> Map.drop(%{a: 1, b: 2}, [:a, :c])
      %{b: 2}
  """
  @spec drop(map, [key]) :: map
  def drop(map, keys)
  def drop(map, keys) when is_map(map), do: drop_keys(Enum.to_list(keys), map)
  def drop(other, _keys), do: :erlang.error({:badmap, other})

  defp drop_keys([key | keys], map), do: drop_keys(keys, :maps.remove(key, map))
  defp drop_keys([], map), do: map

  @doc """
  Splits into a map of the given keys and one of the others.

      iex> Map.split(%{a: 1, b: 2}, [:a])
      {%{a: 1}, %{b: 2}}
  """
  @spec split(map, [key]) :: {map, map}
  def split(map, keys) when is_map(map), do: {take(map, keys), drop(map, keys)}
  def split(other, _keys), do: :erlang.error({:badmap, other})

  @doc """
  Splits into a map of the pairs for which `fun` is truthy and one of the others.

      iex> Map.split_with(%{a: 1, b: 2}, fn {_, v} -> v > 1 end)
      {%{b: 2}, %{a: 1}}
  """
  @spec split_with(map, ({key, value} -> as_boolean(term))) :: {map, map}
  def split_with(map, fun) when is_map(map) and is_function(fun, 1) do
    {yes, no} = Enum.split_with(:maps.to_list(map), fun)
    {:maps.from_list(yes), :maps.from_list(no)}
  end

  @doc """
  Keeps the pairs for which `fun` is truthy.

      iex> Map.filter(%{a: 1, b: 2}, fn {_, v} -> v > 1 end)
      %{b: 2}
  """
  @spec filter(map, ({key, value} -> as_boolean(term))) :: map
  def filter(map, fun) when is_map(map) and is_function(fun, 1),
    do: :maps.from_list(Enum.filter(:maps.to_list(map), fun))

  @doc """
  Drops the pairs for which `fun` is truthy.

      iex> Map.reject(%{a: 1, b: 2}, fn {_, v} -> v > 1 end)
      %{a: 1}
  """
  @spec reject(map, ({key, value} -> as_boolean(term))) :: map
  def reject(map, fun) when is_map(map) and is_function(fun, 1),
    do: :maps.from_list(Enum.reject(:maps.to_list(map), fun))

  @doc """
  Merges two maps; the second one wins.

      iex> Map.merge(%{a: 1, b: 2}, %{a: 3})
      %{a: 3, b: 2}
  """
  @spec merge(map, map) :: map
  def merge(map1, map2), do: :maps.merge(map1, map2)

  @doc """
  Merges two maps; `fun` gets each common key with both values and returns the merged one.

      iex> Map.merge(%{a: 1}, %{a: 2}, fn _key, v1, v2 -> v1 + v2 end)
      %{a: 3}
  """
  @spec merge(map, map, (key, value, value -> value)) :: map
  def merge(map1, map2, fun)

  def merge(map1, map2, fun) when is_map(map1) and is_map(map2) and is_function(fun, 3) do
    # Walks the smaller map.
    if map_size(map1) >= map_size(map2),
      do: merge_into(:maps.to_list(map2), map1, fun),
      else: merge_under(:maps.to_list(map1), map2, fun)
  end

  def merge(map1, map2, fun) when is_function(fun, 3),
    do: :erlang.error({:badmap, if(is_map(map1), do: map2, else: map1)})

  defp merge_into([{key, value2} | rest], map1, fun) do
    case map1 do
      %{^key => value1} -> merge_into(rest, %{map1 | key => fun.(key, value1, value2)}, fun)
      _ -> merge_into(rest, :maps.put(key, value2, map1), fun)
    end
  end

  defp merge_into([], map, _fun), do: map

  defp merge_under([{key, value1} | rest], map2, fun) do
    case map2 do
      %{^key => value2} -> merge_under(rest, %{map2 | key => fun.(key, value1, value2)}, fun)
      _ -> merge_under(rest, :maps.put(key, value1, map2), fun)
    end
  end

  defp merge_under([], map, _fun), do: map

  @doc """
  Keeps the keys of both maps, with the values of the second.

      iex> Map.intersect(%{a: 1, b: 2}, %{b: 3, c: 4})
      %{b: 3}
  """
  @spec intersect(map, map) :: map
  def intersect(map1, map2)

  def intersect(map1, map2) when is_map(map1) and is_map(map2) do
    if map_size(map1) <= map_size(map2) do
      take(map2, :maps.keys(map1))
    else
      :maps.from_list(for {key, _} = pair <- :maps.to_list(map2), is_map_key(map1, key), do: pair)
    end
  end

  def intersect(map1, map2), do: :erlang.error({:badmap, if(is_map(map1), do: map2, else: map1)})

  @doc """
  Keeps the keys of both maps; `fun` gets each with both values and returns the value.

      iex> Map.intersect(%{a: 1, b: 2}, %{b: 3}, fn _key, v1, v2 -> v1 + v2 end)
      %{b: 5}
  """
  @spec intersect(map, map, (key, value, value -> value)) :: map
  def intersect(map1, map2, fun) when is_map(map1) and is_map(map2) and is_function(fun, 3) do
    if map_size(map1) <= map_size(map2) do
      :maps.from_list(
        for {key, value1} <- :maps.to_list(map1), is_map_key(map2, key) do
          {key, fun.(key, value1, :maps.get(key, map2))}
        end
      )
    else
      intersect(map2, map1, fn key, value2, value1 -> fun.(key, value1, value2) end)
    end
  end

  @doc false
  @deprecated "Use Kernel.map_size/1 instead"
  def size(map), do: map_size(map)

  @doc false
  @deprecated "Use Map.new/2 instead (invoke Map.from_struct/1 before if you have a struct)"
  def map(map, fun) when is_map(map),
    do: :maps.from_list(for({key, value} <- :maps.to_list(map), do: {key, fun.({key, value})}))
end
