defmodule :persistent_term do
  @moduledoc """
  Terms that are read often and changed hardly ever: reading copies nothing.
  """

  @doc """
  Stores a value.

      iex> :persistent_term.put({:doc, 1}, "value")
      :ok
      iex> :persistent_term.get({:doc, 1})
      "value"
  """
  def put(key, value)

  @doc """
  All keys with their values.

      iex> :persistent_term.put({:doc, 2}, 1)
      iex> {{:doc, 2}, 1} in :persistent_term.get()
      true
  """
  def get()

  @doc """
  The value of a key; raises `ArgumentError` if there is none.

      iex> :persistent_term.put({:doc, 3}, [1])
      iex> :persistent_term.get({:doc, 3})
      [1]
  """
  def get(key)

  @doc """
  The value of a key, or the default.

      iex> :persistent_term.get({:doc, :none}, 0)
      0
  """
  def get(key, default)

  @doc """
  Deletes a key; whether it was there.

      iex> :persistent_term.erase({:doc, :none})
      false
  """
  def erase(key)

  @doc """
  How many terms are stored, and their memory in bytes.

      iex> Map.keys(:persistent_term.info())
      [:count, :memory]
  """
  def info()
end
