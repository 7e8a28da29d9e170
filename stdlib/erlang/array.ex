defmodule :array do
  @moduledoc """
  Functional arrays with indexes from zero; unset entries have a default value.

  An array grows when an entry beyond its size is set, unless its size is fixed. It is kept as a tree
  whose nodes have ten entries; parts that were never set take no space.
  """

  # {:array, size, fixed?, default, span, tree}: each of the ten entries of a tree stands for `span`
  # indexes. With a span of 1 it is a value, else a tree with a tenth of the span, or `nil` for a tree
  # without entries. Unset entries hold @unset.
  @width 10
  @unset :"$unset"
  @empty_leaf :erlang.make_tuple(@width, @unset)
  @empty_node :erlang.make_tuple(@width, nil)

  ## Making

  @doc """
  Returns an empty array that grows.

      iex> :array.size(:array.new())
      0
  """
  def new, do: {:array, 0, false, :undefined, 1, nil}

  @doc """
  Returns an array. Options: a size or `{:size, n}` (fixed unless `{:fixed, false}`), `:fixed`,
  `{:default, value}`.

      iex> :array.to_list(:array.new(2))
      [:undefined, :undefined]
      iex> :array.to_list(:array.new(size: 1, default: 0))
      [0]
  """
  def new(options), do: configure(listed(options), 0, false, :undefined)

  @doc """
  Returns an array of a size, with other options as in `new/1`.

      iex> :array.to_list(:array.new(2, default: 0))
      [0, 0]
  """
  def new(size, options) when is_integer(size) and size >= 0,
    do: configure(listed(options), size, true, :undefined)

  def new(_size, _options), do: :erlang.error(:badarg)

  defp listed(options) when is_list(options), do: options
  defp listed(option), do: [option]

  defp configure([option | rest], size, fixed, default) do
    case option do
      :fixed -> configure(rest, size, true, default)
      {:fixed, fixed} when is_boolean(fixed) -> configure(rest, size, fixed, default)
      {:default, default} -> configure(rest, size, fixed, default)
      {:size, size} when is_integer(size) and size >= 0 -> configure(rest, size, true, default)
      size when is_integer(size) and size >= 0 -> configure(rest, size, true, default)
      _ -> :erlang.error(:badarg)
    end
  end

  defp configure([], size, fixed, default), do: {:array, size, fixed, default, span_for(size - 1), nil}

  # The span at the root of a tree that has an index.
  defp span_for(index), do: span_for(index, 1)
  defp span_for(index, span) when index < @width * span, do: span
  defp span_for(index, span), do: span_for(index, span * @width)

  @doc """
  Makes an array of a list.

      iex> :array.get(1, :array.from_list([:a, :b]))
      :b
  """
  def from_list(list), do: from_list(list, :undefined)

  @doc """
  Makes an array of a list, with a default value.

      iex> :array.get(5, :array.from_list([:a], 0))
      0
  """
  def from_list([], default), do: {:array, 0, false, default, 1, nil}

  def from_list(list, default) when is_list(list) do
    {span, tree} = grown(leaves(list), 1)
    {:array, length(list), false, default, span, tree}
  end

  def from_list(_list, _default), do: :erlang.error(:badarg)

  defp leaves([a, b, c, d, e, f, g, h, i, j | rest]), do: [{a, b, c, d, e, f, g, h, i, j} | leaves(rest)]
  defp leaves([]), do: []
  defp leaves(rest), do: [filled(rest, @unset)]

  # The tree above nodes of a span.
  defp grown([tree], span), do: {span, tree}
  defp grown(nodes, span), do: grown(parents(nodes), span * @width)

  defp parents([a, b, c, d, e, f, g, h, i, j | rest]), do: [{a, b, c, d, e, f, g, h, i, j} | parents(rest)]
  defp parents([]), do: []
  defp parents(rest), do: [filled(rest, nil)]

  defp filled(entries, filler),
    do: :erlang.list_to_tuple(entries ++ :lists.duplicate(@width - length(entries), filler))

  @doc """
  Makes an array of pairs of index and value, in the order of their indexes.

      iex> :array.to_list(:array.from_orddict([{1, :b}]))
      [:undefined, :b]
  """
  def from_orddict(pairs), do: from_orddict(pairs, :undefined)

  @doc """
  Makes an array of pairs of index and value, with a default value.

      iex> :array.to_list(:array.from_orddict([{1, :b}], 0))
      [0, :b]
  """
  def from_orddict(pairs, default) when is_list(pairs) do
    :lists.foldl(
      fn
        {index, value}, {:array, size, _, _, _, _} = array when index >= size ->
          set(index, value, array)

        _pair, _array ->
          :erlang.error(:badarg)
      end,
      {:array, 0, false, default, 1, nil},
      pairs
    )
  end

  def from_orddict(_pairs, _default), do: :erlang.error(:badarg)

  ## Properties

  @doc """
  Returns whether the term is an array.

      iex> :array.is_array(:array.new())
      true
  """
  def is_array({:array, size, fixed, _, _, _}) when is_integer(size) and is_boolean(fixed), do: true
  def is_array(_), do: false

  @doc """
  Returns the number of entries, unset ones included.

      iex> :array.size(:array.from_list([1, 2]))
      2
  """
  def size({:array, size, _, _, _, _}), do: size
  def size(_), do: :erlang.error(:badarg)

  @doc """
  Returns the default value.

      iex> :array.default(:array.new(default: 0))
      0
  """
  def default({:array, _, _, default, _, _}), do: default
  def default(_), do: :erlang.error(:badarg)

  @doc """
  Fixes the size.

      iex> :array.is_fix(:array.fix(:array.new()))
      true
  """
  def fix({:array, size, _, default, span, tree}), do: {:array, size, true, default, span, tree}
  def fix(_), do: :erlang.error(:badarg)

  @doc """
  Returns whether the size is fixed.

      iex> :array.is_fix(:array.new(10))
      true
  """
  def is_fix({:array, _, fixed, _, _, _}), do: fixed
  def is_fix(_), do: :erlang.error(:badarg)

  @doc """
  Lets the array grow.

      iex> :array.is_fix(:array.relax(:array.new(10)))
      false
  """
  def relax({:array, size, _, default, span, tree}), do: {:array, size, false, default, span, tree}
  def relax(_), do: :erlang.error(:badarg)

  @doc """
  Cuts unset entries off the end.

      iex> :array.size(:array.resize(:array.set(1, :a, :array.new(10))))
      2
  """
  def resize(array), do: resize(sparse_size(array), array)

  @doc """
  Changes the size; entries beyond it are lost.

      iex> :array.to_list(:array.resize(1, :array.from_list([:a, :b])))
      [:a]
  """
  def resize(new, {:array, size, fixed, default, span, tree}) when is_integer(new) and new >= 0 do
    {span, tree} = deepen(span, tree, new - 1)
    tree = if new < size, do: cut(tree, span, new), else: tree
    {:array, new, fixed, default, span, tree}
  end

  def resize(_new, _array), do: :erlang.error(:badarg)

  # Unsets all entries from an index on.
  defp cut(nil, _span, _from), do: nil
  defp cut(_tree, _span, 0), do: nil

  defp cut(tree, span, from) do
    :erlang.list_to_tuple(
      :lists.map(
        fn place ->
          entry = elem(tree, place)
          first = place * span

          cond do
            first + span <= from -> entry
            span == 1 -> @unset
            first >= from -> nil
            true -> cut(entry, div(span, @width), from - first)
          end
        end,
        :lists.seq(0, @width - 1)
      )
    )
  end

  ## Entries

  @doc """
  Sets an entry.

      iex> :array.to_list(:array.set(1, :b, :array.new()))
      [:undefined, :b]
  """
  def set(index, value, {:array, size, fixed, default, span, tree})
      when is_integer(index) and index >= 0 do
    cond do
      index < size ->
        {:array, size, fixed, default, span, put(tree, span, index, value)}

      fixed ->
        :erlang.error(:badarg)

      true ->
        {span, tree} = deepen(span, tree, index)
        {:array, index + 1, fixed, default, span, put(tree, span, index, value)}
    end
  end

  def set(_index, _value, _array), do: :erlang.error(:badarg)

  defp deepen(span, tree, index) do
    cond do
      span_for(index) <= span -> {span, tree}
      tree == nil -> {span_for(index), nil}
      true -> deepen(span * @width, put_elem(@empty_node, 0, tree), index)
    end
  end

  defp put(nil, 1, index, value), do: put_elem(@empty_leaf, index, value)
  defp put(leaf, 1, index, value), do: put_elem(leaf, index, value)
  defp put(nil, span, index, value), do: put(@empty_node, span, index, value)

  defp put(node, span, index, value) do
    place = div(index, span)
    entry = put(elem(node, place), div(span, @width), rem(index, span), value)
    put_elem(node, place, entry)
  end

  @doc """
  Returns an entry; beyond the end of an array that grows, the default value.

      iex> :array.get(0, :array.from_list([:a]))
      :a
  """
  def get(index, {:array, size, fixed, default, span, tree}) when is_integer(index) and index >= 0 do
    cond do
      index < size ->
        case fetch(tree, span, index) do
          @unset -> default
          value -> value
        end

      fixed ->
        :erlang.error(:badarg)

      true ->
        default
    end
  end

  def get(_index, _array), do: :erlang.error(:badarg)

  defp fetch(nil, _span, _index), do: @unset
  defp fetch(leaf, 1, index), do: elem(leaf, index)

  defp fetch(node, span, index),
    do: fetch(elem(node, div(index, span)), div(span, @width), rem(index, span))

  @doc """
  Unsets an entry.

      iex> :array.to_list(:array.reset(0, :array.from_list([:a, :b])))
      [:undefined, :b]
  """
  def reset(index, {:array, size, fixed, default, span, tree} = array)
      when is_integer(index) and index >= 0 do
    cond do
      index < size and fetch(tree, span, index) == @unset -> array
      index < size -> {:array, size, fixed, default, span, put(tree, span, index, @unset)}
      fixed -> :erlang.error(:badarg)
      true -> array
    end
  end

  def reset(_index, _array), do: :erlang.error(:badarg)

  ## Walks

  @doc """
  Returns the values.

      iex> :array.to_list(:array.from_list([1, 2]))
      [1, 2]
  """
  def to_list({:array, 0, _, _, _, _}), do: []
  def to_list({:array, size, _, default, span, tree}), do: values(tree, span, size, default, [])
  def to_list(_), do: :erlang.error(:badarg)

  # The values of the first `count` entries of a tree, before others.
  defp values(nil, _span, count, default, acc), do: :lists.duplicate(count, default) ++ acc
  defp values(leaf, 1, count, default, acc), do: leaf_values(leaf, count, default, acc)

  defp values(node, span, count, default, acc) do
    last = div(count - 1, span)
    below = div(span, @width)
    acc = values(elem(node, last), below, count - last * span, default, acc)
    values_before(node, last, span, below, default, acc)
  end

  defp values_before(_node, 0, _span, _below, _default, acc), do: acc

  defp values_before(node, place, span, below, default, acc) do
    acc = values(elem(node, place - 1), below, span, default, acc)
    values_before(node, place - 1, span, below, default, acc)
  end

  defp leaf_values(_leaf, 0, _default, acc), do: acc

  defp leaf_values(leaf, place, default, acc) do
    case elem(leaf, place - 1) do
      @unset -> leaf_values(leaf, place - 1, default, [default | acc])
      value -> leaf_values(leaf, place - 1, default, [value | acc])
    end
  end

  @doc """
  Returns pairs of index and value.

      iex> :array.to_orddict(:array.from_list([:a]))
      [{0, :a}]
  """
  def to_orddict(array), do: foldr(fn index, value, acc -> [{index, value} | acc] end, [], array)

  @doc """
  Returns the values that are not the default.

      iex> :array.sparse_to_list(:array.set(3, :a, :array.new()))
      [:a]
  """
  def sparse_to_list(array), do: sparse_foldr(fn _index, value, acc -> [value | acc] end, [], array)

  @doc """
  Returns pairs of index and value for the values that are not the default.

      iex> :array.sparse_to_orddict(:array.set(3, :a, :array.new()))
      [{3, :a}]
  """
  def sparse_to_orddict(array),
    do: sparse_foldr(fn index, value, acc -> [{index, value} | acc] end, [], array)

  @doc """
  Returns the number of entries up to the last one that is not the default.

      iex> :array.sparse_size(:array.set(3, :a, :array.new(10)))
      4
  """
  def sparse_size(array) do
    sparse_foldl(fn index, _value, _size -> index + 1 end, 0, array)
  end

  @doc """
  Maps the entries.

      iex> :array.to_list(:array.map(fn index, value -> {index, value} end, :array.from_list([:a])))
      [{0, :a}]
  """
  def map(_fun, {:array, 0, _, _, _, _} = array), do: array

  def map(fun, {:array, size, fixed, default, _, _} = array) when is_function(fun, 2) do
    values = :lists.reverse(foldl(fn index, value, acc -> [fun.(index, value) | acc] end, [], array))
    {span, tree} = grown(leaves(values), 1)
    {:array, size, fixed, default, span, tree}
  end

  def map(_fun, _array), do: :erlang.error(:badarg)

  @doc """
  Maps the entries that are not the default.

      iex> :array.sparse_to_list(:array.sparse_map(fn _index, x -> x * 2 end, :array.set(3, 1, :array.new())))
      [2]
  """
  def sparse_map(fun, {:array, size, fixed, default, _, _} = array) when is_function(fun, 2),
    do: rebuilt(sparse_foldl(&map_entry(fun, &1, &2, &3), [], array), size, fixed, default)

  def sparse_map(_fun, _array), do: :erlang.error(:badarg)

  defp map_entry(fun, index, value, acc), do: [{index, fun.(index, value)} | acc]

  defp rebuilt(pairs, size, fixed, default) do
    span = span_for(size - 1)

    tree =
      :lists.foldl(fn {index, value}, tree -> put(tree, span, index, value) end, nil, pairs)

    {:array, size, fixed, default, span, tree}
  end

  @doc """
  Folds from the first entry on.

      iex> :array.foldl(fn _index, value, acc -> [value | acc] end, [], :array.from_list([1, 2]))
      [2, 1]
  """
  def foldl(fun, acc, {:array, size, _, default, span, tree}) when is_function(fun, 3),
    do: walk_up(0, size, fun, acc, default, span, tree)

  def foldl(_fun, _acc, _array), do: :erlang.error(:badarg)

  # A leaf at a time.
  defp walk_up(index, size, _fun, acc, _default, _span, _tree) when index >= size, do: acc

  defp walk_up(index, size, fun, acc, default, span, tree) do
    acc = leaf_up(leaf_at(tree, span, index), 0, min(@width, size - index), index, fun, acc, default)
    walk_up(index + @width, size, fun, acc, default, span, tree)
  end

  defp leaf_up(_leaf, count, count, _first, _fun, acc, _default), do: acc

  defp leaf_up(leaf, place, count, first, fun, acc, default) do
    value =
      case elem(leaf, place) do
        @unset -> default
        value -> value
      end

    leaf_up(leaf, place + 1, count, first, fun, fun.(first + place, value, acc), default)
  end

  defp leaf_at(nil, _span, _index), do: @empty_leaf
  defp leaf_at(leaf, 1, _index), do: leaf

  defp leaf_at(node, span, index),
    do: leaf_at(elem(node, div(index, span)), div(span, @width), rem(index, span))

  @doc """
  Folds from the last entry on.

      iex> :array.foldr(fn _index, value, acc -> [value | acc] end, [], :array.from_list([1, 2]))
      [1, 2]
  """
  def foldr(fun, acc, {:array, size, _, default, span, tree}) when is_function(fun, 3),
    do: walk_down(size, fun, acc, default, span, tree)

  def foldr(_fun, _acc, _array), do: :erlang.error(:badarg)

  # The entries before an index, a leaf at a time.
  defp walk_down(0, _fun, acc, _default, _span, _tree), do: acc

  defp walk_down(size, fun, acc, default, span, tree) do
    first = div(size - 1, @width) * @width
    acc = leaf_down(leaf_at(tree, span, first), size - first, first, fun, acc, default)
    walk_down(first, fun, acc, default, span, tree)
  end

  defp leaf_down(_leaf, 0, _first, _fun, acc, _default), do: acc

  defp leaf_down(leaf, count, first, fun, acc, default) do
    value =
      case elem(leaf, count - 1) do
        @unset -> default
        value -> value
      end

    leaf_down(leaf, count - 1, first, fun, fun.(first + count - 1, value, acc), default)
  end

  @doc """
  Folds from the first entry on, without those that are the default.

      iex> :array.sparse_foldl(fn index, _value, acc -> [index | acc] end, [], :array.set(3, 1, :array.new()))
      [3]
  """
  def sparse_foldl(fun, acc, {:array, _, _, default, span, tree}) when is_function(fun, 3),
    do: sparse(tree, span, 0, :lists.seq(0, @width - 1), default, fun, acc)

  def sparse_foldl(_fun, _acc, _array), do: :erlang.error(:badarg)

  @doc """
  Folds from the last entry on, without those that are the default.

      iex> :array.sparse_foldr(fn index, _value, acc -> [index | acc] end, [], :array.set(3, 1, :array.new()))
      [3]
  """
  def sparse_foldr(fun, acc, {:array, _, _, default, span, tree}) when is_function(fun, 3),
    do: sparse(tree, span, 0, :lists.seq(@width - 1, 0, -1), default, fun, acc)

  def sparse_foldr(_fun, _acc, _array), do: :erlang.error(:badarg)

  # Walks the places of each node in the given order; `base` is the index of the first entry.
  defp sparse(nil, _span, _base, _places, _default, _fun, acc), do: acc

  defp sparse(leaf, 1, base, places, default, fun, acc) do
    :lists.foldl(
      fn place, acc ->
        case elem(leaf, place) do
          @unset -> acc
          ^default -> acc
          value -> fun.(base + place, value, acc)
        end
      end,
      acc,
      places
    )
  end

  defp sparse(node, span, base, places, default, fun, acc) do
    :lists.foldl(
      fn place, acc ->
        entry = elem(node, place)
        sparse(entry, div(span, @width), base + place * span, places, default, fun, acc)
      end,
      acc,
      places
    )
  end
end
