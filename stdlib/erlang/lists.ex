defmodule :lists do
  @moduledoc """
  Erlang's functions on lists.

  Positions start at one. Functions whose name starts with `key` work on lists of tuples and compare
  the element at a given position with `==`; merges expect sorted lists, and take the element of the
  first list where two compare equal. The variants with a `u` drop all but the first of equal
  elements; those with an `r` work in descending order.

  Heads without clauses are native.
  """

  @doc """
  The elements in reverse order.

      iex> :lists.reverse([1, 2, 3])
      [3, 2, 1]
  """
  def reverse(list)

  @doc """
  The elements in reverse order, in front of `tail`.

      iex> :lists.reverse([1, 2], [3])
      [2, 1, 3]
  """
  def reverse(list, tail)

  @doc """
  Whether an element matches.

      iex> :lists.member(1, [1, 2])
      true
  """
  def member(element, list)

  @doc """
  The first tuple with the key at the position, or `false`.

      iex> :lists.keyfind(:b, 1, a: 1, b: 2)
      {:b, 2}
  """
  def keyfind(key, position, tuples)

  @doc """
  Whether a tuple has the key at the position.

      iex> :lists.keymember(2, 2, a: 1, b: 2)
      true
  """
  def keymember(key, position, tuples)

  @doc """
  Like `keyfind/3`, with `{:value, tuple}` for a tuple.

      iex> :lists.keysearch(:b, 1, a: 1, b: 2)
      {:value, {:b, 2}}
  """
  def keysearch(key, position, tuples)

  @doc """
  The elements in the order of terms; equal ones keep theirs.

      iex> :lists.sort([2, :a, 1])
      [1, 2, :a]
  """
  def sort(list)

  ## Elements and parts

  @doc """
  Returns the `n`th element.

      iex> :lists.nth(2, [:a, :b, :c])
      :b
  """
  def nth(1, [head | _]), do: head
  def nth(n, [_ | tail]) when is_integer(n) and n > 1, do: nth(n - 1, tail)

  @doc """
  Returns what is left after the first `n` elements.

      iex> :lists.nthtail(1, [:a, :b])
      [:b]
  """
  def nthtail(0, list) when is_list(list), do: list
  def nthtail(n, [_ | tail]) when is_integer(n) and n > 0, do: nthtail(n - 1, tail)

  @doc """
  Returns the last element.

      iex> :lists.last([1, 2])
      2
  """
  def last([head]), do: head
  def last([_ | tail]), do: last(tail)

  @doc """
  Drops the last element.

      iex> :lists.droplast([1, 2])
      [1]
  """
  def droplast([_]), do: []
  def droplast([head | tail]), do: [head | droplast(tail)]

  @doc """
  Returns the first `length` elements, or all if there are fewer.

      iex> :lists.sublist([1, 2, 3], 2)
      [1, 2]
  """
  def sublist(list, length) when is_integer(length) and is_list(list) and length >= 0,
    do: do_sublist(list, length)

  defp do_sublist([head | tail], length) when length > 0, do: [head | do_sublist(tail, length - 1)]
  defp do_sublist(_list, 0), do: []
  defp do_sublist([], _length), do: []

  @doc """
  Returns up to `length` elements from position `start` on.

      iex> :lists.sublist([1, 2, 3, 4], 2, 2)
      [2, 3]
  """
  def sublist(list, 1, length) when is_list(list) and is_integer(length) and length >= 0,
    do: do_sublist(list, length)

  def sublist([], start, length)
      when is_integer(start) and start >= 2 and is_integer(length) and length >= 0,
      do: []

  def sublist([_ | tail], start, length) when is_integer(start) and start >= 2,
    do: sublist(tail, start - 1, length)

  @doc """
  Splits after `n` elements.

      iex> :lists.split(1, [1, 2, 3])
      {[1], [2, 3]}
  """
  def split(n, list) when is_integer(n) and n >= 0 and is_list(list), do: do_split(n, list, [])
  def split(_n, _list), do: :erlang.error(:badarg)

  defp do_split(0, list, acc), do: {:lists.reverse(acc), list}
  defp do_split(n, [head | tail], acc), do: do_split(n - 1, tail, [head | acc])
  defp do_split(_n, _list, _acc), do: :erlang.error(:badarg)

  @doc """
  Returns whether `list1` is the start of `list2`.

      iex> :lists.prefix([1], [1, 2])
      true
  """
  def prefix([head | tail1], [head | tail2]), do: prefix(tail1, tail2)
  def prefix([], list) when is_list(list), do: true
  def prefix([_ | _], list) when is_list(list), do: false

  @doc """
  Returns whether `list1` is the end of `list2`.

      iex> :lists.suffix([2], [1, 2])
      true
  """
  def suffix(list1, list2) do
    surplus = length(list2) - length(list1)
    surplus >= 0 and nthtail(surplus, list2) === list1
  end

  @doc """
  Removes the first element that matches.

      iex> :lists.delete(1, [1, 2, 1])
      [2, 1]
  """
  def delete(element, [element | tail]), do: tail
  def delete(element, [head | tail]), do: [head | delete(element, tail)]
  def delete(_element, []), do: []

  @doc """
  Removes from the first list, for each element of the second, its first occurrence.

      iex> :lists.subtract([1, 2, 1], [1])
      [2, 1]
  """
  def subtract(list1, list2), do: list1 -- list2

  ## Construction

  @doc """
  Joins two lists.

      iex> :lists.append([1], [2])
      [1, 2]
  """
  def append(list1, list2), do: list1 ++ list2

  @doc """
  Joins the lists of a list.

      iex> :lists.append([[1], [2, 3]])
      [1, 2, 3]
  """
  def append([last]), do: last
  def append([head | tail]), do: head ++ append(tail)
  def append([]), do: []

  @doc """
  Returns a list with `element` `n` times.

      iex> :lists.duplicate(2, :x)
      [:x, :x]
  """
  def duplicate(n, element) when is_integer(n) and n >= 0, do: do_duplicate(n, element, [])

  defp do_duplicate(0, _element, acc), do: acc
  defp do_duplicate(n, element, acc), do: do_duplicate(n - 1, element, [element | acc])

  @doc """
  Returns the integers from `from` to `to`.

      iex> :lists.seq(1, 3)
      [1, 2, 3]
  """
  def seq(from, to) when is_integer(from) and is_integer(to) and from - 1 <= to,
    do: do_seq(from, to, 1, [])

  def seq(_from, _to), do: :erlang.error(:function_clause)

  @doc """
  Returns the integers from `from` to `to`, `step` apart.

      iex> :lists.seq(5, 1, -2)
      [5, 3, 1]
  """
  def seq(from, to, step)
      when is_integer(from) and is_integer(to) and is_integer(step) and
             ((step > 0 and from - step <= to) or (step < 0 and from - step >= to)) do
    last = from + div(to - from, step) * step
    if (to - from) * step < 0, do: [], else: do_seq(from, last, step, [])
  end

  def seq(same, same, 0) when is_integer(same), do: [same]
  def seq(_from, _to, _step), do: :erlang.error(:badarg)

  # Built from the last element, so that nothing has to be reversed.
  defp do_seq(from, from, _step, acc), do: [from | acc]
  defp do_seq(from, to, 1, acc) when to < from, do: acc
  defp do_seq(from, to, step, acc), do: do_seq(from, to - step, step, [to | acc])

  @doc """
  Joins the texts of atoms, numbers and charlists into one charlist.

      iex> :lists.concat([:a, 1, ~c"b"])
      ~c"a1b"
  """
  def concat(things), do: flatmap(&thing_to_list/1, things)

  defp thing_to_list(thing) when is_integer(thing), do: :erlang.integer_to_list(thing)
  defp thing_to_list(thing) when is_float(thing), do: :erlang.float_to_list(thing)
  defp thing_to_list(thing) when is_atom(thing), do: :erlang.atom_to_list(thing)
  defp thing_to_list(thing) when is_list(thing), do: thing

  @doc """
  Flattens nested lists.

      iex> :lists.flatten([1, [[2], 3]])
      [1, 2, 3]
  """
  def flatten(list) when is_list(list), do: do_flatten(list, [])

  @doc """
  Flattens nested lists and appends `tail`.

      iex> :lists.flatten([[1]], [2])
      [1, 2]
  """
  def flatten(list, tail) when is_list(list) and is_list(tail), do: do_flatten(list, tail)

  defp do_flatten([head | rest], tail) when is_list(head),
    do: do_flatten(head, do_flatten(rest, tail))

  defp do_flatten([head | rest], tail), do: [head | do_flatten(rest, tail)]
  defp do_flatten([], tail), do: tail

  @doc """
  Returns the length that `flatten/1` would give.

      iex> :lists.flatlength([1, [2, [3]]])
      3
  """
  def flatlength(list), do: do_flatlength(list, 0)

  defp do_flatlength([head | tail], count) when is_list(head),
    do: do_flatlength(tail, do_flatlength(head, count))

  defp do_flatlength([_ | tail], count), do: do_flatlength(tail, count + 1)
  defp do_flatlength([], count), do: count

  @doc """
  Puts `separator` between the elements.

      iex> :lists.join(:x, [1, 2])
      [1, :x, 2]
  """
  def join(_separator, []), do: []
  def join(separator, [head | tail]), do: [head | do_join(separator, tail)]

  defp do_join(separator, [head | tail]), do: [separator, head | do_join(separator, tail)]
  defp do_join(_separator, []), do: []

  @doc """
  Pairs each element with its position.

      iex> :lists.enumerate([:a, :b])
      [{1, :a}, {2, :b}]
  """
  def enumerate(list), do: enumerate(1, 1, list)

  @doc """
  Pairs each element with a number, counted from `index` on.

      iex> :lists.enumerate(10, [:a, :b])
      [{10, :a}, {11, :b}]
  """
  def enumerate(index, list), do: enumerate(index, 1, list)

  @doc """
  Pairs each element with a number, counted from `index` on by `step`.

      iex> :lists.enumerate(0, -2, [:a, :b])
      [{0, :a}, {-2, :b}]
  """
  def enumerate(index, step, list) when is_integer(index) and is_integer(step),
    do: do_enumerate(index, step, list)

  defp do_enumerate(index, step, [head | tail]),
    do: [{index, head} | do_enumerate(index + step, step, tail)]

  defp do_enumerate(_index, _step, []), do: []

  ## Walks

  @doc """
  Maps each element.

      iex> :lists.map(fn x -> x + 1 end, [1, 2])
      [2, 3]
  """
  def map(fun, list) when is_function(fun, 1), do: do_map(fun, list)

  # Four elements a frame, as in Enum.map/2.
  defp do_map(fun, [a, b, c, d | tail]) do
    a = fun.(a)
    b = fun.(b)
    c = fun.(c)
    d = fun.(d)
    [a, b, c, d | do_map(fun, tail)]
  end

  defp do_map(fun, [head | tail]), do: [fun.(head) | do_map(fun, tail)]
  defp do_map(_fun, []), do: []

  @doc """
  Maps each element to a list and joins them.

      iex> :lists.flatmap(fn x -> [x, x] end, [1, 2])
      [1, 1, 2, 2]
  """
  def flatmap(fun, list) when is_function(fun, 1), do: do_flatmap(fun, list)

  defp do_flatmap(fun, [head | tail]), do: fun.(head) ++ do_flatmap(fun, tail)
  defp do_flatmap(_fun, []), do: []

  @doc """
  Calls `fun` for each element.

      iex> :lists.foreach(fn x -> x end, [1, 2])
      :ok
  """
  def foreach(fun, list) when is_function(fun, 1), do: do_foreach(fun, list)

  defp do_foreach(fun, [head | tail]) do
    fun.(head)
    do_foreach(fun, tail)
  end

  defp do_foreach(_fun, []), do: :ok

  @doc """
  Folds from the left.

      iex> :lists.foldl(fn x, acc -> acc - x end, 10, [1, 2])
      7
  """
  def foldl(fun, acc, list) when is_function(fun, 2), do: do_foldl(fun, acc, list)

  defp do_foldl(fun, acc, [head | tail]), do: do_foldl(fun, fun.(head, acc), tail)
  defp do_foldl(_fun, acc, []), do: acc

  @doc """
  Folds from the right.

      iex> :lists.foldr(fn x, acc -> [x | acc] end, [], [1, 2])
      [1, 2]
  """
  def foldr(fun, acc, list) when is_function(fun, 2), do: do_foldl(fun, acc, :lists.reverse(list))

  @doc """
  Maps and folds from the left at once.

      iex> :lists.mapfoldl(fn x, acc -> {x * 2, acc + x} end, 0, [1, 2])
      {[2, 4], 3}
  """
  def mapfoldl(fun, acc, list) when is_function(fun, 2), do: do_mapfoldl(fun, acc, list, [])

  defp do_mapfoldl(fun, acc, [head | tail], mapped) do
    {element, acc} = fun.(head, acc)
    do_mapfoldl(fun, acc, tail, [element | mapped])
  end

  defp do_mapfoldl(_fun, acc, [], mapped), do: {:lists.reverse(mapped), acc}

  @doc """
  Maps and folds from the right at once.

      iex> :lists.mapfoldr(fn x, acc -> {x + acc, acc + 1} end, 0, [1, 2])
      {[2, 2], 2}
  """
  def mapfoldr(fun, acc, list) when is_function(fun, 2),
    do: do_mapfoldr(fun, acc, :lists.reverse(list), [])

  defp do_mapfoldr(fun, acc, [head | tail], mapped) do
    {element, acc} = fun.(head, acc)
    do_mapfoldr(fun, acc, tail, [element | mapped])
  end

  defp do_mapfoldr(_fun, acc, [], mapped), do: {mapped, acc}

  @doc """
  Returns whether `pred` is true for all elements.

      iex> :lists.all(fn x -> x > 0 end, [1, 2])
      true
  """
  def all(pred, list) when is_function(pred, 1), do: do_all(pred, list)

  defp do_all(pred, [head | tail]) do
    case pred.(head) do
      true -> do_all(pred, tail)
      false -> false
    end
  end

  defp do_all(_pred, []), do: true

  @doc """
  Returns whether `pred` is true for some element.

      iex> :lists.any(fn x -> x > 1 end, [1, 2])
      true
  """
  def any(pred, list) when is_function(pred, 1), do: do_any(pred, list)

  defp do_any(pred, [head | tail]) do
    case pred.(head) do
      true -> true
      false -> do_any(pred, tail)
    end
  end

  defp do_any(_pred, []), do: false

  @doc """
  Keeps the elements for which `pred` is true.

      iex> :lists.filter(fn x -> x > 1 end, [1, 2])
      [2]
  """
  def filter(pred, list) when is_function(pred, 1), do: do_filter(pred, list)

  defp do_filter(pred, [head | tail]) do
    case pred.(head) do
      true -> [head | do_filter(pred, tail)]
      false -> do_filter(pred, tail)
      other -> :erlang.error({:bad_filter, other})
    end
  end

  defp do_filter(_pred, []), do: []

  @doc """
  Filters and maps at once: `fun` returns `true`, `false` or `{true, value}`.

      iex> :lists.filtermap(fn x -> if x > 1, do: {true, x * 10}, else: false end, [1, 2])
      [20]
  """
  def filtermap(fun, list) when is_function(fun, 1), do: do_filtermap(fun, list)

  defp do_filtermap(fun, [head | tail]) do
    case fun.(head) do
      true -> [head | do_filtermap(fun, tail)]
      {true, value} -> [value | do_filtermap(fun, tail)]
      false -> do_filtermap(fun, tail)
    end
  end

  defp do_filtermap(_fun, []), do: []

  @doc false
  def zf(fun, list), do: filtermap(fun, list)

  @doc """
  Splits into the elements for which `pred` is true and the others.

      iex> :lists.partition(fn x -> x > 1 end, [1, 2, 3])
      {[2, 3], [1]}
  """
  def partition(pred, list) when is_function(pred, 1), do: do_partition(pred, list, [], [])

  defp do_partition(pred, [head | tail], yes, no) do
    case pred.(head) do
      true -> do_partition(pred, tail, [head | yes], no)
      false -> do_partition(pred, tail, yes, [head | no])
    end
  end

  defp do_partition(_pred, [], yes, no), do: {:lists.reverse(yes), :lists.reverse(no)}

  @doc """
  Returns the elements before the first one for which `pred` is false.

      iex> :lists.takewhile(fn x -> x < 2 end, [1, 2, 1])
      [1]
  """
  def takewhile(pred, list) when is_function(pred, 1), do: do_takewhile(pred, list)

  defp do_takewhile(pred, [head | tail]) do
    case pred.(head) do
      true -> [head | do_takewhile(pred, tail)]
      false -> []
    end
  end

  defp do_takewhile(_pred, []), do: []

  @doc """
  Drops the elements before the first one for which `pred` is false.

      iex> :lists.dropwhile(fn x -> x < 2 end, [1, 2, 1])
      [2, 1]
  """
  def dropwhile(pred, list) when is_function(pred, 1), do: do_dropwhile(pred, list)

  defp do_dropwhile(pred, [head | tail] = list) do
    case pred.(head) do
      true -> do_dropwhile(pred, tail)
      false -> list
    end
  end

  defp do_dropwhile(_pred, []), do: []

  @doc """
  Splits before the first element for which `pred` is false.

      iex> :lists.splitwith(fn x -> x < 2 end, [1, 2, 1])
      {[1], [2, 1]}
  """
  def splitwith(pred, list) when is_function(pred, 1), do: do_splitwith(pred, list, [])

  defp do_splitwith(pred, [head | tail] = list, acc) do
    case pred.(head) do
      true -> do_splitwith(pred, tail, [head | acc])
      false -> {:lists.reverse(acc), list}
    end
  end

  defp do_splitwith(_pred, [], acc), do: {:lists.reverse(acc), []}

  @doc """
  Returns `{:value, element}` for the first element for which `pred` is true, else `false`.

      iex> :lists.search(fn x -> x > 1 end, [1, 2, 3])
      {:value, 2}
  """
  def search(pred, list) when is_function(pred, 1), do: do_search(pred, list)

  defp do_search(pred, [head | tail]) do
    case pred.(head) do
      true -> {:value, head}
      false -> do_search(pred, tail)
    end
  end

  defp do_search(_pred, []), do: false

  @doc """
  Returns the sum of the elements.

      iex> :lists.sum([1, 2])
      3
  """
  def sum(list), do: do_sum(list, 0)

  defp do_sum([head | tail], acc), do: do_sum(tail, acc + head)
  defp do_sum([], acc), do: acc

  @doc """
  Returns the first of the largest elements.

      iex> :lists.max([1, 3, 2])
      3
  """
  def max([head | tail]), do: do_max(tail, head)

  defp do_max([head | tail], max) when head > max, do: do_max(tail, head)
  defp do_max([_ | tail], max), do: do_max(tail, max)
  defp do_max([], max), do: max

  @doc """
  Returns the first of the smallest elements.

      iex> :lists.min([2, 1, 3])
      1
  """
  def min([head | tail]), do: do_min(tail, head)

  defp do_min([head | tail], min) when head < min, do: do_min(tail, head)
  defp do_min([_ | tail], min), do: do_min(tail, min)
  defp do_min([], min), do: min

  @doc """
  Keeps the first of elements that are `=:=`.

      iex> :lists.uniq([1, 2, 1])
      [1, 2]
  """
  def uniq(list), do: do_uniq(list, %{}, [])

  # Not by body recursion: what is seen grows, and with it the work of collections, which would look at a deep stack, too.
  defp do_uniq([head | tail], seen, kept) do
    case seen do
      %{^head => _} -> do_uniq(tail, seen, kept)
      _ -> do_uniq(tail, :maps.put(head, [], seen), [head | kept])
    end
  end

  defp do_uniq([], _seen, kept), do: :lists.reverse(kept)

  @doc """
  Keeps the first of the elements for which `fun` returns the same.

      iex> :lists.uniq(fn {n, _} -> n end, [{1, :a}, {1, :b}])
      [{1, :a}]
  """
  def uniq(fun, list) when is_function(fun, 1), do: do_uniq(fun, list, %{}, [])

  defp do_uniq(fun, [head | tail], seen, kept) do
    key = fun.(head)

    case seen do
      %{^key => _} -> do_uniq(fun, tail, seen, kept)
      _ -> do_uniq(fun, tail, :maps.put(key, [], seen), [head | kept])
    end
  end

  defp do_uniq(_fun, [], _seen, kept), do: :lists.reverse(kept)

  ## Zips

  @doc """
  Pairs the elements of two lists of one length.

      iex> :lists.zip([1, 2], [:a, :b])
      [{1, :a}, {2, :b}]
  """
  def zip(list1, list2), do: zip(list1, list2, :fail)

  @doc """
  Pairs the elements of two lists; `how` tells what to do where the lengths differ: `:fail`, `:trim`
  the longer one or `{:pad, {default1, default2}}`.

      iex> :lists.zip([1, 2], [:a], {:pad, {0, :z}})
      [{1, :a}, {2, :z}]
  """
  def zip([head1 | tail1], [head2 | tail2], how), do: [{head1, head2} | zip(tail1, tail2, how)]
  def zip([], [], how) when how in [:fail, :trim] or is_tuple(how), do: []
  def zip(_, _, :trim), do: []
  def zip([], [_ | _] = list, {:pad, {default, _}}), do: do_map(&{default, &1}, list)
  def zip([_ | _] = list, [], {:pad, {_, default}}), do: do_map(&{&1, default}, list)

  @doc """
  Makes triples of the elements of three lists of one length.

      iex> :lists.zip3([1], [2], [3])
      [{1, 2, 3}]
  """
  def zip3(list1, list2, list3), do: zip3(list1, list2, list3, :fail)

  @doc """
  Like `zip3/3` for lists of different lengths; see `zip/3`.

      iex> :lists.zip3([1, 2], [3], [4], :trim)
      [{1, 3, 4}]
  """
  def zip3(list1, list2, list3, how), do: zipwith3(&{&1, &2, &3}, list1, list2, list3, how)

  @doc """
  Combines the elements of two lists of one length.

      iex> :lists.zipwith(fn x, y -> x + y end, [1, 2], [3, 4])
      [4, 6]
  """
  def zipwith(fun, list1, list2), do: zipwith(fun, list1, list2, :fail)

  @doc """
  Like `zipwith/3` for lists of different lengths; see `zip/3`.

      iex> :lists.zipwith(fn x, y -> x + y end, [1, 2], [3], {:pad, {0, 10}})
      [4, 12]
  """
  def zipwith(fun, [head1 | tail1], [head2 | tail2], how),
    do: [fun.(head1, head2) | zipwith(fun, tail1, tail2, how)]

  def zipwith(fun, [], [], how)
      when is_function(fun, 2) and (how in [:fail, :trim] or is_tuple(how)),
      do: []

  def zipwith(fun, _, _, :trim) when is_function(fun, 2), do: []

  def zipwith(fun, [], [_ | _] = list, {:pad, {default, _}}),
    do: do_map(&fun.(default, &1), list)

  def zipwith(fun, [_ | _] = list, [], {:pad, {_, default}}),
    do: do_map(&fun.(&1, default), list)

  @doc """
  Combines the elements of three lists of one length.

      iex> :lists.zipwith3(fn x, y, z -> x + y + z end, [1], [2], [3])
      [6]
  """
  def zipwith3(fun, list1, list2, list3), do: zipwith3(fun, list1, list2, list3, :fail)

  @doc """
  Like `zipwith3/4` for lists of different lengths; see `zip/3`.

      iex> :lists.zipwith3(fn x, y, z -> x + y + z end, [1, 2], [2], [3], :trim)
      [6]
  """
  def zipwith3(fun, [head1 | tail1], [head2 | tail2], [head3 | tail3], how),
    do: [fun.(head1, head2, head3) | zipwith3(fun, tail1, tail2, tail3, how)]

  def zipwith3(fun, [], [], [], how)
      when is_function(fun, 3) and (how in [:fail, :trim] or is_tuple(how)),
      do: []

  def zipwith3(fun, _, _, _, :trim) when is_function(fun, 3), do: []

  def zipwith3(fun, list1, list2, list3, {:pad, {default1, default2, default3}} = how) do
    {head1, tail1} = pop(list1, default1)
    {head2, tail2} = pop(list2, default2)
    {head3, tail3} = pop(list3, default3)
    [fun.(head1, head2, head3) | zipwith3(fun, tail1, tail2, tail3, how)]
  end

  defp pop([head | tail], _default), do: {head, tail}
  defp pop([], default), do: {default, []}

  @doc """
  Splits pairs into two lists.

      iex> :lists.unzip([{1, :a}, {2, :b}])
      {[1, 2], [:a, :b]}
  """
  def unzip(list), do: do_unzip(:lists.reverse(list), [], [])

  defp do_unzip([{a, b} | tail], as, bs), do: do_unzip(tail, [a | as], [b | bs])
  defp do_unzip([], as, bs), do: {as, bs}

  @doc """
  Splits triples into three lists.

      iex> :lists.unzip3([{1, :a, "x"}, {2, :b, "y"}])
      {[1, 2], [:a, :b], ["x", "y"]}
  """
  def unzip3(list), do: do_unzip3(:lists.reverse(list), [], [], [])

  defp do_unzip3([{a, b, c} | tail], as, bs, cs),
    do: do_unzip3(tail, [a | as], [b | bs], [c | cs])

  defp do_unzip3([], as, bs, cs), do: {as, bs, cs}

  ## Lists of tuples

  @doc """
  Removes the first tuple whose `n`th element is `==` to `key`.

      iex> :lists.keydelete(:a, 1, [a: 1, b: 2])
      [b: 2]
  """
  def keydelete(key, n, list) when is_integer(n) and n > 0, do: do_keydelete(key, n, list)

  defp do_keydelete(key, n, [head | tail]) when :erlang.element(n, head) == key, do: tail
  defp do_keydelete(key, n, [head | tail]), do: [head | do_keydelete(key, n, tail)]
  defp do_keydelete(_key, _n, []), do: []

  @doc """
  Replaces the first tuple whose `n`th element is `==` to `key`.

      iex> :lists.keyreplace(:a, 1, [a: 1, b: 2], {:c, 3})
      [c: 3, b: 2]
  """
  def keyreplace(key, n, list, new) when is_integer(n) and n > 0 and is_tuple(new),
    do: do_keyreplace(key, n, list, new)

  defp do_keyreplace(key, n, [head | tail], new) when :erlang.element(n, head) == key,
    do: [new | tail]

  defp do_keyreplace(key, n, [head | tail], new), do: [head | do_keyreplace(key, n, tail, new)]
  defp do_keyreplace(_key, _n, [], _new), do: []

  @doc """
  Replaces the first tuple whose `n`th element is `==` to `key`, or appends `new`.

      iex> :lists.keystore(:b, 1, [a: 1], {:b, 2})
      [a: 1, b: 2]
  """
  def keystore(key, n, list, new) when is_integer(n) and n > 0 and is_tuple(new),
    do: do_keystore(key, n, list, new)

  defp do_keystore(key, n, [head | tail], new) when :erlang.element(n, head) == key,
    do: [new | tail]

  defp do_keystore(key, n, [head | tail], new), do: [head | do_keystore(key, n, tail, new)]
  defp do_keystore(_key, _n, [], new), do: [new]

  @doc """
  Takes out the first tuple whose `n`th element is `==` to `key`: `{:value, tuple, rest}` or `false`.

      iex> :lists.keytake(:b, 1, [a: 1, b: 2])
      {:value, {:b, 2}, [a: 1]}
  """
  def keytake(key, n, list) when is_integer(n) and n > 0, do: do_keytake(key, n, list, [])

  defp do_keytake(key, n, [head | tail], acc) when :erlang.element(n, head) == key,
    do: {:value, head, :lists.reverse(acc, tail)}

  defp do_keytake(key, n, [head | tail], acc), do: do_keytake(key, n, tail, [head | acc])
  defp do_keytake(_key, _n, [], _acc), do: false

  @doc """
  Maps the `n`th element of each tuple.

      iex> :lists.keymap(fn x -> x + 1 end, 2, [a: 1, b: 2])
      [a: 2, b: 3]
  """
  def keymap(fun, n, [head | tail]),
    do: [:erlang.setelement(n, head, fun.(:erlang.element(n, head))) | keymap(fun, n, tail)]

  def keymap(fun, n, []) when is_integer(n) and n >= 1 and is_function(fun, 1), do: []

  ## Sorting

  @doc """
  Sorts by `fun`, which tells whether its first argument goes before or with its second.

      iex> :lists.sort(fn x, y -> x >= y end, [1, 3, 2])
      [3, 2, 1]
  """
  def sort(fun, []) when is_function(fun, 2), do: []
  def sort(fun, list) when is_function(fun, 2), do: elem(ascending_first(length(list), list, fun), 0)

  # Sorts the first n elements: {sorted, rest}. Each merge turns its lists around, so that ascending
  # lists are made of descending ones and nothing is reversed in the end.
  defp ascending_first(1, [head | tail], _fun), do: {[head], tail}

  defp ascending_first(2, [first, second | tail], fun),
    do: if(fun.(first, second), do: {[first, second], tail}, else: {[second, first], tail})

  defp ascending_first(n, list, fun) do
    half = div(n, 2)
    {left, rest} = descending_first(half, list, fun)
    {right, rest} = descending_first(n - half, rest, fun)
    {merge_descending(left, right, fun, []), rest}
  end

  defp descending_first(1, [head | tail], _fun), do: {[head], tail}

  defp descending_first(2, [first, second | tail], fun),
    do: if(fun.(first, second), do: {[second, first], tail}, else: {[first, second], tail})

  defp descending_first(n, list, fun) do
    half = div(n, 2)
    {left, rest} = ascending_first(half, list, fun)
    {right, rest} = ascending_first(n - half, rest, fun)
    {merge_ascending(left, right, fun, []), rest}
  end

  # The elements of `left` come first where `fun` has no other wish.
  defp merge_ascending([head1 | tail1] = left, [head2 | tail2] = right, fun, acc) do
    if fun.(head1, head2),
      do: merge_ascending(tail1, right, fun, [head1 | acc]),
      else: merge_ascending(left, tail2, fun, [head2 | acc])
  end

  defp merge_ascending([], right, _fun, acc), do: :lists.reverse(right, acc)
  defp merge_ascending(left, [], _fun, acc), do: :lists.reverse(left, acc)

  defp merge_descending([head1 | tail1] = left, [head2 | tail2] = right, fun, acc) do
    if fun.(head1, head2),
      do: merge_descending(left, tail2, fun, [head2 | acc]),
      else: merge_descending(tail1, right, fun, [head1 | acc])
  end

  defp merge_descending([], right, _fun, acc), do: :lists.reverse(right, acc)
  defp merge_descending(left, [], _fun, acc), do: :lists.reverse(left, acc)

  @doc """
  Sorts by the `n`th element of each tuple.

      iex> :lists.keysort(2, [a: 3, b: 1])
      [b: 1, a: 3]
  """
  def keysort(n, list) when is_integer(n) and n > 0, do: list |> keyed(n, 0) |> :lists.sort() |> unkeyed()

  # The position settles ties, so that the native sort is stable and never compares whole tuples.
  defp keyed([head | tail], n, position),
    do: [{:erlang.element(n, head), position, head} | keyed(tail, n, position + 1)]

  defp keyed([], _n, _position), do: []

  defp unkeyed([{_, _, element} | tail]), do: [element | unkeyed(tail)]
  defp unkeyed([]), do: []

  @doc """
  Sorts and keeps the first of equal elements.

      iex> :lists.usort([2, 1, 2])
      [1, 2]
  """
  def usort(list), do: drop_equal(:lists.sort(list))

  defp drop_equal([first | [second | _] = tail]) when first == second,
    do: drop_equal([first | tl(tail)])

  defp drop_equal([head | tail]), do: [head | drop_equal(tail)]
  defp drop_equal([]), do: []

  @doc """
  Sorts by `fun` and keeps the first of elements that `fun` calls equal.

      iex> :lists.usort(fn x, y -> x >= y end, [1, 2, 2])
      [2, 1]
  """
  def usort(fun, list) when is_function(fun, 2),
    do: sort_by_merging(list, &umerge_with(fun, &1, &2))

  @doc """
  Sorts by the `n`th element and keeps the first of tuples that are equal there.

      iex> :lists.ukeysort(1, [b: 1, a: 2, b: 3])
      [a: 2, b: 1]
  """
  def ukeysort(n, list) when is_integer(n) and n > 0, do: drop_equal_keys(keysort(n, list), n)

  defp drop_equal_keys([first | [second | _] = tail], n)
       when :erlang.element(n, first) == :erlang.element(n, second),
       do: drop_equal_keys([first | tl(tail)], n)

  defp drop_equal_keys([head | tail], n), do: [head | drop_equal_keys(tail, n)]
  defp drop_equal_keys([], _n), do: []

  # Top-down merge sort over the elements in place: {sorted first n elements, rest}.
  defp sort_by_merging([], _merge), do: []
  defp sort_by_merging(list, merge), do: elem(sort_first(length(list), list, merge), 0)

  defp sort_first(1, [head | tail], _merge), do: {[head], tail}
  defp sort_first(2, [first, second | tail], merge), do: {merge.([first], [second]), tail}

  defp sort_first(n, list, merge) do
    half = div(n, 2)
    {left, rest} = sort_first(half, list, merge)
    {right, rest} = sort_first(n - half, rest, merge)
    {merge.(left, right), rest}
  end

  ## Merging

  @doc """
  Merges a list of sorted lists.

      iex> :lists.merge([[1, 4], [2], [3]])
      [1, 2, 3, 4]
  """
  def merge(lists) when is_list(lists), do: merge_all(lists, &merge/2)

  @doc """
  Merges two sorted lists.

      iex> :lists.merge([1, 3], [2])
      [1, 2, 3]
  """
  def merge([head1 | tail1], [head2 | _] = list2) when head1 <= head2,
    do: [head1 | merge(tail1, list2)]

  def merge([_ | _] = list1, [head2 | tail2]), do: [head2 | merge(list1, tail2)]
  def merge([], list2) when is_list(list2), do: list2
  def merge(list1, []) when is_list(list1), do: list1

  @doc """
  Merges two lists sorted by `fun`.

      iex> :lists.merge(fn x, y -> x >= y end, [3, 1], [2])
      [3, 2, 1]
  """
  def merge(fun, list1, list2) when is_function(fun, 2) and is_list(list1) and is_list(list2),
    do: merge_with(fun, list1, list2)

  defp merge_with(fun, [head1 | tail1] = list1, [head2 | tail2] = list2) do
    if fun.(head1, head2),
      do: [head1 | merge_with(fun, tail1, list2)],
      else: [head2 | merge_with(fun, list1, tail2)]
  end

  defp merge_with(_fun, [], list2), do: list2
  defp merge_with(_fun, list1, []), do: list1

  @doc """
  Merges three sorted lists.

      iex> :lists.merge3([1], [3], [2])
      [1, 2, 3]
  """
  def merge3(list1, list2, list3), do: merge(merge(list1, list2), list3)

  @doc """
  Merges a list of sorted lists without duplicates into one.

      iex> :lists.umerge([[1, 2], [2, 3]])
      [1, 2, 3]
  """
  def umerge(lists) when is_list(lists), do: merge_all(lists, &umerge/2)

  @doc """
  Merges two sorted lists without duplicates into one.

      iex> :lists.umerge([1, 2], [2, 3])
      [1, 2, 3]
  """
  def umerge([head1 | tail1], [head2 | _] = list2) when head1 < head2,
    do: [head1 | umerge(tail1, list2)]

  def umerge([head1 | tail1], [head2 | tail2]) when head1 == head2,
    do: [head1 | umerge(tail1, tail2)]

  def umerge([_ | _] = list1, [head2 | tail2]), do: [head2 | umerge(list1, tail2)]
  def umerge([], list2) when is_list(list2), do: list2
  def umerge(list1, []) when is_list(list1), do: list1

  @doc """
  Merges two lists sorted by `fun` without duplicates into one.

      iex> :lists.umerge(fn x, y -> x >= y end, [2, 1], [2])
      [2, 1]
  """
  def umerge(fun, list1, list2) when is_function(fun, 2) and is_list(list1) and is_list(list2),
    do: umerge_with(fun, list1, list2)

  defp umerge_with(fun, [head1 | tail1] = list1, [head2 | tail2] = list2) do
    cond do
      !fun.(head1, head2) -> [head2 | umerge_with(fun, list1, tail2)]
      fun.(head2, head1) -> umerge_with(fun, list1, tail2)
      true -> [head1 | umerge_with(fun, tail1, list2)]
    end
  end

  defp umerge_with(_fun, [], list2), do: list2
  defp umerge_with(_fun, list1, []), do: list1

  @doc """
  Merges three sorted lists without duplicates into one.

      iex> :lists.umerge3([1], [2], [1])
      [1, 2]
  """
  def umerge3(list1, list2, list3), do: umerge(umerge(list1, list2), list3)

  @doc false
  def rmerge(list1, list2), do: descending(list1, list2, &merge/2)

  @doc false
  def rmerge(fun, list1, list2), do: descending(list1, list2, &merge_with(fun, &1, &2))

  @doc false
  def rmerge3(list1, list2, list3), do: rmerge(rmerge(list1, list2), list3)

  @doc false
  def rumerge(list1, list2), do: descending(list1, list2, &umerge/2)

  @doc false
  def rumerge(fun, list1, list2), do: descending(list1, list2, &umerge_with(fun, &1, &2))

  @doc false
  def rumerge3(list1, list2, list3), do: rumerge(rumerge(list1, list2), list3)

  @doc """
  Merges two lists of tuples sorted by their `n`th element.

      iex> :lists.keymerge(1, [a: 1, c: 2], [b: 3])
      [a: 1, b: 3, c: 2]
  """
  def keymerge(n, [head1 | tail1], [head2 | _] = list2)
      when :erlang.element(n, head1) <= :erlang.element(n, head2),
      do: [head1 | keymerge(n, tail1, list2)]

  def keymerge(n, [_ | _] = list1, [head2 | tail2]), do: [head2 | keymerge(n, list1, tail2)]
  def keymerge(n, [], list2) when is_integer(n) and n > 0 and is_list(list2), do: list2
  def keymerge(n, list1, []) when is_integer(n) and n > 0 and is_list(list1), do: list1

  @doc """
  Merges two lists of tuples sorted by their `n`th element, without duplicates.

      iex> :lists.ukeymerge(1, [a: 1, b: 2], [b: 3])
      [a: 1, b: 2]
  """
  def ukeymerge(n, [head1 | tail1], [head2 | _] = list2)
      when :erlang.element(n, head1) < :erlang.element(n, head2),
      do: [head1 | ukeymerge(n, tail1, list2)]

  def ukeymerge(n, [head1 | _] = list1, [head2 | tail2])
      when :erlang.element(n, head1) == :erlang.element(n, head2),
      do: ukeymerge(n, list1, tail2)

  def ukeymerge(n, [_ | _] = list1, [head2 | tail2]), do: [head2 | ukeymerge(n, list1, tail2)]
  def ukeymerge(n, [], list2) when is_integer(n) and n > 0 and is_list(list2), do: list2
  def ukeymerge(n, list1, []) when is_integer(n) and n > 0 and is_list(list1), do: list1

  @doc false
  def rkeymerge(n, list1, list2), do: descending(list1, list2, &keymerge(n, &1, &2))

  @doc false
  def rukeymerge(n, list1, list2), do: descending(list1, list2, &ukeymerge(n, &1, &2))

  # Lists in descending order are merged as the ascending lists that they are from their ends.
  defp descending(list1, list2, merge),
    do: :lists.reverse(merge.(:lists.reverse(list1), :lists.reverse(list2)))

  # Merges neighbours, round by round, so that every element is moved log(count) times.
  defp merge_all([], _merge), do: []
  defp merge_all([list], _merge), do: list
  defp merge_all(lists, merge), do: lists |> merge_neighbours(merge) |> merge_all(merge)

  defp merge_neighbours([list1, list2 | rest], merge),
    do: [merge.(list1, list2) | merge_neighbours(rest, merge)]

  defp merge_neighbours(rest, _merge), do: rest
end
