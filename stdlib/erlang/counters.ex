defmodule :counters do
  @moduledoc """
  Arrays of counters that processes change at the same time without locks. Indexes begin at 1; values wrap at 64 bits.
  """

  @doc """
  A new array. The option `:write_concurrency` makes changes cheap and reads less exact; `:atomics` is the default.

      iex> counters = :counters.new(2, [])
      iex> :counters.get(counters, 1)
      0
  """
  def new(size, options)

  @doc """
  The value of a counter.

      iex> :counters.get(:counters.new(1, []), 1)
      0
  """
  def get(ref, index)

  @doc """
  Adds to a counter.

      iex> counters = :counters.new(1, [])
      iex> :counters.add(counters, 1, 5)
      iex> :counters.get(counters, 1)
      5
  """
  def add(ref, index, increment)

  @doc """
  Subtracts from a counter.

      iex> counters = :counters.new(1, [])
      iex> :counters.sub(counters, 1, 5)
      iex> :counters.get(counters, 1)
      -5
  """
  def sub(ref, index, decrement)

  @doc """
  Sets a counter.

      iex> counters = :counters.new(1, [])
      iex> :counters.put(counters, 1, 9)
      iex> :counters.get(counters, 1)
      9
  """
  def put(ref, index, value)

  @doc """
  The size and the memory of an array.

      iex> :counters.info(:counters.new(3, [])).size
      3
  """
  def info(ref)
end
