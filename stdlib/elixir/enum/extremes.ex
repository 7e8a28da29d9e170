# The machinery of `Enum.max/3`, `Enum.min/3` and their like. `keep?` tells of two elements whether the first stays the best.

defmodule Enum.Extremes do
  @moduledoc false

  def max_fun(sorter) when is_function(sorter, 2), do: sorter
  def max_fun(module) when is_atom(module), do: &(module.compare(&1, &2) != :lt)

  def min_fun(sorter) when is_function(sorter, 2), do: sorter
  def min_fun(module) when is_atom(module), do: &(module.compare(&1, &2) != :gt)

  def extreme([head | tail], keep?, _empty_fallback) do
    cond do
      keep? == (&>=/2) -> largest(tail, head)
      keep? == (&<=/2) -> smallest(tail, head)
      true -> extreme_list(tail, head, keep?)
    end
  end

  def extreme([], _keep?, empty_fallback), do: empty_fallback.()

  def extreme(first..last//step = range, keep?, empty_fallback) do
    size = Range.size(range)

    cond do
      size == 0 ->
        empty_fallback.()

      # Only the order of terms is known to be extreme at the limits.
      keep? == (&>=/2) or keep? == (&<=/2) ->
        extreme_list([first + (size - 1) * step], first, keep?)

      true ->
        Enum.reduce((first + step)..last//step, first, fn entry, best ->
          if keep?.(best, entry), do: best, else: entry
        end)
    end
  end

  def extreme(enumerable, keep?, empty_fallback) do
    result =
      Enumerable.reduce(enumerable, {:cont, []}, fn
        entry, [best] = acc -> {:cont, if(keep?.(best, entry), do: acc, else: [entry])}
        entry, [] -> {:cont, [entry]}
      end)

    case elem(result, 1) do
      [best] -> best
      [] -> empty_fallback.()
    end
  end

  defp largest([head | tail], best) when best >= head, do: largest(tail, best)
  defp largest([head | tail], _best), do: largest(tail, head)
  defp largest([], best), do: best

  defp smallest([head | tail], best) when best <= head, do: smallest(tail, best)
  defp smallest([head | tail], _best), do: smallest(tail, head)
  defp smallest([], best), do: best

  defp extreme_list([head | tail], best, keep?) do
    if keep?.(best, head),
      do: extreme_list(tail, best, keep?),
      else: extreme_list(tail, head, keep?)
  end

  defp extreme_list([], best, _keep?), do: best

  def extreme_by(enumerable, fun, keep?, empty_fallback) do
    case Enum.to_list(enumerable) do
      [] -> empty_fallback.()
      [head | tail] -> extreme_by_list(tail, head, fun.(head), fun, keep?)
    end
  end

  defp extreme_by_list([head | tail], best, best_key, fun, keep?) do
    key = fun.(head)

    if keep?.(best_key, key),
      do: extreme_by_list(tail, best, best_key, fun, keep?),
      else: extreme_by_list(tail, head, key, fun, keep?)
  end

  defp extreme_by_list([], best, _best_key, _fun, _keep?), do: best

  def min_max_list([head | tail], min, max) when head < min, do: min_max_list(tail, head, max)
  def min_max_list([head | tail], min, max) when head > max, do: min_max_list(tail, min, head)
  def min_max_list([_ | tail], min, max), do: min_max_list(tail, min, max)
  def min_max_list([], min, max), do: {min, max}

  def min_max_by_list([head | tail], {min_key, _} = min, {max_key, _} = max, fun, before?) do
    key = fun.(head)

    cond do
      before?.(key, min_key) -> min_max_by_list(tail, {key, head}, max, fun, before?)
      before?.(max_key, key) -> min_max_by_list(tail, min, {key, head}, fun, before?)
      true -> min_max_by_list(tail, min, max, fun, before?)
    end
  end

  def min_max_by_list([], {_, min}, {_, max}, _fun, _before?), do: {min, max}
end
