defmodule :maps do
  @moduledoc """
  Erlang's functions on maps.

  Heads without clauses are native. Where a
  function takes a map to walk, it takes an iterator too.
  """

  @doc """
  `{:ok, value}`, or `:error`.

      iex> :maps.find(:a, %{a: 1})
      {:ok, 1}
  """
  def find(key, map)

  @doc """
  A map from all keys to one value.

      iex> :maps.from_keys([:a, :b], 0)
      %{a: 0, b: 0}
  """
  def from_keys(keys, value)

  @doc """
  A map of pairs; of equal keys the last one holds.

      iex> :maps.from_list(a: 1, b: 2)
      %{a: 1, b: 2}
  """
  def from_list(pairs)

  @doc """
  The value of a key; raises `KeyError` if there is none.

      iex> :maps.get(:a, %{a: 1})
      1
  """
  def get(key, map)

  @doc """
  Whether the key is there.

      iex> :maps.is_key(:a, %{a: 1})
      true
  """
  def is_key(key, map)

  @doc """
  An iterator for `next/1`.

      iex> {:a, 1, rest} = :maps.next(:maps.iterator(%{a: 1}))
      iex> :maps.next(rest)
      :none
  """
  def iterator(map)

  @doc """
  The keys.

      iex> :maps.keys(%{a: 1})
      [:a]
  """
  def keys(map)

  @doc """
  Both maps in one; of equal keys the second holds.

      iex> :maps.merge(%{a: 1, b: 1}, %{b: 2})
      %{a: 1, b: 2}
  """
  def merge(first, second)

  @doc """
  `{key, value, iterator}`, or `:none` at the end.

      iex> :maps.next(:maps.iterator(%{}))
      :none
  """
  def next(iterator)

  @doc """
  The map with the value under the key.

      iex> :maps.put(:a, 1, %{})
      %{a: 1}
  """
  def put(key, value, map)

  @doc """
  The map without the key.

      iex> :maps.remove(:a, %{a: 1, b: 2})
      %{b: 2}
  """
  def remove(key, map)

  @doc """
  `{value, map without the key}`, or `:error`.

      iex> :maps.take(:a, %{a: 1})
      {1, %{}}
  """
  def take(key, map)

  @doc """
  The pairs.

      iex> :maps.to_list(%{a: 1})
      [a: 1]
  """
  def to_list(map)

  @doc """
  The map with a new value of a key that is there; raises `KeyError` otherwise.

      iex> :maps.update(:a, 2, %{a: 1})
      %{a: 2}
  """
  def update(key, value, map)

  @doc """
  The values.

      iex> :maps.values(%{a: 1})
      [1]
  """
  def values(map)

  @doc """
  Returns an empty map.

      iex> :maps.new()
      %{}
  """
  def new, do: %{}

  @doc """
  Returns the number of keys.

      iex> :maps.size(%{a: 1})
      1
  """
  def size(map), do: map_size(map)

  @doc """
  Returns the value of the key, or `default`.

      iex> :maps.get(:a, %{}, 0)
      0
  """
  def get(key, map, default) do
    case map do
      %{^key => value} -> value
      %{} -> default
      _ -> :erlang.error({:badmap, map})
    end
  end

  @doc """
  Folds over the pairs.

      iex> :maps.fold(fn _key, value, acc -> value + acc end, 0, %{a: 1, b: 2})
      3
  """
  def fold(fun, acc, map_or_iterator) when is_function(fun, 3),
    do: do_fold(fun, acc, pairs(map_or_iterator))

  def fold(fun, acc, map), do: :erlang.error(fault(map), [fun, acc, map])

  defp do_fold(fun, acc, [{key, value} | rest]), do: do_fold(fun, fun.(key, value, acc), rest)
  defp do_fold(_fun, acc, []), do: acc

  @doc """
  Calls `fun` for each pair.

      iex> :maps.foreach(fn _key, _value -> :ignored end, %{a: 1})
      :ok
  """
  def foreach(fun, map_or_iterator) when is_function(fun, 2),
    do: do_foreach(fun, pairs(map_or_iterator))

  def foreach(fun, map), do: :erlang.error(fault(map), [fun, map])

  defp do_foreach(fun, [{key, value} | rest]) do
    fun.(key, value)
    do_foreach(fun, rest)
  end

  defp do_foreach(_fun, []), do: :ok

  @doc """
  Maps the values.

      iex> :maps.map(fn _key, value -> value + 1 end, %{a: 1})
      %{a: 2}
  """
  def map(fun, map_or_iterator) when is_function(fun, 2),
    do: :maps.from_list(do_map(fun, pairs(map_or_iterator)))

  def map(fun, map), do: :erlang.error(fault(map), [fun, map])

  defp do_map(fun, [{key, value} | rest]), do: [{key, fun.(key, value)} | do_map(fun, rest)]
  defp do_map(_fun, []), do: []

  @doc """
  Keeps the pairs for which `pred` is true.

      iex> :maps.filter(fn _key, value -> value > 1 end, %{a: 1, b: 2})
      %{b: 2}
  """
  def filter(pred, map_or_iterator) when is_function(pred, 2),
    do: :maps.from_list(do_filter(pred, pairs(map_or_iterator)))

  def filter(pred, map), do: :erlang.error(fault(map), [pred, map])

  defp do_filter(pred, [{key, value} = pair | rest]) do
    case pred.(key, value) do
      true -> [pair | do_filter(pred, rest)]
      false -> do_filter(pred, rest)
      other -> :erlang.error({:bad_filter, other})
    end
  end

  defp do_filter(_pred, []), do: []

  @doc """
  Filters and maps at once: `fun` returns `true`, `false` or `{true, value}`.

      iex> :maps.filtermap(fn _key, value -> value > 1 and {true, value * 2} end, %{a: 1, b: 2})
      %{b: 4}
  """
  def filtermap(fun, map_or_iterator) when is_function(fun, 2),
    do: :maps.from_list(do_filtermap(fun, pairs(map_or_iterator)))

  def filtermap(fun, map), do: :erlang.error(fault(map), [fun, map])

  defp do_filtermap(fun, [{key, value} = pair | rest]) do
    case fun.(key, value) do
      true -> [pair | do_filtermap(fun, rest)]
      {true, new} -> [{key, new} | do_filtermap(fun, rest)]
      false -> do_filtermap(fun, rest)
      other -> :erlang.error({:bad_filtermap, other})
    end
  end

  defp do_filtermap(_fun, []), do: []

  @doc """
  Merges two maps; `combiner` gets each common key with both values.

      iex> :maps.merge_with(fn _key, v1, v2 -> v1 + v2 end, %{a: 1}, %{a: 2, b: 3})
      %{a: 3, b: 3}
  """
  def merge_with(combiner, map1, map2)
      when is_function(combiner, 3) and is_map(map1) and is_map(map2),
      do: do_merge_with(combiner, :maps.to_list(map2), map1)

  def merge_with(combiner, map1, map2), do: :erlang.error(fault(map1, map2), [combiner, map1, map2])

  defp do_merge_with(combiner, [{key, value2} | rest], map1) do
    case map1 do
      %{^key => value1} ->
        do_merge_with(combiner, rest, %{map1 | key => combiner.(key, value1, value2)})

      _ ->
        do_merge_with(combiner, rest, :maps.put(key, value2, map1))
    end
  end

  defp do_merge_with(_combiner, [], map), do: map

  @doc """
  Keeps the keys of both maps, with the values of the second.

      iex> :maps.intersect(%{a: 1, b: 2}, %{b: 3})
      %{b: 3}
  """
  def intersect(map1, map2) when is_map(map1) and is_map(map2),
    do: intersect_with(fn _key, _value1, value2 -> value2 end, map1, map2)

  def intersect(map1, map2), do: :erlang.error(fault(map1, map2), [map1, map2])

  @doc """
  Keeps the keys of both maps; `combiner` gets each with both values.

      iex> :maps.intersect_with(fn _key, v1, v2 -> v1 + v2 end, %{a: 1, b: 2}, %{b: 3})
      %{b: 5}
  """
  def intersect_with(combiner, map1, map2)
      when is_function(combiner, 3) and is_map(map1) and is_map(map2) do
    if map_size(map1) <= map_size(map2),
      do: :maps.from_list(common(combiner, :maps.to_list(map1), map2)),
      else: :maps.from_list(common(&combiner.(&1, &3, &2), :maps.to_list(map2), map1))
  end

  def intersect_with(combiner, map1, map2), do: :erlang.error(fault(map1, map2), [combiner, map1, map2])

  defp common(combiner, [{key, value1} | rest], map2) do
    case map2 do
      %{^key => value2} -> [{key, combiner.(key, value1, value2)} | common(combiner, rest, map2)]
      _ -> common(combiner, rest, map2)
    end
  end

  defp common(_combiner, [], _map2), do: []

  @doc """
  Maps the value of an existing key; else raises a `{:badkey, key}` error.

      iex> :maps.update_with(:a, fn v -> v + 1 end, %{a: 1})
      %{a: 2}
  """
  def update_with(key, fun, map) when is_function(fun, 1) do
    case map do
      %{^key => value} -> %{map | key => fun.(value)}
      %{} -> :erlang.error({:badkey, key})
      _ -> :erlang.error({:badmap, map})
    end
  end

  def update_with(key, fun, map), do: :erlang.error(fault(map), [key, fun, map])

  @doc """
  Maps the value of the key, or puts `init` there.

      iex> :maps.update_with(:a, fn v -> v + 1 end, 0, %{})
      %{a: 0}
  """
  def update_with(key, fun, init, map) when is_function(fun, 1) do
    case map do
      %{^key => value} -> %{map | key => fun.(value)}
      %{} -> :maps.put(key, init, map)
      _ -> :erlang.error({:badmap, map})
    end
  end

  def update_with(key, fun, init, map), do: :erlang.error(fault(map), [key, fun, init, map])

  @doc """
  Keeps the given keys.

      iex> :maps.with([:a, :c], %{a: 1, b: 2})
      %{a: 1}
  """
  def with(keys, map) when is_list(keys) and is_map(map), do: :maps.from_list(present(keys, map))
  def with(keys, map), do: :erlang.error(key_fault(map), [keys, map])

  defp present([key | keys], map) do
    case map do
      %{^key => value} -> [{key, value} | present(keys, map)]
      _ -> present(keys, map)
    end
  end

  defp present([], _map), do: []

  @doc """
  Removes the given keys.

      iex> :maps.without([:a, :c], %{a: 1, b: 2})
      %{b: 2}
  """
  def without(keys, map) when is_list(keys) and is_map(map), do: do_without(keys, map)
  def without(keys, map), do: :erlang.error(key_fault(map), [keys, map])

  defp do_without([key | keys], map), do: do_without(keys, :maps.remove(key, map))
  defp do_without([], map), do: map

  @doc """
  Groups the elements of a list by the results of `key_fun`.

      iex> :maps.groups_from_list(fn x -> rem(x, 2) end, [1, 2, 3])
      %{0 => [2], 1 => [1, 3]}
  """
  def groups_from_list(key_fun, list) when is_function(key_fun, 1) and is_list(list),
    do: do_groups(key_fun, & &1, :lists.reverse(list), %{})

  def groups_from_list(key_fun, list), do: :erlang.error(:badarg, [key_fun, list])

  @doc """
  Groups what `value_fun` makes of the elements of a list by the results of `key_fun`.

      iex> :maps.groups_from_list(fn x -> rem(x, 2) end, fn x -> x * 10 end, [1, 2, 3])
      %{0 => [20], 1 => [10, 30]}
  """
  def groups_from_list(key_fun, value_fun, list)
      when is_function(key_fun, 1) and is_function(value_fun, 1) and is_list(list),
      do: do_groups(key_fun, value_fun, :lists.reverse(list), %{})

  def groups_from_list(key_fun, value_fun, list), do: :erlang.error(:badarg, [key_fun, value_fun, list])

  defp do_groups(key_fun, value_fun, [element | rest], groups) do
    key = key_fun.(element)
    value = value_fun.(element)

    groups =
      case groups do
        %{^key => group} -> %{groups | key => [value | group]}
        _ -> :maps.put(key, [value], groups)
      end

    do_groups(key_fun, value_fun, rest, groups)
  end

  defp do_groups(_key_fun, _value_fun, [], groups), do: groups

  @doc """
  Returns an iterator that walks in the given order: `:undefined`, `:ordered`, `:reversed` or a
  function that compares two keys.

      iex> :maps.to_list(:maps.iterator(%{a: 1, b: 2}, :reversed))
      [b: 2, a: 1]
  """
  def iterator(map, :undefined), do: :maps.iterator(map)
  def iterator(map, :ordered) when is_map(map), do: linked(:lists.sort(:maps.to_list(map)))

  def iterator(map, :reversed) when is_map(map),
    do: linked(:lists.reverse(:lists.sort(:maps.to_list(map))))

  def iterator(map, order) when is_map(map) and is_function(order, 2),
    do: linked(:lists.sort(fn {key1, _}, {key2, _} -> order.(key1, key2) end, :maps.to_list(map)))

  def iterator(map, _order) when is_map(map), do: :erlang.error(:badarg)
  def iterator(map, _order), do: :erlang.error({:badmap, map})

  # An iterator may be a chain of {key, value, iterator} that ends in :none.
  defp linked([]), do: :maps.iterator(%{})
  defp linked(pairs), do: :lists.foldr(fn {key, value}, next -> {key, value, next} end, :none, pairs)

  defp pairs(map) when is_map(map), do: :maps.to_list(map)
  defp pairs(:none), do: []
  defp pairs({key, value, next}), do: [{key, value} | pairs(next)]

  defp pairs([_ | _] = iterator) do
    case :maps.next(iterator) do
      {key, value, iterator} -> [{key, value} | pairs(iterator)]
      :none -> []
    end
  end

  defp pairs(other), do: :erlang.error({:badmap, other})

  # Something else than a map (or an iterator) is a bad map, all else a bad argument.
  defp fault(map) when is_map(map) or is_list(map) or map == :none, do: :badarg
  defp fault({_, _, _}), do: :badarg
  defp fault(map), do: {:badmap, map}

  defp fault(map1, map2) when is_map(map1) and is_map(map2), do: :badarg
  defp fault(map1, map2), do: {:badmap, if(is_map(map1), do: map2, else: map1)}

  defp key_fault(map) when is_map(map), do: :badarg
  defp key_fault(map), do: {:badmap, map}
end
