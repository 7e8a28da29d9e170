defmodule :random do
  @moduledoc """
  The generator AS183 (B. A. Wichmann, I. D. Hill, 1982) of Erlang's early days; see `:rand` instead.

  The state, three integers, is kept in the process dictionary.
  """

  @prime1 30_269
  @prime2 30_307
  @prime3 30_323

  @doc """
  Returns the state that an unseeded process starts with.

      iex> :random.seed0()
      {3172, 9814, 20125}
  """
  def seed0, do: {3172, 9814, 20_125}

  @doc """
  Seeds the process with the default state; returns the old one or `:undefined`.

      iex> :random.seed()
      iex> :random.uniform()
      0.4435846174457203
  """
  def seed, do: put_seed(seed0())

  @doc """
  Seeds the process with three integers in a tuple.

      iex> :random.seed({1, 2, 3})
      iex> :random.uniform(100)
      6
  """
  def seed({a1, a2, a3}), do: seed(a1, a2, a3)

  @doc """
  Seeds the process with three integers.

      iex> :random.seed(1, 2, 3)
      iex> :random.uniform(100)
      6
  """
  def seed(a1, a2, a3) do
    put_seed(
      {rem(abs(a1), @prime1 - 1) + 1, rem(abs(a2), @prime2 - 1) + 1,
       rem(abs(a3), @prime3 - 1) + 1}
    )
  end

  defp put_seed(state), do: :erlang.put(:random_seed, state)

  defp get_seed do
    case :erlang.get(:random_seed) do
      :undefined -> seed0()
      state -> state
    end
  end

  @doc """
  Returns a float `x` with 0.0 < x < 1.0.

      iex> x = :random.uniform()
      iex> x > 0.0 and x < 1.0
      true
  """
  def uniform do
    {value, state} = uniform_s(get_seed())
    put_seed(state)
    value
  end

  @doc """
  Returns an integer from 1 to `n`.

      iex> :random.uniform(6) in 1..6
      true
  """
  def uniform(n) when is_integer(n) and n >= 1, do: trunc(uniform() * n) + 1

  @doc """
  Returns a float `x` with 0.0 < x < 1.0, and the new state.

      iex> :random.uniform_s({1, 2, 3})
      {0.03381877363047378, {171, 344, 510}}
  """
  def uniform_s({a1, a2, a3}) do
    b1 = rem(a1 * 171, @prime1)
    b2 = rem(a2 * 172, @prime2)
    b3 = rem(a3 * 170, @prime3)
    sum = b1 / @prime1 + b2 / @prime2 + b3 / @prime3
    {sum - trunc(sum), {b1, b2, b3}}
  end

  @doc """
  Returns an integer from 1 to `n`, and the new state.

      iex> :random.uniform_s(100, {1, 2, 3})
      {4, {171, 344, 510}}
  """
  def uniform_s(n, state) when is_integer(n) and n >= 1 do
    {value, state} = uniform_s(state)
    {trunc(value * n) + 1, state}
  end
end
