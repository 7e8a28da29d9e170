defmodule :atomics do
  @moduledoc """
  Arrays of integers of 64 bits that processes change at the same time, each change whole. Indexes begin at 1.
  """

  @doc """
  A new array of zeros; `signed: false` makes its values unsigned.

      iex> atomics = :atomics.new(1, signed: false)
      iex> :atomics.sub_get(atomics, 1, 1)
      18446744073709551615
  """
  def new(size, options)

  @doc """
  The value.

      iex> :atomics.get(:atomics.new(1, []), 1)
      0
  """
  def get(ref, index)

  @doc """
  Sets the value.

      iex> atomics = :atomics.new(1, [])
      iex> :atomics.put(atomics, 1, 7)
      iex> :atomics.get(atomics, 1)
      7
  """
  def put(ref, index, value)

  @doc """
  Adds.

      iex> atomics = :atomics.new(1, [])
      iex> :atomics.add(atomics, 1, 2)
      iex> :atomics.get(atomics, 1)
      2
  """
  def add(ref, index, increment)

  @doc """
  Adds and returns the new value.

      iex> :atomics.add_get(:atomics.new(1, []), 1, 2)
      2
  """
  def add_get(ref, index, increment)

  @doc """
  Subtracts.

      iex> atomics = :atomics.new(1, [])
      iex> :atomics.sub(atomics, 1, 2)
      iex> :atomics.get(atomics, 1)
      -2
  """
  def sub(ref, index, decrement)

  @doc """
  Subtracts and returns the new value.

      iex> :atomics.sub_get(:atomics.new(1, []), 1, 2)
      -2
  """
  def sub_get(ref, index, decrement)

  @doc """
  Sets the value and returns the one before.

      iex> :atomics.exchange(:atomics.new(1, []), 1, 5)
      0
  """
  def exchange(ref, index, value)

  @doc """
  Sets the value if it is the expected one: `:ok`, else the value that is there.

      iex> atomics = :atomics.new(1, [])
      iex> :atomics.compare_exchange(atomics, 1, 0, 5)
      :ok
      iex> :atomics.compare_exchange(atomics, 1, 0, 6)
      5
  """
  def compare_exchange(ref, index, expected, value)

  @doc """
  The size, the limits and the memory of an array.

      iex> :atomics.info(:atomics.new(3, [])).size
      3
  """
  def info(ref)
end
