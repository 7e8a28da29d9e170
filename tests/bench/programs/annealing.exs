# answer: 976.069079 true
# group: whole programs
# A tour of 120 cities, improved by chance: lists cut and joined, floats, seeded random numbers.
defmodule Tsp do
  def cities(n) do
    :rand.seed(:exsss, {101, 102, 103})
    for i <- 0..(n - 1), into: %{}, do: {i, {:rand.uniform() * 100, :rand.uniform() * 100}}
  end
  def dist({x1, y1}, {x2, y2}), do: :math.sqrt(:math.pow(x1 - x2, 2) + :math.pow(y1 - y2, 2))
  def tour_length(tour, c) do
    [first | _] = tour
    tour |> Enum.chunk_every(2, 1, [first]) |> Enum.reduce(0.0, fn [a, b], s -> s + dist(c[a], c[b]) end)
  end
  def nearest(c) do
    go([0], MapSet.new(1..(map_size(c) - 1)), c)
  end
  defp go(tour, left, c) do
    if MapSet.size(left) == 0 do
      Enum.reverse(tour)
    else
      next = Enum.min_by(left, fn i -> {dist(c[hd(tour)], c[i]), i} end)
      go([next | tour], MapSet.delete(left, next), c)
    end
  end
  def anneal(tour, c, steps) do
    n = length(tour)
    Enum.reduce(1..steps, {tour, tour_length(tour, c), 10.0}, fn _, {t, len, temp} ->
      i = :rand.uniform(n - 1); j = i + :rand.uniform(n - i)
      cand = reverse(t, i - 1, j - 1)
      l = tour_length(cand, c)
      if l < len or :rand.uniform() < :math.exp((len - l) / temp), do: {cand, l, temp * 0.999}, else: {t, len, temp * 0.999}
    end)
  end
  defp reverse(t, i, j) do
    {a, rest} = Enum.split(t, i); {b, c} = Enum.split(rest, j - i + 1)
    a ++ Enum.reverse(b) ++ c
  end
end
c = Tsp.cities(120)
{tour, length, _} = c |> Tsp.nearest() |> Tsp.anneal(c, 9000)
IO.puts("#{Float.round(length, 6)} #{Enum.sort(tour) == Enum.to_list(0..119)}")
