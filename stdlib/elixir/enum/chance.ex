# Random orders and samples.

defmodule Enum.Chance do
  @moduledoc false

  def random_index(1), do: 0
  def random_index(size), do: :rand.uniform(size) - 1

  def power_of_two(size, power) when power >= size, do: power
  def power_of_two(size, power), do: power_of_two(size, power * 2)

  def random_keys(size, unit, range), do: random_keys(0, size, unit, range)
  def random_keys(size, size, _unit, _range), do: []

  def random_keys(index, size, unit, range) do
    key = trunc(:rand.uniform() * range) * unit + index
    [key | random_keys(index + 1, size, unit, range)]
  end

  def shuffled([key | keys], unit, elements),
    do: [elem(elements, rem(key, unit)) | shuffled(keys, unit, elements)]

  def shuffled([], _unit, _elements), do: []

  def sampled(_sample, -1, acc), do: acc
  def sampled(sample, index, acc), do: sampled(sample, index - 1, [:maps.get(index, sample) | acc])
end
