defmodule Range do
  @moduledoc """
  Integers from `first` to `last`, `step` apart, with both limits included where the steps meet them.

  Ranges are written `first..last` or `first..last//step`. They are enumerable, take constant memory
  whatever their size, and match as patterns: `first..last//step = 1..10//2`. A range whose `step`
  leads away from `last` is empty.
  """

  defstruct first: nil, last: nil, step: nil

  @type limit :: integer
  @type step :: pos_integer | neg_integer
  @type t :: %Range{first: limit, last: limit, step: step}
  @type t(first, last) :: %Range{first: first, last: last, step: step}

  @doc """
  Makes a range from `first` to `last`, going down if `last` is the smaller one.

      iex> Range.new(1, 3)
      1..3
      iex> Range.new(3, 1)
      3..1//-1
  """
  @spec new(limit, limit) :: t
  def new(first, last) when is_integer(first) and is_integer(last) do
    step = if first <= last, do: 1, else: -1
    %Range{first: first, last: last, step: step}
  end

  def new(first, last) do
    raise ArgumentError,
          "ranges (first..last) expect both sides to be integers, " <>
            "got: #{inspect(first)}..#{inspect(last)}"
  end

  @doc """
  Makes a range from `first` to `last` with the given `step`.

      iex> Range.new(1, 9, 4)
      1..9//4
  """
  @spec new(limit, limit, step) :: t
  def new(first, last, step)
      when is_integer(first) and is_integer(last) and is_integer(step) and step != 0 do
    %Range{first: first, last: last, step: step}
  end

  def new(first, last, step) do
    raise ArgumentError,
          "ranges (first..last//step) expect both sides to be integers and the step to be a " <>
            "non-zero integer, got: #{inspect(first)}..#{inspect(last)}//#{inspect(step)}"
  end

  @doc """
  Returns how many integers the range holds.

      iex> Range.size(1..10//3)
      4
      iex> Range.size(1..0//1)
      0
  """
  @spec size(t) :: non_neg_integer
  def size(range)
  def size(first..last//step) when step > 0 and first > last, do: 0
  def size(first..last//step) when step < 0 and first < last, do: 0
  def size(first..last//step), do: div(last - first, step) + 1

  @doc """
  Turns the range into a list.

      iex> Range.to_list(0..6//2)
      [0, 2, 4, 6]
  """
  @spec to_list(t) :: [integer]
  def to_list(first..last//step) do
    case size(first..last//step) do
      0 -> []
      size -> down(first, first + (size - 1) * step, step, [])
    end
  end

  # Built from the last element, so that nothing has to be reversed.
  defp down(first, first, _step, acc), do: [first | acc]
  defp down(first, current, step, acc), do: down(first, current - step, step, [current | acc])

  @doc """
  Moves both limits by `steps_to_shift` steps.

      iex> Range.shift(0..10//2, 3)
      6..16//2
      iex> Range.shift(10..1//-1, -2)
      12..3//-1
  """
  @spec shift(t, integer) :: t
  def shift(first..last//step, steps_to_shift) when is_integer(steps_to_shift) do
    new(first + steps_to_shift * step, last + steps_to_shift * step, step)
  end

  @doc """
  Cuts the range in two after `split` elements, counted from the end if negative.

      iex> Range.split(1..5, 2)
      {1..2, 3..5}
      iex> Range.split(1..5, -2)
      {1..3, 4..5}
      iex> Range.split(1..5, 9)
      {1..5, 6..5//1}
  """
  @spec split(t, integer) :: {t, t}
  def split(first..last//step = range, split) when is_integer(split) do
    taken = if split >= 0, do: split, else: max(size(range) + split, 0)

    if step > 0 do
      middle = min(first + (taken - 1) * step, last)
      second = min(first + taken * step, last + step)
      {new(first, max(middle, first - step), step), new(second, last, step)}
    else
      middle = max(first + (taken - 1) * step, last)
      second = max(first + taken * step, last + step)
      {new(first, min(middle, first - step), step), new(second, last, step)}
    end
  end

  @doc """
  Returns whether no integer is in both ranges.

      iex> Range.disjoint?(1..5, 6..9)
      true
      iex> Range.disjoint?(0..10//2, 1..11//2)
      true
      iex> Range.disjoint?(1..5, 5..1//-1)
      false
  """
  @spec disjoint?(t, t) :: boolean
  def disjoint?(_.._//_ = range1, _.._//_ = range2) do
    case {ascending(range1), ascending(range2)} do
      {nil, _} ->
        true

      {_, nil} ->
        true

      {{first1, last1, _}, {first2, last2, _}} when last1 < first2 or last2 < first1 ->
        true

      {{_, _, 1}, {_, _, 1}} ->
        false

      {{first1, last1, step1}, {first2, last2, step2}} ->
        # A common element is first1 + step1 * i = first2 (mod step2), a linear congruence.
        {gcd, inverse, _} = extended_gcd(step1, step2)
        distance = first2 - first1

        if rem(distance, gcd) != 0 do
          true
        else
          period = div(step2, gcd)
          turns = Integer.mod(div(distance, gcd) * inverse, period)
          lcm = step1 * period
          common = first1 + turns * step1
          lowest = max(first1, first2)
          meeting = common + ceil_div(max(lowest - common, 0), lcm) * lcm
          meeting > min(last1, last2)
        end
    end
  end

  defp ascending(first.._//step = range) do
    case size(range) do
      0 -> nil
      size when step > 0 -> {first, first + (size - 1) * step, step}
      size -> {first + (size - 1) * step, first, -step}
    end
  end

  defp ceil_div(number, divisor), do: div(number + divisor - 1, divisor)

  defp extended_gcd(number, 0), do: {number, 1, 0}

  defp extended_gcd(number1, number2) do
    {gcd, x, y} = extended_gcd(number2, rem(number1, number2))
    {gcd, y, x - div(number1, number2) * y}
  end

  @doc false
  @deprecated "Pattern match on first..last//step instead"
  def range?(term)

  def range?(first..last//step)
      when is_integer(first) and is_integer(last) and is_integer(step) and step != 0,
      do: true

  def range?(_term), do: false
end

defimpl Enumerable, for: Range do
  def reduce(first..last//step, acc, fun) when step > 0, do: up(first, last, step, acc, fun)
  def reduce(first..last//step, acc, fun), do: down(first, last, step, acc, fun)

  defp up(first, last, step, {:cont, acc}, fun) when first <= last,
    do: up(first + step, last, step, fun.(first, acc), fun)

  defp up(_first, _last, _step, {:cont, acc}, _fun), do: {:done, acc}
  defp up(_first, _last, _step, {:halt, acc}, _fun), do: {:halted, acc}

  defp up(first, last, step, {:suspend, acc}, fun),
    do: {:suspended, acc, &up(first, last, step, &1, fun)}

  defp down(first, last, step, {:cont, acc}, fun) when first >= last,
    do: down(first + step, last, step, fun.(first, acc), fun)

  defp down(_first, _last, _step, {:cont, acc}, _fun), do: {:done, acc}
  defp down(_first, _last, _step, {:halt, acc}, _fun), do: {:halted, acc}

  defp down(first, last, step, {:suspend, acc}, fun),
    do: {:suspended, acc, &down(first, last, step, &1, fun)}

  def member?(first..last//step, value) when is_integer(value) do
    inside = if step > 0, do: first <= value and value <= last, else: last <= value and value <= first
    {:ok, inside and rem(value - first, step) == 0}
  end

  def member?(_range, _value), do: {:ok, false}

  def count(range), do: {:ok, Range.size(range)}

  def slice(first.._//step = range) do
    {:ok, Range.size(range),
     fn start, length, step_by -> take(first + start * step, step * step_by, length) end}
  end

  defp take(_current, _step, 0), do: []
  defp take(current, step, count), do: [current | take(current + step, step, count - 1)]
end

defimpl Inspect, for: Range do
  def inspect(first..last//1, opts) when last >= first, do: limits(first, last, opts)

  def inspect(first..last//step, opts) do
    Inspect.Algebra.concat([
      limits(first, last, opts),
      "//",
      Inspect.Algebra.to_doc(step, opts)
    ])
  end

  defp limits(first, last, opts) do
    Inspect.Algebra.concat([
      Inspect.Algebra.to_doc(first, opts),
      "..",
      Inspect.Algebra.to_doc(last, opts)
    ])
  end
end
