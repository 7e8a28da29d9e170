defmodule Tuple do
  @moduledoc """
  Functions on tuples: a fixed number of elements side by side.

  Reading an element takes constant time; every change copies the tuple. Patterns and `elem/2`,
  `put_elem/3` and `tuple_size/1` of `Kernel` do most of what is needed; for collections that are
  walked see lists.
  """

  @doc """
  Makes a tuple with `data` `size` times.

      iex> Tuple.duplicate(:x, 3)
      {:x, :x, :x}
  """
  @spec duplicate(term, non_neg_integer) :: tuple
  def duplicate(data, size) when is_integer(size) and size >= 0, do: :erlang.make_tuple(size, data)

  @doc """
  Inserts an element at an index from zero to the tuple's size.

      iex> Tuple.insert_at({:a, :c}, 1, :b)
      {:a, :b, :c}
  """
  @spec insert_at(tuple, non_neg_integer, term) :: tuple
  def insert_at(tuple, index, value) when is_integer(index) and index >= 0,
    do: :erlang.insert_element(index + 1, tuple, value)

  @doc """
  Appends an element.

      iex> Tuple.append({:a}, :b)
      {:a, :b}
  """
  @spec append(tuple, term) :: tuple
  def append(tuple, value), do: :erlang.append_element(tuple, value)

  @doc """
  Removes the element at an index.

      iex> Tuple.delete_at({:a, :b}, 0)
      {:b}
  """
  @spec delete_at(tuple, non_neg_integer) :: tuple
  def delete_at(tuple, index) when is_integer(index) and index >= 0,
    do: :erlang.delete_element(index + 1, tuple)

  @doc """
  Returns the sum of the elements.

      iex> Tuple.sum({1, 2, 3})
      6
  """
  @spec sum(tuple) :: number
  def sum(tuple), do: sum(tuple, 1, tuple_size(tuple), 0)

  defp sum(tuple, index, size, acc) when index <= size,
    do: sum(tuple, index + 1, size, acc + :erlang.element(index, tuple))

  defp sum(_tuple, _index, _size, acc), do: acc

  @doc """
  Returns the product of the elements.

      iex> Tuple.product({2, 3})
      6
  """
  @spec product(tuple) :: number
  def product(tuple), do: product(tuple, 1, tuple_size(tuple), 1)

  defp product(tuple, index, size, acc) when index <= size,
    do: product(tuple, index + 1, size, acc * :erlang.element(index, tuple))

  defp product(_tuple, _index, _size, acc), do: acc

  @doc """
  Turns the tuple into a list.

      iex> Tuple.to_list({1, :a})
      [1, :a]
  """
  @spec to_list(tuple) :: list
  def to_list(tuple), do: :erlang.tuple_to_list(tuple)
end
