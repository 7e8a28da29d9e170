defmodule :dict do
  @moduledoc """
  Dictionaries of Erlang from the time before maps, whose keys are compared with `=:=`.

  A dictionary is `{:dict, map}`; what is inside is not to be relied upon.
  """

  @doc """
  Returns an empty dictionary.

      iex> :dict.to_list(:dict.new())
      []
  """
  def new, do: {:dict, %{}}

  @doc """
  Makes a dictionary of pairs; later ones win.

      iex> :dict.to_list(:dict.from_list([a: 1, a: 2]))
      [a: 2]
  """
  def from_list(pairs), do: {:dict, :maps.from_list(pairs)}

  @doc """
  Returns the pairs.

      iex> :dict.to_list(:dict.from_list([a: 1]))
      [a: 1]
  """
  def to_list({:dict, map}), do: :maps.to_list(map)

  @doc """
  Returns the number of keys.

      iex> :dict.size(:dict.from_list([a: 1]))
      1
  """
  def size({:dict, map}), do: map_size(map)

  @doc """
  Returns whether there are no keys.

      iex> :dict.is_empty(:dict.new())
      true
  """
  def is_empty({:dict, map}), do: map_size(map) == 0

  @doc """
  Returns whether the dictionary has the key.

      iex> :dict.is_key(:a, :dict.from_list([a: 1]))
      true
  """
  def is_key(key, {:dict, map}), do: is_map_key(map, key)

  @doc """
  Returns the value of an existing key; else raises a `:badarg` error.

      iex> :dict.fetch(:a, :dict.from_list([a: 1]))
      1
  """
  def fetch(key, {:dict, map}) do
    case map do
      %{^key => value} -> value
      _ -> :erlang.error(:badarg)
    end
  end

  @doc """
  Returns `{:ok, value}` or `:error`.

      iex> :dict.find(:a, :dict.from_list([a: 1]))
      {:ok, 1}
  """
  def find(key, {:dict, map}), do: :maps.find(key, map)

  @doc """
  Returns the keys.

      iex> :dict.fetch_keys(:dict.from_list([a: 1]))
      [:a]
  """
  def fetch_keys({:dict, map}), do: :maps.keys(map)

  @doc """
  Removes a key.

      iex> :dict.to_list(:dict.erase(:a, :dict.from_list([a: 1, b: 2])))
      [b: 2]
  """
  def erase(key, {:dict, map}), do: {:dict, :maps.remove(key, map)}

  @doc """
  Removes a key and returns `{value, dictionary}`, or `:error`.

      iex> {1, _dict} = :dict.take(:a, :dict.from_list([a: 1]))
      iex> :dict.take(:a, :dict.new())
      :error
  """
  def take(key, {:dict, map}) do
    case :maps.take(key, map) do
      {value, map} -> {value, {:dict, map}}
      :error -> :error
    end
  end

  @doc """
  Puts a value under a key.

      iex> :dict.to_list(:dict.store(:a, 1, :dict.new()))
      [a: 1]
  """
  def store(key, value, {:dict, map}), do: {:dict, :maps.put(key, value, map)}

  @doc """
  Appends a value to the list under a key.

      iex> :dict.to_list(:dict.append(:a, 2, :dict.from_list([a: [1]])))
      [a: [1, 2]]
  """
  def append(key, value, dict), do: append_list(key, [value], dict)

  @doc """
  Appends values to the list under a key.

      iex> :dict.to_list(:dict.append_list(:a, [2, 3], :dict.from_list([a: [1]])))
      [a: [1, 2, 3]]
  """
  def append_list(key, values, {:dict, map}),
    do: {:dict, :maps.update_with(key, &(&1 ++ values), values, map)}

  @doc """
  Maps the value of an existing key; else raises a `:badarg` error.

      iex> :dict.to_list(:dict.update(:a, fn x -> x + 1 end, :dict.from_list([a: 1])))
      [a: 2]
  """
  def update(key, fun, dict), do: store(key, fun.(fetch(key, dict)), dict)

  @doc """
  Maps the value of a key, or puts `initial` there.

      iex> :dict.to_list(:dict.update(:a, fn x -> x + 1 end, 0, :dict.new()))
      [a: 0]
  """
  def update(key, fun, initial, {:dict, map}),
    do: {:dict, :maps.update_with(key, fun, initial, map)}

  @doc """
  Adds to the number under a key, which starts at zero.

      iex> :dict.to_list(:dict.update_counter(:a, 2, :dict.from_list([a: 1])))
      [a: 3]
  """
  def update_counter(key, increment, dict), do: update(key, &(&1 + increment), increment, dict)

  @doc """
  Folds over the pairs.

      iex> :dict.fold(fn _key, value, acc -> value + acc end, 0, :dict.from_list([a: 1, b: 2]))
      3
  """
  def fold(fun, acc, {:dict, map}), do: :maps.fold(fun, acc, map)

  @doc """
  Maps the values.

      iex> :dict.to_list(:dict.map(fn _key, value -> value + 1 end, :dict.from_list([a: 1])))
      [a: 2]
  """
  def map(fun, {:dict, map}), do: {:dict, :maps.map(fun, map)}

  @doc """
  Keeps the pairs for which `pred` is true.

      iex> :dict.to_list(:dict.filter(fn _key, value -> value > 1 end, :dict.from_list([a: 1, b: 2])))
      [b: 2]
  """
  def filter(pred, {:dict, map}), do: {:dict, :maps.filter(pred, map)}

  @doc """
  Merges two dictionaries; `fun` gets each common key with both values.

      iex> dict = :dict.from_list([a: 1])
      iex> :dict.to_list(:dict.merge(fn _key, x, y -> x + y end, dict, :dict.from_list([a: 2])))
      [a: 3]
  """
  def merge(fun, {:dict, map1}, {:dict, map2}), do: {:dict, :maps.merge_with(fun, map1, map2)}
end
