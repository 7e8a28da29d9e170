defmodule :orddict do
  @moduledoc """
  Dictionaries as lists of `{key, value}` pairs in the order of their keys.

  Keys are compared with `==`. Good for few keys; every operation takes time in proportion to the size.
  """

  @doc """
  Returns an empty dictionary.

      iex> :orddict.new()
      []
  """
  def new, do: []

  @doc """
  Makes a dictionary of pairs; later ones win.

      iex> :orddict.from_list([b: 1, a: 2, b: 3])
      [a: 2, b: 3]
  """
  def from_list(pairs), do: :lists.ukeysort(1, last_first(pairs, []))

  # Of equal keys the last one counts, and sorting keeps the first.
  defp last_first([{_, _} = pair | rest], reversed), do: last_first(rest, [pair | reversed])
  defp last_first([], reversed), do: reversed

  @doc """
  Returns the pairs.

      iex> :orddict.to_list([a: 1])
      [a: 1]
  """
  def to_list(dict), do: dict

  @doc """
  Returns the number of keys.

      iex> :orddict.size([a: 1])
      1
  """
  def size(dict), do: length(dict)

  @doc """
  Returns whether there are no keys.

      iex> :orddict.is_empty([])
      true
  """
  def is_empty([]), do: true
  def is_empty([_ | _]), do: false

  @doc """
  Returns whether the dictionary has the key.

      iex> :orddict.is_key(:a, [a: 1])
      true
  """
  def is_key(key, [{head, _} | _]) when key < head, do: false
  def is_key(key, [{head, _} | tail]) when key > head, do: is_key(key, tail)
  def is_key(_key, [{_, _} | _]), do: true
  def is_key(_key, []), do: false

  @doc """
  Returns the value of an existing key.

      iex> :orddict.fetch(:a, [a: 1])
      1
  """
  def fetch(key, [{head, _} | tail]) when key > head, do: fetch(key, tail)
  def fetch(key, [{head, value} | _]) when key == head, do: value

  @doc """
  Returns `{:ok, value}` or `:error`.

      iex> :orddict.find(:a, [a: 1])
      {:ok, 1}
  """
  def find(key, [{head, _} | _]) when key < head, do: :error
  def find(key, [{head, _} | tail]) when key > head, do: find(key, tail)
  def find(_key, [{_, value} | _]), do: {:ok, value}
  def find(_key, []), do: :error

  @doc """
  Returns the keys.

      iex> :orddict.fetch_keys([a: 1])
      [:a]
  """
  def fetch_keys([{key, _} | tail]), do: [key | fetch_keys(tail)]
  def fetch_keys([]), do: []

  @doc """
  Removes a key.

      iex> :orddict.erase(:a, [a: 1, b: 2])
      [b: 2]
  """
  def erase(key, [{head, _} = pair | tail]) when key > head, do: [pair | erase(key, tail)]
  def erase(key, [{head, _} | tail]) when key == head, do: tail
  def erase(_key, dict), do: dict

  @doc """
  Removes a key and returns `{value, dictionary}`, or `:error`.

      iex> :orddict.take(:a, [a: 1, b: 2])
      {1, [b: 2]}
  """
  def take(key, dict), do: take(key, dict, [])

  defp take(key, [{head, _} = pair | tail], acc) when key > head, do: take(key, tail, [pair | acc])

  defp take(key, [{head, value} | tail], acc) when key == head,
    do: {value, :lists.reverse(acc, tail)}

  defp take(_key, _dict, _acc), do: :error

  @doc """
  Puts a value under a key.

      iex> :orddict.store(:a, 2, [b: 1])
      [a: 2, b: 1]
  """
  def store(key, value, [{head, _} = pair | tail]) when key > head,
    do: [pair | store(key, value, tail)]

  def store(key, value, [{head, _} | tail]) when key == head, do: [{key, value} | tail]
  def store(key, value, dict), do: [{key, value} | dict]

  @doc """
  Appends a value to the list under a key.

      iex> :orddict.append(:a, 2, [a: [1]])
      [a: [1, 2]]
  """
  def append(key, value, dict), do: append_list(key, [value], dict)

  @doc """
  Appends values to the list under a key.

      iex> :orddict.append_list(:a, [2, 3], [a: [1]])
      [a: [1, 2, 3]]
  """
  def append_list(key, values, [{head, _} = pair | tail]) when key > head,
    do: [pair | append_list(key, values, tail)]

  def append_list(key, values, [{head, old} | tail]) when key == head,
    do: [{key, old ++ values} | tail]

  def append_list(key, values, dict), do: [{key, values} | dict]

  @doc """
  Maps the value of an existing key.

      iex> :orddict.update(:a, fn x -> x + 1 end, [a: 1])
      [a: 2]
  """
  def update(key, fun, [{head, _} = pair | tail]) when key > head,
    do: [pair | update(key, fun, tail)]

  def update(key, fun, [{head, value} | tail]) when key == head, do: [{key, fun.(value)} | tail]

  @doc """
  Maps the value of a key, or puts `initial` there.

      iex> :orddict.update(:b, fn x -> x + 1 end, 0, [a: 1])
      [a: 1, b: 0]
  """
  def update(key, fun, initial, [{head, _} = pair | tail]) when key > head,
    do: [pair | update(key, fun, initial, tail)]

  def update(key, fun, _initial, [{head, value} | tail]) when key == head,
    do: [{key, fun.(value)} | tail]

  def update(key, _fun, initial, dict), do: [{key, initial} | dict]

  @doc """
  Adds to the number under a key, which starts at zero.

      iex> :orddict.update_counter(:a, 2, [a: 1])
      [a: 3]
  """
  def update_counter(key, increment, dict), do: update(key, &(&1 + increment), increment, dict)

  @doc """
  Folds over the pairs in order.

      iex> :orddict.fold(fn _key, value, acc -> value + acc end, 0, [a: 1, b: 2])
      3
  """
  def fold(fun, acc, [{key, value} | tail]), do: fold(fun, fun.(key, value, acc), tail)
  def fold(fun, acc, []) when is_function(fun, 3), do: acc

  @doc """
  Maps the values.

      iex> :orddict.map(fn _key, value -> value + 1 end, [a: 1])
      [a: 2]
  """
  def map(fun, [{key, value} | tail]), do: [{key, fun.(key, value)} | map(fun, tail)]
  def map(fun, []) when is_function(fun, 2), do: []

  @doc """
  Keeps the pairs for which `pred` is true.

      iex> :orddict.filter(fn _key, value -> value > 1 end, [a: 1, b: 2])
      [b: 2]
  """
  def filter(pred, [{key, value} = pair | tail]) do
    case pred.(key, value) do
      true -> [pair | filter(pred, tail)]
      false -> filter(pred, tail)
    end
  end

  def filter(pred, []) when is_function(pred, 2), do: []

  @doc """
  Merges two dictionaries; `fun` gets each common key with both values.

      iex> :orddict.merge(fn _key, v1, v2 -> v1 + v2 end, [a: 1], [a: 2, b: 3])
      [a: 3, b: 3]
  """
  def merge(fun, [{key1, _} = pair1 | tail1], [{key2, _} | _] = dict2) when key1 < key2,
    do: [pair1 | merge(fun, tail1, dict2)]

  def merge(fun, [{key1, _} | _] = dict1, [{key2, _} = pair2 | tail2]) when key1 > key2,
    do: [pair2 | merge(fun, dict1, tail2)]

  def merge(fun, [{key, value1} | tail1], [{_, value2} | tail2]),
    do: [{key, fun.(key, value1, value2)} | merge(fun, tail1, tail2)]

  def merge(fun, [], dict2) when is_function(fun, 3), do: dict2
  def merge(fun, dict1, []) when is_function(fun, 3), do: dict1
end
