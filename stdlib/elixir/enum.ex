defmodule Enum do
  @moduledoc """
  Eager functions over enumerables: lists, maps, ranges, streams and whatever implements `Enumerable`.

  Each function walks its argument at once and most return a list. Maps are seen as lists of
  `{key, value}` tuples. Indexes start at zero, and negative ones count from the end.

  Lists, plain maps and ranges are walked directly; other data goes through the protocol. Functions
  that need only the first elements stop there, so they also take infinite streams.

      iex> Enum.map([1, 2, 3], fn x -> x * 2 end)
      [2, 4, 6]
      iex> Enum.sum(1..10)
      55
      iex> Enum.map(%{a: 1}, fn {k, v} -> {k, v + 1} end)
      [a: 2]
  """

  @type t :: Enumerable.t()
  @type acc :: any
  @type element :: any
  @type index :: integer
  @type default :: any

  defguardp is_plain_map(term) when is_map(term) and not is_map_key(term, :__struct__)

  ## Tests

  @doc """
  Returns whether all elements are truthy.

      iex> Enum.all?([1, 2])
      true
      iex> Enum.all?([1, nil])
      false
  """
  @spec all?(t) :: boolean
  def all?(enumerable) when is_list(enumerable), do: all_list(enumerable)

  def all?(enumerable) do
    elem(
      Enumerable.reduce(enumerable, {:cont, true}, fn entry, _ ->
        if entry, do: {:cont, true}, else: {:halt, false}
      end),
      1
    )
  end

  defp all_list([head | tail]), do: if(head, do: all_list(tail), else: false)
  defp all_list([]), do: true

  @doc """
  Returns whether `fun` is truthy for all elements.

      iex> Enum.all?([2, 4], fn x -> rem(x, 2) == 0 end)
      true
      iex> Enum.all?([], fn _ -> false end)
      true
  """
  @spec all?(t, (element -> as_boolean(term))) :: boolean
  def all?(enumerable, fun) when is_list(enumerable), do: all_list(enumerable, fun)

  def all?(enumerable, fun) do
    elem(
      Enumerable.reduce(enumerable, {:cont, true}, fn entry, _ ->
        if fun.(entry), do: {:cont, true}, else: {:halt, false}
      end),
      1
    )
  end

  defp all_list([head | tail], fun), do: if(fun.(head), do: all_list(tail, fun), else: false)
  defp all_list([], _fun), do: true

  @doc """
  Returns whether at least one element is truthy.

      iex> Enum.any?([false, 1])
      true
      iex> Enum.any?([])
      false
  """
  @spec any?(t) :: boolean
  def any?(enumerable) when is_list(enumerable), do: any_list(enumerable)

  def any?(enumerable) do
    elem(
      Enumerable.reduce(enumerable, {:cont, false}, fn entry, _ ->
        if entry, do: {:halt, true}, else: {:cont, false}
      end),
      1
    )
  end

  defp any_list([head | tail]), do: if(head, do: true, else: any_list(tail))
  defp any_list([]), do: false

  @doc """
  Returns whether `fun` is truthy for at least one element.

      iex> Enum.any?([1, 3], fn x -> x > 2 end)
      true
  """
  @spec any?(t, (element -> as_boolean(term))) :: boolean
  def any?(enumerable, fun) when is_list(enumerable), do: any_list(enumerable, fun)

  def any?(enumerable, fun) do
    elem(
      Enumerable.reduce(enumerable, {:cont, false}, fn entry, _ ->
        if fun.(entry), do: {:halt, true}, else: {:cont, false}
      end),
      1
    )
  end

  defp any_list([head | tail], fun), do: if(fun.(head), do: true, else: any_list(tail, fun))
  defp any_list([], _fun), do: false

  @doc """
  Returns whether the enumerable has no elements.

      iex> Enum.empty?([])
      true
      iex> Enum.empty?(1..3)
      false
  """
  @spec empty?(t) :: boolean
  def empty?(enumerable) when is_list(enumerable), do: enumerable == []
  def empty?(%{} = map) when not is_map_key(map, :__struct__), do: map_size(map) == 0

  def empty?(enumerable) do
    case Enumerable.slice(enumerable) do
      {:ok, size, _} ->
        size == 0

      {:error, _module} ->
        elem(Enumerable.reduce(enumerable, {:cont, true}, fn _, _ -> {:halt, false} end), 1)
    end
  end

  @doc """
  Returns whether `element` is in the enumerable, compared with `===`.

      iex> Enum.member?([1, 2], 2)
      true
      iex> Enum.member?([1, 2], 2.0)
      false
  """
  @spec member?(t, element) :: boolean
  def member?(enumerable, element) when is_list(enumerable),
    do: :lists.member(element, enumerable)

  def member?(enumerable, element) do
    case Enumerable.member?(enumerable, element) do
      {:ok, answer} ->
        answer

      {:error, _module} ->
        elem(
          Enumerable.reduce(enumerable, {:cont, false}, fn
            entry, _ when entry === element -> {:halt, true}
            _, _ -> {:cont, false}
          end),
          1
        )
    end
  end

  ## Counting

  @doc """
  Returns the number of elements.

      iex> Enum.count([1, 2, 3])
      3
  """
  @spec count(t) :: non_neg_integer
  def count(enumerable) when is_list(enumerable), do: length(enumerable)

  def count(enumerable) do
    case Enumerable.count(enumerable) do
      {:ok, value} when is_integer(value) ->
        value

      {:error, _module} ->
        elem(Enumerable.reduce(enumerable, {:cont, 0}, fn _, acc -> {:cont, acc + 1} end), 1)
    end
  end

  @doc """
  Returns the number of elements for which `fun` is truthy.

      iex> Enum.count([1, 2, 3], fn x -> x > 1 end)
      2
  """
  @spec count(t, (element -> as_boolean(term))) :: non_neg_integer
  def count(enumerable, fun) do
    reduce(enumerable, 0, fn entry, acc -> if fun.(entry), do: acc + 1, else: acc end)
  end

  @doc """
  Counts the elements, stopping at `limit`.

      iex> Enum.count_until(1..20, 5)
      5
      iex> Enum.count_until([1, 2], 5)
      2
  """
  @spec count_until(t, pos_integer) :: non_neg_integer
  def count_until(enumerable, limit) when is_integer(limit) and limit > 0 do
    case enumerable do
      list when is_list(list) ->
        count_until_list(list, limit, 0)

      _ ->
        case Enumerable.count(enumerable) do
          {:ok, value} ->
            Kernel.min(value, limit)

          {:error, _module} ->
            elem(
              Enumerable.reduce(enumerable, {:cont, 0}, fn
                _, acc when acc + 1 == limit -> {:halt, limit}
                _, acc -> {:cont, acc + 1}
              end),
              1
            )
        end
    end
  end

  defp count_until_list([], _limit, acc), do: acc
  defp count_until_list(_list, limit, limit), do: limit
  defp count_until_list([_ | tail], limit, acc), do: count_until_list(tail, limit, acc + 1)

  @doc """
  Counts the elements for which `fun` is truthy, stopping at `limit`.

      iex> Enum.count_until(1..20, fn x -> rem(x, 2) == 0 end, 7)
      7
  """
  @spec count_until(t, (element -> as_boolean(term)), pos_integer) :: non_neg_integer
  def count_until(enumerable, fun, limit) when is_integer(limit) and limit > 0 do
    elem(
      Enumerable.reduce(enumerable, {:cont, 0}, fn entry, acc ->
        cond do
          !fun.(entry) -> {:cont, acc}
          acc + 1 == limit -> {:halt, limit}
          true -> {:cont, acc + 1}
        end
      end),
      1
    )
  end

  @doc """
  Returns a map from each distinct element to how often it occurs.

      iex> Enum.frequencies(~w(ant bee ant))
      %{"ant" => 2, "bee" => 1}
  """
  @spec frequencies(t) :: map
  def frequencies(enumerable), do: reduce(enumerable, %{}, &tally/2)

  @doc """
  Returns a map from each distinct result of `key_fun` to how often it occurs.

      iex> Enum.frequencies_by(~w(aa aA bb), &String.downcase/1)
      %{"aa" => 2, "bb" => 1}
  """
  @spec frequencies_by(t, (element -> any)) :: map
  def frequencies_by(enumerable, key_fun) when is_function(key_fun) do
    reduce(enumerable, %{}, fn entry, acc -> tally(key_fun.(entry), acc) end)
  end

  defp tally(key, counts) do
    case counts do
      %{^key => count} -> %{counts | key => count + 1}
      _ -> :maps.put(key, 1, counts)
    end
  end

  ## Folding

  @doc """
  Combines the elements with `fun`, starting with the first one as the accumulator.

      iex> Enum.reduce([1, 2, 3, 4], fn x, acc -> x * acc end)
      24
  """
  @spec reduce(t, (element, acc -> acc)) :: acc
  def reduce(enumerable, fun)

  def reduce([head | tail], fun), do: reduce_list(tail, head, fun)
  def reduce([], _fun), do: raise(Enum.EmptyError)

  def reduce(enumerable, fun) do
    case Enumerable.reduce(enumerable, {:cont, []}, fn
           entry, [acc] -> {:cont, [fun.(entry, acc)]}
           entry, [] -> {:cont, [entry]}
         end) do
      {_, [acc]} -> acc
      {_, []} -> raise Enum.EmptyError
    end
  end

  @doc """
  Combines the elements with `fun`, starting with `acc`.

      iex> Enum.reduce([1, 2, 3], 10, fn x, acc -> x + acc end)
      16
  """
  @spec reduce(t, acc, (element, acc -> acc)) :: acc
  def reduce(enumerable, acc, fun)

  def reduce(enumerable, acc, fun) when is_list(enumerable), do: reduce_list(enumerable, acc, fun)

  def reduce(first..last//step, acc, fun) do
    if step > 0,
      do: reduce_up(first, last, step, acc, fun),
      else: reduce_down(first, last, step, acc, fun)
  end

  def reduce(enumerable, acc, fun) when is_plain_map(enumerable),
    do: reduce_list(:maps.to_list(enumerable), acc, fun)

  def reduce(enumerable, acc, fun) do
    elem(Enumerable.reduce(enumerable, {:cont, acc}, fn x, acc -> {:cont, fun.(x, acc)} end), 1)
  end

  defp reduce_list([head | tail], acc, fun), do: reduce_list(tail, fun.(head, acc), fun)
  defp reduce_list([], acc, _fun), do: acc

  defp reduce_up(first, last, step, acc, fun) when first <= last,
    do: reduce_up(first + step, last, step, fun.(first, acc), fun)

  defp reduce_up(_first, _last, _step, acc, _fun), do: acc

  defp reduce_down(first, last, step, acc, fun) when first >= last,
    do: reduce_down(first + step, last, step, fun.(first, acc), fun)

  defp reduce_down(_first, _last, _step, acc, _fun), do: acc

  @doc """
  Like `reduce/3`, but `fun` returns `{:cont, acc}` to go on or `{:halt, acc}` to stop.

      iex> Enum.reduce_while(1..100, 0, fn
      ...>   x, acc when x < 4 -> {:cont, acc + x}
      ...>   _, acc -> {:halt, acc}
      ...> end)
      6
  """
  @spec reduce_while(t, any, (element, any -> {:cont, any} | {:halt, any})) :: any
  def reduce_while(enumerable, acc, fun) when is_list(enumerable),
    do: reduce_while_list(enumerable, acc, fun)

  def reduce_while(enumerable, acc, fun),
    do: elem(Enumerable.reduce(enumerable, {:cont, acc}, fun), 1)

  defp reduce_while_list([head | tail], acc, fun) do
    case fun.(head, acc) do
      {:cont, acc} -> reduce_while_list(tail, acc, fun)
      {:halt, acc} -> acc
    end
  end

  defp reduce_while_list([], acc, _fun), do: acc

  @doc """
  Maps and reduces in one walk: `fun` returns `{mapped, acc}`.

      iex> Enum.map_reduce([1, 2, 3], 0, fn x, acc -> {x * 2, x + acc} end)
      {[2, 4, 6], 6}
  """
  @spec map_reduce(t, acc, (element, acc -> {element, acc})) :: {list, acc}
  def map_reduce(enumerable, acc, fun) when is_list(enumerable),
    do: map_reduce_list(enumerable, acc, fun, [])

  def map_reduce(enumerable, acc, fun) do
    {list, acc} =
      reduce(enumerable, {[], acc}, fn entry, {list, acc} ->
        {mapped, acc} = fun.(entry, acc)
        {[mapped | list], acc}
      end)

    {:lists.reverse(list), acc}
  end

  defp map_reduce_list([head | tail], acc, fun, mapped) do
    {entry, acc} = fun.(head, acc)
    map_reduce_list(tail, acc, fun, [entry | mapped])
  end

  defp map_reduce_list([], acc, _fun, mapped), do: {:lists.reverse(mapped), acc}

  @doc """
  Maps each element to an enumerable and an accumulator; the enumerables are joined.

  `fun` may return `{:halt, acc}` to stop.

      iex> Enum.flat_map_reduce(1..9, 0, fn x, acc ->
      ...>   if acc < 2, do: {[x, x], acc + 1}, else: {:halt, acc}
      ...> end)
      {[1, 1, 2, 2], 2}
  """
  @spec flat_map_reduce(t, acc, (element, acc -> {t, acc} | {:halt, acc})) :: {[any], any}
  def flat_map_reduce(enumerable, acc, fun) do
    {_, {list, acc}} =
      Enumerable.reduce(enumerable, {:cont, {[], acc}}, fn entry, {list, acc} ->
        case fun.(entry, acc) do
          {:halt, acc} -> {:halt, {list, acc}}
          {entries, acc} -> {:cont, {reverse(entries, list), acc}}
        end
      end)

    {:lists.reverse(list), acc}
  end

  @doc """
  Returns the list of all intermediate accumulators, the first element being the first one.

      iex> Enum.scan([1, 2, 3], fn x, acc -> x + acc end)
      [1, 3, 6]
  """
  @spec scan(t, (element, any -> any)) :: list
  def scan(enumerable, fun) do
    case to_list(enumerable) do
      [] -> []
      [head | tail] -> [head | scan_list(tail, head, fun)]
    end
  end

  @doc """
  Returns the list of all intermediate accumulators, starting with `acc` (which is not in it).

      iex> Enum.scan([1, 2, 3], 10, fn x, acc -> x + acc end)
      [11, 13, 16]
  """
  @spec scan(t, any, (element, any -> any)) :: list
  def scan(enumerable, acc, fun), do: scan_list(to_list(enumerable), acc, fun)

  defp scan_list([head | tail], acc, fun) do
    acc = fun.(head, acc)
    [acc | scan_list(tail, acc, fun)]
  end

  defp scan_list([], _acc, _fun), do: []

  @doc """
  Returns the sum of the elements.

      iex> Enum.sum([1, 2.5])
      3.5
      iex> Enum.sum(1..4)
      10
  """
  @spec sum(t) :: number
  def sum(enumerable)
  def sum(enumerable) when is_list(enumerable), do: sum_list(enumerable, 0)

  def sum(first.._//step = range) do
    size = range_size(range)
    div(size * (first + first + (size - 1) * step), 2)
  end

  def sum(enumerable), do: reduce(enumerable, 0, &(&1 + &2))

  defp sum_list([head | tail], acc), do: sum_list(tail, head + acc)
  defp sum_list([], acc), do: acc

  @doc """
  Returns the sum of what `mapper` returns for each element.

      iex> Enum.sum_by([%{n: 1}, %{n: 2}], fn map -> map.n end)
      3
  """
  @spec sum_by(t, (element -> number)) :: number
  def sum_by(enumerable, mapper) when is_list(enumerable) and is_function(mapper, 1),
    do: sum_by_list(enumerable, mapper, 0)

  def sum_by(enumerable, mapper) when is_function(mapper, 1),
    do: reduce(enumerable, 0, fn entry, acc -> acc + mapper.(entry) end)

  defp sum_by_list([head | tail], mapper, acc), do: sum_by_list(tail, mapper, acc + mapper.(head))
  defp sum_by_list([], _mapper, acc), do: acc

  @doc """
  Returns the product of the elements.

      iex> Enum.product([2, 3, 4])
      24
      iex> Enum.product([])
      1
  """
  @spec product(t) :: number
  def product(enumerable)
  def product(enumerable) when is_list(enumerable), do: product_list(enumerable, 1)
  def product(enumerable), do: reduce(enumerable, 1, &(&1 * &2))

  defp product_list([head | tail], acc), do: product_list(tail, head * acc)
  defp product_list([], acc), do: acc

  @doc """
  Returns the product of what `mapper` returns for each element.

      iex> Enum.product_by([%{n: 2}, %{n: 4}], fn map -> map.n end)
      8
  """
  @spec product_by(t, (element -> number)) :: number
  def product_by(enumerable, mapper) when is_function(mapper, 1),
    do: reduce(enumerable, 1, fn entry, acc -> acc * mapper.(entry) end)

  ## Mapping

  @doc """
  Returns the list of what `fun` returns for each element.

      iex> Enum.map(1..3, fn x -> x * x end)
      [1, 4, 9]
  """
  @spec map(t, (element -> any)) :: list
  def map(enumerable, fun)
  def map(enumerable, fun) when is_list(enumerable), do: map_list(enumerable, fun)

  def map(first..last//step, fun) do
    if step > 0, do: map_up(first, last, step, fun), else: map_down(first, last, step, fun)
  end

  def map(enumerable, fun) when is_plain_map(enumerable),
    do: map_list(:maps.to_list(enumerable), fun)

  def map(enumerable, fun),
    do: :lists.reverse(reduce(enumerable, [], fn entry, acc -> [fun.(entry) | acc] end))

  # Four elements a frame: a deep stack is most of what a long list costs.
  defp map_list([a, b, c, d | tail], fun) do
    a = fun.(a)
    b = fun.(b)
    c = fun.(c)
    d = fun.(d)
    [a, b, c, d | map_list(tail, fun)]
  end

  defp map_list([head | tail], fun), do: [fun.(head) | map_list(tail, fun)]
  defp map_list([], _fun), do: []

  defp map_up(first, last, step, fun) when first + 3 * step <= last do
    a = fun.(first)
    b = fun.(first + step)
    c = fun.(first + 2 * step)
    d = fun.(first + 3 * step)
    [a, b, c, d | map_up(first + 4 * step, last, step, fun)]
  end

  defp map_up(first, last, step, fun) when first <= last,
    do: [fun.(first) | map_up(first + step, last, step, fun)]

  defp map_up(_first, _last, _step, _fun), do: []

  defp map_down(first, last, step, fun) when first >= last,
    do: [fun.(first) | map_down(first + step, last, step, fun)]

  defp map_down(_first, _last, _step, _fun), do: []

  @doc """
  Calls `fun` for each element, for what it does. Returns `:ok`.

      iex> Enum.each([1, 2], fn x -> send(self(), x) end)
      :ok
  """
  @spec each(t, (element -> any)) :: :ok
  def each(enumerable, fun) when is_list(enumerable), do: each_list(enumerable, fun)

  def each(enumerable, fun) do
    reduce(enumerable, :ok, fn entry, :ok ->
      fun.(entry)
      :ok
    end)
  end

  defp each_list([head | tail], fun) do
    fun.(head)
    each_list(tail, fun)
  end

  defp each_list([], _fun), do: :ok

  @doc """
  Maps every `nth` element, the first one included; the others stay.

      iex> Enum.map_every(1..5, 2, fn x -> x * 10 end)
      [10, 2, 30, 4, 50]
  """
  @spec map_every(t, non_neg_integer, (element -> any)) :: list
  def map_every(enumerable, nth, fun)
  def map_every(enumerable, 0, _fun), do: to_list(enumerable)
  def map_every(enumerable, 1, fun), do: map(enumerable, fun)

  def map_every(enumerable, nth, fun) when is_integer(nth) and nth > 1,
    do: map_every_list(to_list(enumerable), nth, 0, fun)

  defp map_every_list([head | tail], nth, 0, fun),
    do: [fun.(head) | map_every_list(tail, nth, nth - 1, fun)]

  defp map_every_list([head | tail], nth, skip, fun),
    do: [head | map_every_list(tail, nth, skip - 1, fun)]

  defp map_every_list([], _nth, _skip, _fun), do: []

  @doc """
  Maps each element to an enumerable and joins them.

      iex> Enum.flat_map([:a, :b], fn x -> [x, x] end)
      [:a, :a, :b, :b]
  """
  @spec flat_map(t, (element -> t)) :: list
  def flat_map(enumerable, fun) when is_list(enumerable), do: flat_map_list(enumerable, fun)

  def flat_map(enumerable, fun) do
    :lists.reverse(reduce(enumerable, [], fn entry, acc -> reverse(fun.(entry), acc) end))
  end

  defp flat_map_list([head | tail], fun) do
    case fun.(head) do
      # The common results are spelled out: they need no append.
      [] -> flat_map_list(tail, fun)
      [one] -> [one | flat_map_list(tail, fun)]
      [one, two] -> [one, two | flat_map_list(tail, fun)]
      list when is_list(list) -> list ++ flat_map_list(tail, fun)
      other -> to_list(other) ++ flat_map_list(tail, fun)
    end
  end

  defp flat_map_list([], _fun), do: []

  @doc """
  Returns the elements for which `fun` is truthy.

      iex> Enum.filter(1..6, fn x -> rem(x, 2) == 0 end)
      [2, 4, 6]
  """
  @spec filter(t, (element -> as_boolean(term))) :: list
  def filter(enumerable, fun) when is_list(enumerable), do: filter_list(enumerable, fun)

  def filter(enumerable, fun) when is_plain_map(enumerable),
    do: filter_list(:maps.to_list(enumerable), fun)

  def filter(enumerable, fun) do
    :lists.reverse(
      reduce(enumerable, [], fn entry, acc -> if fun.(entry), do: [entry | acc], else: acc end)
    )
  end

  defp filter_list([head | tail], fun) do
    if fun.(head), do: [head | filter_list(tail, fun)], else: filter_list(tail, fun)
  end

  defp filter_list([], _fun), do: []

  @doc """
  Returns the elements for which `fun` is falsy.

      iex> Enum.reject(1..6, fn x -> rem(x, 2) == 0 end)
      [1, 3, 5]
  """
  @spec reject(t, (element -> as_boolean(term))) :: list
  def reject(enumerable, fun) when is_list(enumerable), do: reject_list(enumerable, fun)

  def reject(enumerable, fun) do
    :lists.reverse(
      reduce(enumerable, [], fn entry, acc -> if fun.(entry), do: acc, else: [entry | acc] end)
    )
  end

  defp reject_list([head | tail], fun) do
    if fun.(head), do: reject_list(tail, fun), else: [head | reject_list(tail, fun)]
  end

  defp reject_list([], _fun), do: []

  @doc false
  @deprecated "Use Enum.filter/2 + Enum.map/2 or for comprehensions instead"
  def filter_map(enumerable, filter, mapper) when is_function(filter, 1) and is_function(mapper, 1),
    do: map_list(filter(enumerable, filter), mapper)

  @doc """
  Splits the elements into those for which `fun` is truthy and the others.

      iex> Enum.split_with(1..5, fn x -> x > 3 end)
      {[4, 5], [1, 2, 3]}
  """
  @spec split_with(t, (element -> as_boolean(term))) :: {list, list}
  def split_with(enumerable, fun) do
    {accepted, rejected} =
      reduce(enumerable, {[], []}, fn entry, {accepted, rejected} ->
        if fun.(entry), do: {[entry | accepted], rejected}, else: {accepted, [entry | rejected]}
      end)

    {:lists.reverse(accepted), :lists.reverse(rejected)}
  end

  @doc false
  @deprecated "Use Enum.split_with/2 instead"
  def partition(enumerable, fun), do: split_with(enumerable, fun)

  @doc """
  Pairs each element with its index, counted from an offset, or maps it with a function of both.

      iex> Enum.with_index([:a, :b])
      [a: 0, b: 1]
      iex> Enum.with_index([:a, :b], 5)
      [a: 5, b: 6]
      iex> Enum.with_index([:a, :b], fn x, i -> {i, x} end)
      [{0, :a}, {1, :b}]
  """
  @spec with_index(t, integer | (element, index -> any)) :: list
  def with_index(enumerable, fun_or_offset \\ 0)

  def with_index(enumerable, offset) when is_integer(offset),
    do: index_list(to_list(enumerable), offset)

  def with_index(enumerable, fun) when is_function(fun, 2),
    do: index_list(to_list(enumerable), 0, fun)

  defp index_list([a, b, c, d | tail], index),
    do: [{a, index}, {b, index + 1}, {c, index + 2}, {d, index + 3} | index_list(tail, index + 4)]

  defp index_list([head | tail], index), do: [{head, index} | index_list(tail, index + 1)]
  defp index_list([], _index), do: []

  defp index_list([head | tail], index, fun),
    do: [fun.(head, index) | index_list(tail, index + 1, fun)]

  defp index_list([], _index, _fun), do: []

  @doc """
  Puts `separator` between the elements.

      iex> Enum.intersperse([1, 2, 3], 0)
      [1, 0, 2, 0, 3]
  """
  @spec intersperse(t, element) :: list
  def intersperse(enumerable, separator) do
    case to_list(enumerable) do
      [] -> []
      [head | tail] -> [head | intersperse_list(tail, separator)]
    end
  end

  defp intersperse_list([head | tail], separator),
    do: [separator, head | intersperse_list(tail, separator)]

  defp intersperse_list([], _separator), do: []

  @doc """
  Maps the elements and puts `separator` between the results.

      iex> Enum.map_intersperse([1, 2, 3], :a, fn x -> x * 2 end)
      [2, :a, 4, :a, 6]
  """
  @spec map_intersperse(t, element, (element -> any)) :: list
  def map_intersperse(enumerable, separator, mapper) do
    case to_list(enumerable) do
      [] -> []
      [head | tail] -> [mapper.(head) | map_intersperse_list(tail, separator, mapper)]
    end
  end

  defp map_intersperse_list([head | tail], separator, mapper),
    do: [separator, mapper.(head) | map_intersperse_list(tail, separator, mapper)]

  defp map_intersperse_list([], _separator, _mapper), do: []

  @doc """
  Joins the elements, turned into strings, with `joiner` between them.

      iex> Enum.join([1, 2, :three], "-")
      "1-2-three"
  """
  @spec join(t, binary) :: binary
  def join(enumerable, joiner \\ "")

  def join(enumerable, joiner) when is_binary(joiner) do
    list = to_list(enumerable)

    case :phial_unicode.join(list, joiner) do
      false -> join_any(list, joiner)
      text -> text
    end
  end

  defp join_any([head | tail], joiner),
    do: :erlang.iolist_to_binary([entry_to_string(head) | join_list(tail, joiner)])

  defp join_list([head | tail], joiner), do: [joiner, entry_to_string(head) | join_list(tail, joiner)]
  defp join_list([], _joiner), do: []

  @doc """
  Maps the elements and joins the results, turned into strings.

      iex> Enum.map_join(1..3, ", ", fn x -> x * 2 end)
      "2, 4, 6"
  """
  @spec map_join(t, binary, (element -> String.Chars.t())) :: binary
  def map_join(enumerable, joiner \\ "", mapper) when is_binary(joiner) and is_function(mapper, 1) do
    join(enumerable |> to_list() |> map_entries(mapper), joiner)
  end

  # Strings, and what `join/2` turns into one without asking a protocol.
  defp map_entries([head | tail], mapper) do
    case mapper.(head) do
      entry when is_binary(entry) or is_integer(entry) or is_atom(entry) -> [entry | map_entries(tail, mapper)]
      entry -> [String.Chars.to_string(entry) | map_entries(tail, mapper)]
    end
  end

  defp map_entries([], _mapper), do: []

  defp entry_to_string(entry) when is_binary(entry), do: entry
  defp entry_to_string(entry) when is_integer(entry), do: :erlang.integer_to_binary(entry)
  defp entry_to_string(entry), do: String.Chars.to_string(entry)

  ## Conversion

  @doc """
  Turns the enumerable into a list.

      iex> Enum.to_list(1..3)
      [1, 2, 3]
  """
  @spec to_list(t) :: [element]
  def to_list(enumerable)
  def to_list(enumerable) when is_list(enumerable), do: enumerable
  def to_list(enumerable) when is_plain_map(enumerable), do: :maps.to_list(enumerable)

  def to_list(first.._//step = range) do
    case range_size(range) do
      0 -> []
      size -> range_to_list(first, first + (size - 1) * step, step, [])
    end
  end

  def to_list(enumerable) do
    {_, list} = Enumerable.reduce(enumerable, {:cont, []}, fn entry, acc -> {:cont, [entry | acc]} end)
    :lists.reverse(list)
  end

  defp range_to_list(first, first, _step, acc), do: [first | acc]

  defp range_to_list(first, current, step, acc),
    do: range_to_list(first, current - step, step, [current | acc])

  defp range_size(first..last//step) when step > 0 and first > last, do: 0
  defp range_size(first..last//step) when step < 0 and first < last, do: 0
  defp range_size(first..last//step), do: div(last - first, step) + 1

  @doc """
  Puts the elements into a collectable.

      iex> Enum.into([a: 1, b: 2], %{})
      %{a: 1, b: 2}
      iex> Enum.into(1..3, [])
      [1, 2, 3]
  """
  @spec into(t, Collectable.t()) :: Collectable.t()
  def into(enumerable, collectable)
  def into(enumerable, []), do: to_list(enumerable)

  def into(enumerable, collectable) when is_plain_map(collectable) do
    cond do
      is_list(enumerable) and map_size(collectable) == 0 ->
        :maps.from_list(enumerable)

      is_list(enumerable) ->
        into_map(enumerable, collectable)

      is_plain_map(enumerable) ->
        :maps.merge(collectable, enumerable)

      true ->
        into_map(to_list(enumerable), collectable)
    end
  end

  def into(enumerable, collectable) do
    collect(enumerable, collectable, fn collector ->
      fn entry, acc -> collector.(acc, {:cont, entry}) end
    end)
  end

  @doc """
  Puts the elements, mapped by `transform`, into a collectable.

      iex> Enum.into([1, 2], %{}, fn x -> {x, x * x} end)
      %{1 => 1, 2 => 4}
  """
  @spec into(t, Collectable.t(), (term -> term)) :: Collectable.t()
  def into(enumerable, collectable, transform)
  def into(enumerable, [], transform), do: map(enumerable, transform)

  def into(enumerable, collectable, transform) when is_plain_map(collectable) do
    reduce(enumerable, collectable, fn entry, acc ->
      {key, value} = transform.(entry)
      :maps.put(key, value, acc)
    end)
  end

  def into(enumerable, collectable, transform) do
    collect(enumerable, collectable, fn collector ->
      fn entry, acc -> collector.(acc, {:cont, transform.(entry)}) end
    end)
  end

  defp into_map([{key, value} | tail], map), do: into_map(tail, :maps.put(key, value, map))
  defp into_map([], map), do: map
  defp into_map(_other, _map), do: raise(ArgumentError)

  defp collect(enumerable, collectable, make_reducer) do
    {initial, collector} = Collectable.into(collectable)

    try do
      reduce(enumerable, initial, make_reducer.(collector))
    catch
      kind, reason ->
        collector.(initial, :halt)
        :erlang.raise(kind, reason, __STACKTRACE__)
    else
      acc -> collector.(acc, :done)
    end
  end

  @doc """
  Joins an enumerable of enumerables into one list.

      iex> Enum.concat([1..2, [3], %{a: 4}])
      [1, 2, 3, {:a, 4}]
  """
  @spec concat(t) :: t
  def concat(enumerables) when is_list(enumerables), do: concat_list(enumerables)

  def concat(enumerables),
    do: :lists.reverse(reduce(enumerables, [], fn entry, acc -> reverse(entry, acc) end))

  defp concat_list([head]), do: to_list(head)
  defp concat_list([head | tail]) when is_list(head), do: head ++ concat_list(tail)
  defp concat_list([head | tail]), do: to_list(head) ++ concat_list(tail)
  defp concat_list([]), do: []

  @doc """
  Joins two enumerables into one list.

      iex> Enum.concat(1..2, [3])
      [1, 2, 3]
  """
  @spec concat(t, t) :: t
  def concat(left, right), do: to_list(left) ++ to_list(right)

  @doc """
  Returns the elements in the opposite order.

      iex> Enum.reverse([1, 2, 3])
      [3, 2, 1]
  """
  @spec reverse(t) :: list
  def reverse(enumerable)
  def reverse(enumerable) when is_list(enumerable), do: :lists.reverse(enumerable)
  def reverse(enumerable), do: reduce(enumerable, [], &[&1 | &2])

  @doc """
  Reverses the enumerable and appends `tail`.

      iex> Enum.reverse([1, 2], [3, 4])
      [2, 1, 3, 4]
  """
  @spec reverse(t, t) :: list
  def reverse(enumerable, tail) when is_list(enumerable),
    do: :lists.reverse(enumerable, to_list(tail))

  def reverse(enumerable, tail), do: reduce(enumerable, to_list(tail), &[&1 | &2])

  @doc """
  Reverses `count` elements from `start_index` on; the others stay.

      iex> Enum.reverse_slice([1, 2, 3, 4, 5], 1, 3)
      [1, 4, 3, 2, 5]
  """
  @spec reverse_slice(t, non_neg_integer, non_neg_integer) :: list
  def reverse_slice(enumerable, start_index, count)
      when is_integer(start_index) and start_index >= 0 and is_integer(count) and count >= 0 do
    {front, rest} = Enum.Slices.take_reversed(to_list(enumerable), start_index, [])
    reverse_slice_list(rest, count, [], front)
  end

  defp reverse_slice_list([head | tail], count, acc, front) when count > 0,
    do: reverse_slice_list(tail, count - 1, [head | acc], front)

  defp reverse_slice_list(rest, _count, acc, front), do: :lists.reverse(front, acc ++ rest)

  ## Finding

  @doc """
  Returns the first element for which `fun` is truthy, else `default`.

      iex> Enum.find([2, 3, 4], fn x -> rem(x, 2) == 1 end)
      3
      iex> Enum.find([2, 4], :none, fn x -> rem(x, 2) == 1 end)
      :none
  """
  @spec find(t, default, (element -> any)) :: element | default
  def find(enumerable, default \\ nil, fun)

  def find(enumerable, default, fun) when is_list(enumerable),
    do: find_list(enumerable, default, fun)

  def find(enumerable, default, fun) do
    elem(
      Enumerable.reduce(enumerable, {:cont, default}, fn entry, default ->
        if fun.(entry), do: {:halt, entry}, else: {:cont, default}
      end),
      1
    )
  end

  defp find_list([head | tail], default, fun),
    do: if(fun.(head), do: head, else: find_list(tail, default, fun))

  defp find_list([], default, _fun), do: default

  @doc """
  Returns the index of the first element for which `fun` is truthy, or `nil`.

      iex> Enum.find_index([2, 3, 4], fn x -> rem(x, 2) == 1 end)
      1
  """
  @spec find_index(t, (element -> any)) :: non_neg_integer | nil
  def find_index(enumerable, fun) when is_list(enumerable),
    do: find_index_list(enumerable, 0, fun)

  def find_index(enumerable, fun) do
    result =
      Enumerable.reduce(enumerable, {:cont, {:not_found, 0}}, fn entry, {_, index} ->
        if fun.(entry), do: {:halt, {:found, index}}, else: {:cont, {:not_found, index + 1}}
      end)

    case elem(result, 1) do
      {:found, index} -> index
      {:not_found, _} -> nil
    end
  end

  defp find_index_list([head | tail], index, fun),
    do: if(fun.(head), do: index, else: find_index_list(tail, index + 1, fun))

  defp find_index_list([], _index, _fun), do: nil

  @doc """
  Returns the first truthy result of `fun`, else `default`.

      iex> Enum.find_value([2, 3, 4], fn x -> if x > 2, do: x * x end)
      9
  """
  @spec find_value(t, any, (element -> any)) :: any
  def find_value(enumerable, default \\ nil, fun)

  def find_value(enumerable, default, fun) when is_list(enumerable),
    do: find_value_list(enumerable, default, fun)

  def find_value(enumerable, default, fun) do
    elem(
      Enumerable.reduce(enumerable, {:cont, default}, fn entry, default ->
        value = fun.(entry)
        if value, do: {:halt, value}, else: {:cont, default}
      end),
      1
    )
  end

  defp find_value_list([head | tail], default, fun) do
    value = fun.(head)
    if value, do: value, else: find_value_list(tail, default, fun)
  end

  defp find_value_list([], default, _fun), do: default

  @doc """
  Returns the element at `index`, else `default`.

      iex> Enum.at([:a, :b, :c], -1)
      :c
      iex> Enum.at([:a], 4, :none)
      :none
  """
  @spec at(t, index, default) :: element | default
  def at(enumerable, index, default \\ nil) when is_integer(index) do
    case fetch(enumerable, index) do
      {:ok, element} -> element
      :error -> default
    end
  end

  @doc """
  Returns `{:ok, element}` for the element at `index`, else `:error`.

      iex> Enum.fetch([2, 4], 1)
      {:ok, 4}
      iex> Enum.fetch([2, 4], 2)
      :error
  """
  @spec fetch(t, index) :: {:ok, element} | :error
  def fetch(enumerable, index) when is_integer(index) do
    case enumerable do
      list when is_list(list) and index >= 0 -> fetch_list(list, index)
      list when is_list(list) -> fetch_from_end(list, index)
      _ -> Enum.Slices.fetch_enumerable(enumerable, index)
    end
  end

  defp fetch_list([head | _], 0), do: {:ok, head}
  defp fetch_list([_ | tail], index), do: fetch_list(tail, index - 1)
  defp fetch_list([], _index), do: :error

  defp fetch_from_end(list, index) do
    position = length(list) + index
    if position < 0, do: :error, else: fetch_list(list, position)
  end

  @doc """
  Returns the element at `index`; raises `Enum.OutOfBoundsError` if there is none.

      iex> Enum.fetch!([2, 4], 0)
      2
  """
  @spec fetch!(t, index) :: element
  def fetch!(enumerable, index) when is_integer(index) do
    case fetch(enumerable, index) do
      {:ok, element} -> element
      :error -> raise Enum.OutOfBoundsError
    end
  end

  ## Parts

  @doc """
  Returns the first `amount` elements, or the last ones if negative.

      iex> Enum.take([1, 2, 3], 2)
      [1, 2]
      iex> Enum.take([1, 2, 3], -2)
      [2, 3]
  """
  @spec take(t, integer) :: list
  def take(enumerable, amount)

  def take(enumerable, amount) when is_list(enumerable) and is_integer(amount) do
    if amount >= 0, do: take_list(enumerable, amount), else: last_list(enumerable, -amount)
  end

  def take(_enumerable, 0), do: []

  def take(enumerable, amount) when is_integer(amount) and amount > 0 do
    {_, {list, _}} =
      Enumerable.reduce(enumerable, {:cont, {[], amount}}, fn
        entry, {list, 1} -> {:halt, {[entry | list], 0}}
        entry, {list, remaining} -> {:cont, {[entry | list], remaining - 1}}
      end)

    :lists.reverse(list)
  end

  def take(enumerable, amount) when is_integer(amount) do
    case Enum.Slices.sliceable(enumerable) do
      {:ok, size, fun} ->
        taken = Kernel.min(size, -amount)
        if taken == 0, do: [], else: fun.(size - taken, taken, 1)

      {:list, list} ->
        last_list(list, -amount)

      :error ->
        last_list(to_list(enumerable), -amount)
    end
  end

  defp take_list([head | tail], amount) when amount > 0, do: [head | take_list(tail, amount - 1)]
  defp take_list(_list, _amount), do: []

  defp last_list(list, amount), do: drop_list(list, length(list) - amount)

  @doc """
  Drops the first `amount` elements, or the last ones if negative.

      iex> Enum.drop([1, 2, 3], 2)
      [3]
      iex> Enum.drop([1, 2, 3], -1)
      [1, 2]
  """
  @spec drop(t, integer) :: list
  def drop(enumerable, amount)

  def drop(enumerable, amount) when is_list(enumerable) and is_integer(amount) do
    if amount >= 0,
      do: drop_list(enumerable, amount),
      else: take_list(enumerable, length(enumerable) + amount)
  end

  def drop(enumerable, 0), do: to_list(enumerable)

  def drop(enumerable, amount) when is_integer(amount) do
    case Enum.Slices.sliceable(enumerable) do
      {:ok, size, fun} ->
        kept = size - abs(amount)

        cond do
          kept <= 0 -> []
          amount > 0 -> fun.(amount, kept, 1)
          true -> fun.(0, kept, 1)
        end

      {:list, list} ->
        drop(list, amount)

      :error when amount < 0 ->
        drop(to_list(enumerable), amount)

      :error ->
        {_, {list, _}} =
          Enumerable.reduce(enumerable, {:cont, {[], amount}}, fn
            entry, {list, 0} -> {:cont, {[entry | list], 0}}
            _, {list, remaining} -> {:cont, {list, remaining - 1}}
          end)

        :lists.reverse(list)
    end
  end

  defp drop_list([_ | tail], amount) when amount > 0, do: drop_list(tail, amount - 1)
  defp drop_list(list, _amount), do: list

  @doc """
  Returns every `nth` element, starting with the first.

      iex> Enum.take_every(1..9, 3)
      [1, 4, 7]
      iex> Enum.take_every(1..9, 0)
      []
  """
  @spec take_every(t, non_neg_integer) :: list
  def take_every(enumerable, nth)
  def take_every(_enumerable, 0), do: []
  def take_every(enumerable, 1), do: to_list(enumerable)

  def take_every(enumerable, nth) when is_integer(nth) and nth > 1,
    do: take_every_list(to_list(enumerable), nth)

  defp take_every_list([head | tail], nth), do: [head | take_every_list(drop_list(tail, nth - 1), nth)]
  defp take_every_list([], _nth), do: []

  @doc """
  Drops every `nth` element, starting with the first.

      iex> Enum.drop_every(1..6, 3)
      [2, 3, 5, 6]
  """
  @spec drop_every(t, non_neg_integer) :: list
  def drop_every(enumerable, nth)
  def drop_every(_enumerable, 1), do: []
  def drop_every(enumerable, 0), do: to_list(enumerable)
  def drop_every([], nth) when is_integer(nth) and nth > 1, do: []

  def drop_every(enumerable, nth) when is_integer(nth) and nth > 1,
    do: drop_every_list(to_list(enumerable), nth, 0)

  defp drop_every_list([_ | tail], nth, 0), do: drop_every_list(tail, nth, nth - 1)
  defp drop_every_list([head | tail], nth, keep), do: [head | drop_every_list(tail, nth, keep - 1)]
  defp drop_every_list([], _nth, _keep), do: []

  @doc """
  Returns the elements before the first one for which `fun` is falsy.

      iex> Enum.take_while([1, 2, 3, 1], fn x -> x < 3 end)
      [1, 2]
  """
  @spec take_while(t, (element -> as_boolean(term))) :: list
  def take_while(enumerable, fun) when is_list(enumerable), do: take_while_list(enumerable, fun)

  def take_while(enumerable, fun) do
    {_, list} =
      Enumerable.reduce(enumerable, {:cont, []}, fn entry, acc ->
        if fun.(entry), do: {:cont, [entry | acc]}, else: {:halt, acc}
      end)

    :lists.reverse(list)
  end

  defp take_while_list([head | tail], fun),
    do: if(fun.(head), do: [head | take_while_list(tail, fun)], else: [])

  defp take_while_list([], _fun), do: []

  @doc """
  Drops the elements before the first one for which `fun` is falsy.

      iex> Enum.drop_while([1, 2, 3, 1], fn x -> x < 3 end)
      [3, 1]
  """
  @spec drop_while(t, (element -> as_boolean(term))) :: list
  def drop_while(enumerable, fun), do: drop_while_list(to_list(enumerable), fun)

  defp drop_while_list([head | tail] = list, fun),
    do: if(fun.(head), do: drop_while_list(tail, fun), else: list)

  defp drop_while_list([], _fun), do: []

  @doc """
  Splits after `count` elements, counted from the end if negative.

      iex> Enum.split([1, 2, 3], 2)
      {[1, 2], [3]}
      iex> Enum.split([1, 2, 3], -1)
      {[1, 2], [3]}
  """
  @spec split(t, integer) :: {list, list}
  def split(enumerable, count) when is_integer(count) do
    list = to_list(enumerable)
    count = if count >= 0, do: count, else: length(list) + count
    {front, rest} = Enum.Slices.take_reversed(list, count, [])
    {:lists.reverse(front), rest}
  end

  @doc """
  Splits before the first element for which `fun` is falsy.

      iex> Enum.split_while([1, 2, 3, 1], fn x -> x < 3 end)
      {[1, 2], [3, 1]}
  """
  @spec split_while(t, (element -> as_boolean(term))) :: {list, list}
  def split_while(enumerable, fun), do: split_while_list(to_list(enumerable), fun, [])

  defp split_while_list([head | tail] = list, fun, acc) do
    if fun.(head),
      do: split_while_list(tail, fun, [head | acc]),
      else: {:lists.reverse(acc), list}
  end

  defp split_while_list([], _fun, acc), do: {:lists.reverse(acc), []}

  @doc """
  Returns the elements at the indexes of a range, whose negative limits count from the end.

      iex> Enum.slice([:a, :b, :c, :d], 1..2)
      [:b, :c]
      iex> Enum.slice([:a, :b, :c, :d], -2..-1)
      [:c, :d]
      iex> Enum.slice([:a, :b, :c, :d], 0..-1//2)
      [:a, :c]
  """
  @spec slice(t, Range.t()) :: list
  def slice(enumerable, first..last//step = range) do
    cond do
      step > 0 ->
        Enum.Slices.slice_limits(enumerable, first, last, step)

      step == -1 and first > last ->
        Enum.Slices.slice_limits(enumerable, first, last, 1)

      true ->
        raise ArgumentError,
              "Enum.slice/2 does not accept ranges with negative steps, got: #{inspect(range)}"
    end
  end

  @doc """
  Returns `amount` elements from `start_index` on, which counts from the end if negative.

      iex> Enum.slice([:a, :b, :c, :d], 1, 2)
      [:b, :c]
      iex> Enum.slice([:a, :b, :c, :d], -3, 2)
      [:b, :c]
  """
  @spec slice(t, index, non_neg_integer) :: list
  def slice(enumerable, start_index, amount)
      when is_integer(start_index) and is_integer(amount) and amount >= 0 do
    cond do
      amount == 0 ->
        []

      start_index >= 0 ->
        Enum.Slices.slice_from(enumerable, start_index, amount, 1)

      true ->
        {size, source} = Enum.Slices.size_and_source(enumerable)
        Enum.Slices.slice_sized(source, size, Kernel.max(size + start_index, 0), amount, 1)
    end
  end

  @doc """
  Moves the elements of a range of indexes (or of one index) to another place.

      iex> Enum.slide([:a, :b, :c, :d], 3, 0)
      [:d, :a, :b, :c]
      iex> Enum.slide([:a, :b, :c, :d, :e], 1..2, 3)
      [:a, :d, :b, :c, :e]
  """
  @spec slide(t, Range.t() | index, index) :: list
  def slide(enumerable, range_or_single_index, insertion_index)

  def slide(enumerable, single_index, insertion_index) when is_integer(single_index),
    do: slide(enumerable, single_index..single_index//1, insertion_index)

  def slide(_enumerable, _first.._last//step = range, _insertion_index) when step != 1 do
    raise ArgumentError, "Enum.slide/3 does not accept ranges with custom steps, got: #{inspect(range)}"
  end

  def slide(enumerable, first..last//_, insertion_index)
      when first < 0 or last < 0 or insertion_index < 0 do
    list = to_list(enumerable)
    size = length(list)

    Enum.Slices.slide_to(
      list,
      Kernel.max(Enum.Slices.from_end(first, size), 0),
      Enum.Slices.from_end(last, size),
      Enum.Slices.from_end(insertion_index, size)
    )
  end

  def slide(enumerable, first..last//_, insertion_index),
    do: Enum.Slices.slide_to(to_list(enumerable), first, last, insertion_index)

  ## Chunks

  @doc """
  Returns lists of `count` elements each; the last one may be shorter.

      iex> Enum.chunk_every(1..5, 2)
      [[1, 2], [3, 4], [5]]
  """
  @spec chunk_every(t, pos_integer) :: [list]
  def chunk_every(enumerable, count), do: chunk_every(enumerable, count, count, [])

  @doc """
  Returns lists of `count` elements, each starting `step` elements after the one before.

  An incomplete last list is filled from `leftover`, or dropped if that is `:discard`.

      iex> Enum.chunk_every(1..6, 3, 2, :discard)
      [[1, 2, 3], [3, 4, 5]]
      iex> Enum.chunk_every(1..4, 3, 3, [0, 0, 0])
      [[1, 2, 3], [4, 0, 0]]
  """
  @spec chunk_every(t, pos_integer, pos_integer, t | :discard) :: [list]
  def chunk_every(enumerable, count, step, leftover \\ [])
      when is_integer(count) and count > 0 and is_integer(step) and step > 0 do
    chunk_every_list(to_list(enumerable), count, step, leftover)
  end

  defp chunk_every_list([], _count, _step, _leftover), do: []

  defp chunk_every_list(list, count, step, leftover) do
    case take_chunk(list, count, []) do
      {chunk, 0, rest} ->
        rest = if step == count, do: rest, else: drop_list(list, step)
        [chunk | chunk_every_list(rest, count, step, leftover)]

      {_chunk, _missing, []} when leftover == :discard ->
        []

      {chunk, missing, []} ->
        [chunk ++ take(leftover, missing)]
    end
  end

  defp take_chunk([head | tail], missing, acc) when missing > 0,
    do: take_chunk(tail, missing - 1, [head | acc])

  defp take_chunk(rest, missing, acc), do: {:lists.reverse(acc), missing, rest}

  @doc false
  @deprecated "Use Enum.chunk_every/2 instead"
  def chunk(enumerable, count), do: chunk(enumerable, count, count, nil)

  @doc false
  @deprecated "Use Enum.chunk_every/3 instead"
  def chunk(enumerable, count, step), do: chunk(enumerable, count, step, nil)

  @doc false
  @deprecated "Use Enum.chunk_every/4 instead"
  def chunk(enumerable, count, step, leftover),
    do: chunk_every(enumerable, count, step, leftover || :discard)

  @doc """
  Starts a new list whenever the result of `fun` changes.

      iex> Enum.chunk_by([1, 3, 2, 4, 5], fn x -> rem(x, 2) end)
      [[1, 3], [2, 4], [5]]
  """
  @spec chunk_by(t, (element -> any)) :: [list]
  def chunk_by(enumerable, fun) do
    case to_list(enumerable) do
      [] -> []
      [head | tail] -> chunk_by_list(tail, fun, fun.(head), [head], [])
    end
  end

  defp chunk_by_list([head | tail], fun, key, chunk, done) do
    case fun.(head) do
      ^key -> chunk_by_list(tail, fun, key, [head | chunk], done)
      next -> chunk_by_list(tail, fun, next, [head], [:lists.reverse(chunk) | done])
    end
  end

  defp chunk_by_list([], _fun, _key, chunk, done), do: :lists.reverse(done, [:lists.reverse(chunk)])

  @doc """
  Makes chunks as `chunk_fun` decides.

  It gets an element and the accumulator, and returns `{:cont, chunk, acc}` to emit a chunk,
  `{:cont, acc}` to go on, or `{:halt, acc}` to stop. `after_fun` gets the last accumulator and
  returns `{:cont, chunk, acc}` or `{:cont, acc}`.

      iex> Enum.chunk_while(
      ...>   1..5,
      ...>   [],
      ...>   fn x, acc -> if rem(x, 2) == 0, do: {:cont, [x | acc], []}, else: {:cont, [x | acc]} end,
      ...>   fn acc -> {:cont, acc, []} end
      ...> )
      [[2, 1], [4, 3], [5]]
  """
  @spec chunk_while(
          t,
          acc,
          (element, acc -> {:cont, chunk, acc} | {:cont, acc} | {:halt, acc}),
          (acc -> {:cont, chunk, acc} | {:cont, acc})
        ) :: list
        when chunk: any
  def chunk_while(enumerable, acc, chunk_fun, after_fun) do
    {_, {chunks, acc}} =
      Enumerable.reduce(enumerable, {:cont, {[], acc}}, fn entry, {chunks, acc} ->
        case chunk_fun.(entry, acc) do
          {:cont, chunk, acc} -> {:cont, {[chunk | chunks], acc}}
          {:cont, acc} -> {:cont, {chunks, acc}}
          {:halt, acc} -> {:halt, {chunks, acc}}
        end
      end)

    case after_fun.(acc) do
      {:cont, _acc} -> :lists.reverse(chunks)
      {:cont, chunk, _acc} -> :lists.reverse(chunks, [chunk])
    end
  end

  ## Grouping and distinct elements

  @doc """
  Returns a map from each result of `key_fun` to the list of its elements, mapped by `value_fun`.

      iex> Enum.group_by(~w(ant bee cat), &String.length/1)
      %{3 => ["ant", "bee", "cat"]}
      iex> Enum.group_by(1..4, fn x -> rem(x, 2) end, fn x -> x * 10 end)
      %{0 => [20, 40], 1 => [10, 30]}
  """
  @spec group_by(t, (element -> any), (element -> any)) :: map
  def group_by(enumerable, key_fun, value_fun \\ fn x -> x end) when is_function(key_fun) do
    # Walked from the end, so that each group comes out in order.
    group_list(reverse(enumerable), key_fun, value_fun, %{})
  end

  defp group_list([head | tail], key_fun, value_fun, groups) do
    key = key_fun.(head)
    value = value_fun.(head)

    groups =
      case groups do
        %{^key => group} -> %{groups | key => [value | group]}
        _ -> :maps.put(key, [value], groups)
      end

    group_list(tail, key_fun, value_fun, groups)
  end

  defp group_list([], _key_fun, _value_fun, groups), do: groups

  @doc """
  Drops elements that are `===` to the one before them.

      iex> Enum.dedup([1, 1, 2, 1.0, 1.0])
      [1, 2, 1.0]
  """
  @spec dedup(t) :: list
  def dedup(enumerable) do
    case to_list(enumerable) do
      [] -> []
      [head | tail] -> [head | dedup_list(tail, head)]
    end
  end

  defp dedup_list([last | tail], last), do: dedup_list(tail, last)
  defp dedup_list([head | tail], _last), do: [head | dedup_list(tail, head)]
  defp dedup_list([], _last), do: []

  @doc """
  Drops elements for which `fun` returns the same as for the one before them.

      iex> Enum.dedup_by([{1, :a}, {2, :b}, {2, :c}], fn {n, _} -> n end)
      [{1, :a}, {2, :b}]
  """
  @spec dedup_by(t, (element -> term)) :: list
  def dedup_by(enumerable, fun) do
    case to_list(enumerable) do
      [] -> []
      [head | tail] -> [head | dedup_by_list(tail, fun, fun.(head))]
    end
  end

  defp dedup_by_list([head | tail], fun, last) do
    case fun.(head) do
      ^last -> dedup_by_list(tail, fun, last)
      key -> [head | dedup_by_list(tail, fun, key)]
    end
  end

  defp dedup_by_list([], _fun, _last), do: []

  @doc """
  Keeps the first of equal elements.

      iex> Enum.uniq([1, 2, 1, 3])
      [1, 2, 3]
  """
  @spec uniq(t) :: list
  def uniq(enumerable), do: :lists.uniq(to_list(enumerable))

  @doc """
  Keeps the first of the elements for which `fun` returns the same.

      iex> Enum.uniq_by([{1, :a}, {2, :b}, {1, :c}], fn {n, _} -> n end)
      [{1, :a}, {2, :b}]
  """
  @spec uniq_by(t, (element -> term)) :: list
  def uniq_by(enumerable, fun), do: uniq_by_list(to_list(enumerable), fun, %{}, [])

  defp uniq_by_list([head | tail], fun, seen, kept) do
    key = fun.(head)

    case seen do
      %{^key => _} -> uniq_by_list(tail, fun, seen, kept)
      _ -> uniq_by_list(tail, fun, :maps.put(key, true, seen), [head | kept])
    end
  end

  defp uniq_by_list([], _fun, _seen, kept), do: :lists.reverse(kept)

  @doc false
  @deprecated "Use Enum.uniq_by/2 instead"
  def uniq(enumerable, fun), do: uniq_by(enumerable, fun)

  ## Sorting

  @doc """
  Sorts in the order of terms. Equal elements keep their order.

      iex> Enum.sort([3, 1, 2])
      [1, 2, 3]
  """
  @spec sort(t) :: list
  def sort(enumerable), do: :lists.sort(to_list(enumerable))

  @doc """
  Sorts by `:asc`, `:desc`, a module with `compare/2`, `{:asc | :desc, module}`, or a function that
  tells whether its first argument goes before its second or is equal.

      iex> Enum.sort([3, 1, 2], :desc)
      [3, 2, 1]
      iex> Enum.sort([~D[2024-05-01], ~D[2023-09-09]], Date)
      [~D[2023-09-09], ~D[2024-05-01]]
      iex> Enum.sort(["ccc", "a", "bb"], &(byte_size(&1) <= byte_size(&2)))
      ["a", "bb", "ccc"]
  """
  @spec sort(t, (element, element -> boolean) | :asc | :desc | module | {:asc | :desc, module}) ::
          list
  def sort(enumerable, sorter)
  def sort(enumerable, :asc), do: sort(enumerable)

  # Both reversals together keep equal elements in their order.
  def sort(enumerable, :desc), do: :lists.reverse(:lists.sort(reverse(enumerable)))
  def sort(enumerable, sorter), do: :lists.sort(sort_fun(sorter), to_list(enumerable))

  defp sort_fun(sorter) when is_function(sorter, 2), do: sorter
  defp sort_fun(:asc), do: &<=/2
  defp sort_fun(:desc), do: &>=/2
  defp sort_fun(module) when is_atom(module), do: &(module.compare(&1, &2) != :gt)
  defp sort_fun({:asc, module}) when is_atom(module), do: &(module.compare(&1, &2) != :gt)
  defp sort_fun({:desc, module}) when is_atom(module), do: &(module.compare(&1, &2) != :lt)

  @doc """
  Sorts by the results of `mapper`, which is called once for each element.

      iex> Enum.sort_by(["ccc", "a", "bb"], &byte_size/1)
      ["a", "bb", "ccc"]
      iex> Enum.sort_by(["ccc", "a", "bb"], &byte_size/1, :desc)
      ["ccc", "bb", "a"]
  """
  @spec sort_by(
          t,
          (element -> mapped),
          (element, element -> boolean) | :asc | :desc | module | {:asc | :desc, module}
        ) :: list
        when mapped: element
  def sort_by(enumerable, mapper, sorter \\ :asc)

  # The index settles ties, so that the native sort is stable and never looks at the element.
  def sort_by(enumerable, mapper, :asc) do
    enumerable |> keyed(mapper, 0, 1) |> :lists.sort() |> unkeyed()
  end

  def sort_by(enumerable, mapper, :desc) do
    enumerable |> keyed(mapper, 0, -1) |> :lists.sort() |> unkeyed_reversed([])
  end

  def sort_by(enumerable, mapper, sorter) do
    fun = sort_fun(sorter)

    enumerable
    |> map(fn entry -> {mapper.(entry), entry} end)
    |> then(&:lists.sort(fn left, right -> fun.(elem(left, 0), elem(right, 0)) end, &1))
    |> unpaired()
  end

  defp keyed(enumerable, mapper, index, step), do: keyed_list(to_list(enumerable), mapper, index, step)

  defp keyed_list([head | tail], mapper, index, step),
    do: [{mapper.(head), index, head} | keyed_list(tail, mapper, index + step, step)]

  defp keyed_list([], _mapper, _index, _step), do: []

  defp unkeyed([{_, _, entry} | tail]), do: [entry | unkeyed(tail)]
  defp unkeyed([]), do: []

  defp unkeyed_reversed([{_, _, entry} | tail], acc), do: unkeyed_reversed(tail, [entry | acc])
  defp unkeyed_reversed([], acc), do: acc

  defp unpaired([{_, entry} | tail]), do: [entry | unpaired(tail)]
  defp unpaired([]), do: []

  ## Extremes

  @doc """
  Returns the largest element, the first of them if several are equal.

  `sorter` is a function, or a module with `compare/2`. An empty enumerable gives the result of
  `empty_fallback`, by default `Enum.EmptyError`.

      iex> Enum.max([1, 3, 2])
      3
      iex> Enum.max([~D[2024-05-01], ~D[2023-09-09]], Date)
      ~D[2024-05-01]
      iex> Enum.max([], fn -> 0 end)
      0
  """
  @spec max(t, (element, element -> boolean) | module, (-> empty)) :: element | empty
        when empty: any
  def max(enumerable, sorter \\ &>=/2, empty_fallback \\ fn -> raise Enum.EmptyError end)

  def max(enumerable, empty_fallback, _) when is_function(empty_fallback, 0),
    do: Enum.Extremes.extreme(enumerable, &>=/2, empty_fallback)

  def max(enumerable, sorter, empty_fallback) when is_function(empty_fallback, 0),
    do: Enum.Extremes.extreme(enumerable, Enum.Extremes.max_fun(sorter), empty_fallback)

  @doc """
  Returns the smallest element; the counterpart of `max/3`.

      iex> Enum.min([2, 1, 3])
      1
      iex> Enum.min([], fn -> 0 end)
      0
  """
  @spec min(t, (element, element -> boolean) | module, (-> empty)) :: element | empty
        when empty: any
  def min(enumerable, sorter \\ &<=/2, empty_fallback \\ fn -> raise Enum.EmptyError end)

  def min(enumerable, empty_fallback, _) when is_function(empty_fallback, 0),
    do: Enum.Extremes.extreme(enumerable, &<=/2, empty_fallback)

  def min(enumerable, sorter, empty_fallback) when is_function(empty_fallback, 0),
    do: Enum.Extremes.extreme(enumerable, Enum.Extremes.min_fun(sorter), empty_fallback)

  @doc """
  Returns the first element with the largest result of `fun`.

      iex> Enum.max_by(["a", "ccc", "bb"], &byte_size/1)
      "ccc"
      iex> Enum.max_by([], &byte_size/1, fn -> nil end)
      nil
  """
  @spec max_by(t, (element -> any), (element, element -> boolean) | module, (-> empty)) ::
          element | empty
        when empty: any
  def max_by(enumerable, fun, sorter \\ &>=/2, empty_fallback \\ fn -> raise Enum.EmptyError end)

  def max_by(enumerable, fun, empty_fallback, _)
      when is_function(fun, 1) and is_function(empty_fallback, 0),
      do: Enum.Extremes.extreme_by(enumerable, fun, &>=/2, empty_fallback)

  def max_by(enumerable, fun, sorter, empty_fallback) when is_function(fun, 1),
    do: Enum.Extremes.extreme_by(enumerable, fun, Enum.Extremes.max_fun(sorter), empty_fallback)

  @doc """
  Returns the first element with the smallest result of `fun`.

      iex> Enum.min_by(["ccc", "a", "bb"], &byte_size/1)
      "a"
  """
  @spec min_by(t, (element -> any), (element, element -> boolean) | module, (-> empty)) ::
          element | empty
        when empty: any
  def min_by(enumerable, fun, sorter \\ &<=/2, empty_fallback \\ fn -> raise Enum.EmptyError end)

  def min_by(enumerable, fun, empty_fallback, _)
      when is_function(fun, 1) and is_function(empty_fallback, 0),
      do: Enum.Extremes.extreme_by(enumerable, fun, &<=/2, empty_fallback)

  def min_by(enumerable, fun, sorter, empty_fallback) when is_function(fun, 1),
    do: Enum.Extremes.extreme_by(enumerable, fun, Enum.Extremes.min_fun(sorter), empty_fallback)

  @doc """
  Returns `{smallest, largest}`.

      iex> Enum.min_max([2, 3, 1])
      {1, 3}
      iex> Enum.min_max([], fn -> {nil, nil} end)
      {nil, nil}
  """
  @spec min_max(t, (-> empty)) :: {element, element} | empty when empty: any
  def min_max(enumerable, empty_fallback \\ fn -> raise Enum.EmptyError end)
      when is_function(empty_fallback, 0) do
    case enumerable do
      first.._//step = range ->
        case range_size(range) do
          0 -> empty_fallback.()
          size when step > 0 -> {first, first + (size - 1) * step}
          size -> {first + (size - 1) * step, first}
        end

      _ ->
        case to_list(enumerable) do
          [] -> empty_fallback.()
          [head | tail] -> Enum.Extremes.min_max_list(tail, head, head)
        end
    end
  end

  @doc """
  Returns the elements with the smallest and the largest result of `fun`.

      iex> Enum.min_max_by(["aaa", "bb", "c"], &byte_size/1)
      {"c", "aaa"}
  """
  @spec min_max_by(t, (element -> any), (element, element -> boolean) | module, (-> empty)) ::
          {element, element} | empty
        when empty: any
  def min_max_by(
        enumerable,
        fun,
        sorter_or_empty_fallback \\ &</2,
        empty_fallback \\ fn -> raise Enum.EmptyError end
      )

  def min_max_by(enumerable, fun, empty_fallback, _)
      when is_function(fun, 1) and is_function(empty_fallback, 0),
      do: min_max_by(enumerable, fun, &</2, empty_fallback)

  def min_max_by(enumerable, fun, module, empty_fallback)
      when is_function(fun, 1) and is_atom(module) and is_function(empty_fallback, 0),
      do: min_max_by(enumerable, fun, &(module.compare(&1, &2) == :lt), empty_fallback)

  def min_max_by(enumerable, fun, before?, empty_fallback)
      when is_function(fun, 1) and is_function(before?, 2) and is_function(empty_fallback, 0) do
    case to_list(enumerable) do
      [] ->
        empty_fallback.()

      [head | tail] ->
        entry = {fun.(head), head}
        Enum.Extremes.min_max_by_list(tail, entry, entry, fun, before?)
    end
  end

  ## Zipping

  @doc """
  Zips the elements of several enumerables into tuples, as many as the shortest has.

      iex> Enum.zip([[1, 2, 3], [:a, :b], ["x", "y"]])
      [{1, :a, "x"}, {2, :b, "y"}]
  """
  @spec zip([t] | t) :: [tuple]
  def zip(enumerables)
  def zip([]), do: []
  def zip([left, right]), do: zip(left, right)
  def zip(enumerables), do: zip_with(enumerables, &:erlang.list_to_tuple/1)

  @doc """
  Zips the elements of two enumerables.

      iex> Enum.zip([1, 2, 3], [:a, :b])
      [{1, :a}, {2, :b}]
  """
  @spec zip(t, t) :: [{any, any}]
  def zip(left, right) when is_list(left) and is_list(right), do: zip_list(left, right)
  def zip(left, right), do: zip_with(left, right, &{&1, &2})

  defp zip_list([a, b, c, d | left], [e, f, g, h | right]),
    do: [{a, e}, {b, f}, {c, g}, {d, h} | zip_list(left, right)]

  defp zip_list([left | left_tail], [right | right_tail]),
    do: [{left, right} | zip_list(left_tail, right_tail)]

  defp zip_list(_left, _right), do: []

  @doc """
  Zips several enumerables, mapping each list of elements with `zip_fun`.

      iex> Enum.zip_with([[1, 2], [3, 4], [5, 6]], fn [x, y, z] -> x + y + z end)
      [9, 12]
  """
  @spec zip_with(t, ([term] -> term)) :: [term]
  def zip_with(enumerables, zip_fun)
  def zip_with([], _zip_fun), do: []
  def zip_with([left, right], zip_fun), do: zip_with(left, right, &zip_fun.([&1, &2]))

  def zip_with(enumerables, zip_fun) do
    :lists.reverse(zip_reduce(enumerables, [], &[zip_fun.(&1) | &2]))
  end

  @doc """
  Zips two enumerables, mapping each pair with `zip_fun`.

      iex> Enum.zip_with([1, 2], [3, 4], fn x, y -> x + y end)
      [4, 6]
  """
  @spec zip_with(t, t, (term, term -> term)) :: [term]
  def zip_with(left, right, zip_fun) when is_list(left) and is_list(right),
    do: zip_with_list(left, right, zip_fun)

  def zip_with(left, right, zip_fun),
    do: :lists.reverse(zip_reduce(left, right, [], &[zip_fun.(&1, &2) | &3]))

  defp zip_with_list([left | left_tail], [right | right_tail], zip_fun),
    do: [zip_fun.(left, right) | zip_with_list(left_tail, right_tail, zip_fun)]

  defp zip_with_list(_left, _right, _zip_fun), do: []

  @doc """
  Folds over two enumerables at once, as far as the shorter one goes.

      iex> Enum.zip_reduce([1, 2], [10, 20], 0, fn x, y, acc -> x * y + acc end)
      50
  """
  @spec zip_reduce(t, t, acc, (term, term, acc -> acc)) :: acc
  def zip_reduce(left, right, acc, reducer) when is_function(reducer, 3) do
    case {as_list(left), as_list(right)} do
      {nil, nil} ->
        Enum.Zips.zip_stream([left, right], acc, fn [x, y], acc -> reducer.(x, y, acc) end)

      {nil, list} ->
        Enum.Zips.zip_walk(left, list, acc, reducer)

      {list, nil} ->
        Enum.Zips.zip_walk(right, list, acc, fn y, x, acc -> reducer.(x, y, acc) end)

      {left, right} ->
        Enum.Zips.zip_reduce_list(left, right, acc, reducer)
    end
  end

  @doc """
  Folds over several enumerables at once; `reducer` gets the list of their elements.

      iex> Enum.zip_reduce([[1, 2], [3, 4]], [], fn elements, acc -> [Enum.sum(elements) | acc] end)
      [6, 4]
  """
  @spec zip_reduce(t, acc, ([term], acc -> acc)) :: acc
  def zip_reduce(enumerables, acc, reducer) when is_function(reducer, 2) do
    enumerables = to_list(enumerables)
    lists = map_list(enumerables, &as_list/1)

    cond do
      enumerables == [] -> acc
      :lists.member(nil, lists) -> Enum.Zips.zip_stream(enumerables, acc, reducer)
      true -> Enum.Zips.zip_reduce_lists(lists, acc, reducer)
    end
  end

  defp as_list(enumerable) when is_list(enumerable), do: enumerable
  defp as_list(enumerable) when is_plain_map(enumerable), do: :maps.to_list(enumerable)
  defp as_list(_enumerable), do: nil

  @doc """
  Splits pairs into the list of their first and the list of their second elements.

      iex> Enum.unzip([{1, :a}, {2, :b}])
      {[1, 2], [:a, :b]}
  """
  @spec unzip(t) :: {list, list}
  def unzip(enumerable), do: unzip_reversed(reverse(enumerable), [], [])

  defp unzip_reversed([{left, right} | tail], lefts, rights),
    do: unzip_reversed(tail, [left | lefts], [right | rights])

  defp unzip_reversed([], lefts, rights), do: {lefts, rights}

  ## Chance

  @doc """
  Returns a random element, with Erlang's `:rand`; raises `Enum.EmptyError` if there is none.

      iex> Enum.random([7])
      7
      iex> Enum.random(1..6) in 1..6
      true
  """
  @spec random(t) :: element
  def random(enumerable)

  def random(first.._//step = range) do
    case range_size(range) do
      0 -> raise Enum.EmptyError
      size -> first + Enum.Chance.random_index(size) * step
    end
  end

  def random(enumerable) do
    case if(is_list(enumerable), do: {:list, enumerable}, else: Enum.Slices.sliceable(enumerable)) do
      {:list, [_ | _] = list} ->
        {:ok, element} = fetch_list(list, Enum.Chance.random_index(length(list)))
        element

      {:ok, size, fun} when size > 0 ->
        [element] = fun.(Enum.Chance.random_index(size), 1, 1)
        element

      :error ->
        case take_random(enumerable, 1) do
          [element] -> element
          [] -> raise Enum.EmptyError
        end

      _empty ->
        raise Enum.EmptyError
    end
  end

  @doc """
  Returns the elements in a random order.

      iex> Enum.sort(Enum.shuffle([1, 2, 3]))
      [1, 2, 3]
  """
  @spec shuffle(t) :: list
  def shuffle(enumerable) do
    list = to_list(enumerable)
    elements = :erlang.list_to_tuple(list)
    size = tuple_size(elements)

    # A random number and an index share each key, a small integer, which sorts fast.
    unit = Enum.Chance.power_of_two(size, 1)
    keys = :lists.sort(Enum.Chance.random_keys(size, unit, div(0x400000000000000, unit) * 1.0))
    Enum.Chance.shuffled(keys, unit, elements)
  end

  @doc """
  Returns `count` elements taken at random, each at most once.

      iex> Enum.take_random([7], 3)
      [7]
      iex> length(Enum.take_random(1..100, 3))
      3
  """
  @spec take_random(t, non_neg_integer) :: list
  def take_random(enumerable, count)
  def take_random(_enumerable, 0), do: []

  def take_random(enumerable, count) when is_integer(count) and count > 0 do
    # Reservoir sampling: one walk, whatever the size; the reservoir is a map from 0 to count - 1.
    {size, sample} =
      reduce(enumerable, {0, %{}}, fn entry, {index, sample} ->
        place = Enum.Chance.random_index(index + 1)

        cond do
          index < count and place == index ->
            {index + 1, :maps.put(index, entry, sample)}

          index < count ->
            moved = :maps.get(place, sample)
            {index + 1, :maps.put(index, moved, %{sample | place => entry})}

          place < count ->
            {index + 1, %{sample | place => entry}}

          true ->
            {index + 1, sample}
        end
      end)

    Enum.Chance.sampled(sample, Kernel.min(size, count) - 1, [])
  end
end
