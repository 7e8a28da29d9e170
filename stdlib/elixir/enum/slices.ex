# Parts of enumerables by position: what of an enumerable can be had without walking all of it.

defmodule Enum.Slices do
  @moduledoc false

  def fetch_enumerable(enumerable, index) do
    case sliceable(enumerable) do
      {:ok, size, fun} ->
        position = if index < 0, do: size + index, else: index

        if position >= 0 and position < size do
          [element] = fun.(position, 1, 1)
          {:ok, element}
        else
          :error
        end

      {:list, list} ->
        Enum.fetch(list, index)

      :error when index < 0 ->
        Enum.fetch(Enum.to_list(enumerable), index)

      :error ->
        result =
          Enumerable.reduce(enumerable, {:cont, index}, fn
            entry, 0 -> {:halt, {:ok, entry}}
            _, remaining -> {:cont, remaining - 1}
          end)

        case elem(result, 1) do
          {:ok, element} -> {:ok, element}
          _ -> :error
        end
    end
  end

  # How parts of a non-list can be had without a walk: by a slicing function or as a list.
  def sliceable(enumerable) do
    case Enumerable.slice(enumerable) do
      {:ok, size, fun} when is_function(fun, 3) ->
        {:ok, size, fun}

      {:ok, _size, fun} when is_function(fun, 1) ->
        {:list, fun.(enumerable)}

      # The form that implementations older than the step argument return.
      {:ok, size, fun} when is_function(fun, 2) ->
        {:ok, size,
         fn
           start, length, 1 -> fun.(start, length)
           start, length, step -> Enum.take_every(fun.(start, (length - 1) * step + 1), step)
         end}

      {:error, _module} ->
        :error
    end
  end

  # Moves up to `amount` elements onto `acc`.
  def take_reversed([head | tail], amount, acc) when amount > 0,
    do: take_reversed(tail, amount - 1, [head | acc])

  def take_reversed(rest, _amount, acc), do: {acc, rest}

  def slice_limits(enumerable, first, last, step) when first >= 0 and last >= 0 do
    slice_from(enumerable, first, last - first + 1, step)
  end

  def slice_limits(enumerable, first, last, step) do
    {size, sliceable} = size_and_source(enumerable)
    first = if first >= 0, do: first, else: Kernel.max(size + first, 0)
    last = if last >= 0, do: last, else: size + last
    slice_sized(sliceable, size, first, last - first + 1, step)
  end

  # `amount` counts the elements spanned, of which every `step`th is taken.
  def slice_from(_enumerable, _start, amount, _step) when amount <= 0, do: []

  def slice_from(enumerable, start, amount, step) when is_list(enumerable),
    do: enumerable |> Enum.drop(start) |> take_stepped(amount, step)

  def slice_from(enumerable, start, amount, step) do
    case sliceable(enumerable) do
      {:ok, size, fun} ->
        slice_sized(fun, size, start, amount, step)

      {:list, list} ->
        slice_from(list, start, amount, step)

      :error ->
        {_, {list, _, _}} =
          Enumerable.reduce(enumerable, {:cont, {[], start, amount}}, fn
            _, {list, skip, left} when skip > 0 -> {:cont, {list, skip - 1, left}}
            entry, {list, 0, 1} -> {:halt, {[entry | list], 0, 0}}
            entry, {list, 0, left} -> {:cont, {[entry | list], 0, left - 1}}
          end)

        Enum.take_every(:lists.reverse(list), step)
    end
  end

  def slice_sized(_source, size, start, amount, _step) when start >= size or amount <= 0, do: []

  def slice_sized(list, _size, start, amount, step) when is_list(list),
    do: slice_from(list, start, amount, step)

  def slice_sized(fun, size, start, amount, step) do
    span = Kernel.min(amount, size - start)
    fun.(start, div(span - 1, step) + 1, step)
  end

  def size_and_source(list) when is_list(list), do: {length(list), list}

  def size_and_source(enumerable) do
    case sliceable(enumerable) do
      {:ok, size, fun} -> {size, fun}
      {:list, list} -> {length(list), list}
      :error -> size_and_source(Enum.to_list(enumerable))
    end
  end

  defp take_stepped(list, amount, 1), do: Enum.take(list, amount)

  defp take_stepped([head | tail], amount, step) when amount > 0,
    do: [head | take_stepped(Enum.drop(tail, step - 1), amount - step, step)]

  defp take_stepped(_list, _amount, _step), do: []

  def from_end(index, _size) when index >= 0, do: index
  def from_end(index, size), do: size + index

  # Nothing to move, or no place to move it to.
  def slide_to(list, first, last, to) when first > last or last < 0 or to < 0, do: list

  def slide_to(_list, first, last, to) when to > first and to <= last do
    raise ArgumentError,
          "insertion index for slide must be outside the range being moved " <>
            "(tried to insert #{first}..#{last} at #{to})"
  end

  def slide_to(list, first, _last, first), do: list

  def slide_to(list, first, last, to) when to < first do
    {before, rest} = take_reversed(list, to, [])
    {passed, rest} = take_reversed(rest, first - to, [])
    {moved, rest} = take_reversed(rest, last - first + 1, [])
    :lists.reverse(before, :lists.reverse(moved, :lists.reverse(passed, rest)))
  end

  def slide_to(list, first, last, to) do
    {before, rest} = take_reversed(list, first, [])
    {moved, rest} = take_reversed(rest, last - first + 1, [])
    {passed, rest} = take_reversed(rest, to - last, [])
    :lists.reverse(before, :lists.reverse(passed, :lists.reverse(moved, rest)))
  end
end
