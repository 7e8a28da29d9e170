defmodule Keyword do
  @moduledoc """
  Functions on keyword lists: lists of pairs whose first element is an atom.

  Keys keep their order and may occur more than once; functions that read a key take its first
  entry, and those that write it drop all the others. Look-ups take time in proportion to the
  length, so keyword lists suit options; for more see `Map`. `[a: 1]` is short for `[{:a, 1}]`.

      iex> [a: 1, b: 2][:b]
      2
  """

  @type key :: atom
  @type value :: any
  @type t :: [{key, value}]
  @type t(value) :: [{key, value}]
  @type default :: any

  @doc """
  Returns whether the term is a keyword list.

      iex> Keyword.keyword?([a: 1])
      true
      iex> Keyword.keyword?([{1, 2}])
      false
  """
  @spec keyword?(term) :: boolean
  def keyword?(term)
  def keyword?([{key, _} | rest]) when is_atom(key), do: keyword?(rest)
  def keyword?([]), do: true
  def keyword?(_other), do: false

  @doc """
  Returns an empty keyword list.

      iex> Keyword.new()
      []
  """
  @spec new :: []
  def new, do: []

  @doc """
  Makes a keyword list of pairs; of entries with one key the last stays.

      iex> Keyword.new([a: 1, b: 2, a: 3])
      [b: 2, a: 3]
  """
  @spec new(Enumerable.t()) :: t
  def new(pairs), do: new(pairs, fn pair -> pair end)

  @doc """
  Makes a keyword list of the pairs that `transform` returns.

      iex> Keyword.new([:a, :b], fn x -> {x, 0} end)
      [a: 0, b: 0]
  """
  @spec new(Enumerable.t(), (term -> {key, value})) :: t
  def new(pairs, transform) when is_function(transform, 1) do
    {list, _} =
      pairs
      |> Enum.reduce([], fn entry, acc ->
        {key, _} = pair = transform.(entry)
        true = is_atom(key)
        [pair | acc]
      end)
      |> Enum.reduce({[], %{}}, fn {key, _} = pair, {list, seen} ->
        case seen do
          %{^key => _} -> {list, seen}
          _ -> {[pair | list], :maps.put(key, true, seen)}
        end
      end)

    list
  end

  @doc """
  Makes a keyword list that gives all `keys` the same value.

      iex> Keyword.from_keys([:a, :b], 0)
      [a: 0, b: 0]
  """
  @spec from_keys([key], value) :: t(value)
  def from_keys(keys, value) when is_list(keys), do: pair_all(keys, value)

  defp pair_all([key | keys], value), do: [{key, value} | pair_all(keys, value)]
  defp pair_all([], _value), do: []

  @doc """
  Returns `{:ok, keywords}` with defaults added if all keys are among `values`, a list of allowed
  keys and of `key: default` pairs; else `{:error, unknown_keys}`.

      iex> {:ok, result} = Keyword.validate([a: 1], [:a, b: 2])
      iex> Enum.sort(result)
      [a: 1, b: 2]
      iex> Keyword.validate([c: 1], [:a])
      {:error, [:c]}
  """
  @spec validate(t, values :: [atom | {atom, term}]) :: {:ok, t} | {:error, [atom]}
  def validate(keyword, values) when is_list(keyword) and is_list(values),
    do: validate_entries(keyword, values, [], [])

  # `allowed` is what is left of the allowed keys: an entry uses its key up.
  defp validate_entries([{key, _} = pair | rest], allowed, kept, unknown) when is_atom(key) do
    case take_allowed(allowed, key, []) do
      {:ok, allowed} -> validate_entries(rest, allowed, [pair | kept], unknown)
      :error -> validate_entries(rest, allowed, kept, [key | unknown])
    end
  end

  defp validate_entries([other | _], _allowed, _kept, _unknown) do
    raise ArgumentError,
          "expected a keyword list as first argument, got invalid entry: #{inspect(other)}"
  end

  defp validate_entries([], allowed, kept, []), do: {:ok, add_defaults(allowed, kept)}
  defp validate_entries([], _allowed, _kept, unknown), do: {:error, unknown}

  defp take_allowed([key | rest], key, acc), do: {:ok, :lists.reverse(acc, rest)}
  defp take_allowed([{key, _} | rest], key, acc), do: {:ok, :lists.reverse(acc, rest)}

  defp take_allowed([other | rest], key, acc)
       when is_atom(other) or (is_tuple(other) and tuple_size(other) == 2 and is_atom(elem(other, 0))),
       do: take_allowed(rest, key, [other | acc])

  defp take_allowed([other | _], _key, _acc) do
    raise ArgumentError,
          "expected the second argument to be a list of atoms or tuples, got: #{inspect(other)}"
  end

  defp take_allowed([], _key, _acc), do: :error

  defp add_defaults([{key, _} = pair | rest], acc) when is_atom(key),
    do: add_defaults(rest, [pair | acc])

  defp add_defaults([key | rest], acc) when is_atom(key), do: add_defaults(rest, acc)

  defp add_defaults([other | _], _acc) do
    raise ArgumentError,
          "expected the second argument to be a list of atoms or tuples, got: #{inspect(other)}"
  end

  defp add_defaults([], acc), do: acc

  @doc """
  Like `validate/2`, but returns the keywords or raises `ArgumentError`.

      iex> Keyword.validate!([a: 1], [:a])
      [a: 1]
  """
  @spec validate!(t, values :: [atom | {atom, term}]) :: t
  def validate!(keyword, values) do
    case validate(keyword, values) do
      {:ok, keyword} ->
        keyword

      {:error, unknown} ->
        allowed =
          for value <- values do
            if is_tuple(value), do: elem(value, 0), else: value
          end

        case :lists.filter(&(not :lists.member(&1, allowed)), unknown) do
          [] ->
            raise ArgumentError, "duplicate keys #{inspect(unknown)} in #{inspect(keyword)}"

          unknown ->
            raise ArgumentError,
                  "unknown keys #{inspect(unknown)} in #{inspect(keyword)}, " <>
                    "the allowed keys are: #{inspect(allowed)}"
        end
    end
  end

  ## Reading

  @doc """
  Returns the first value of the key, else `default`.

      iex> Keyword.get([a: 1], :a)
      1
      iex> Keyword.get([], :a, 0)
      0
  """
  @spec get(t, key, default) :: value | default
  def get(keywords, key, default \\ nil) when is_list(keywords) and is_atom(key) do
    case :lists.keyfind(key, 1, keywords) do
      {^key, value} -> value
      false -> default
    end
  end

  @doc """
  Returns the first value of the key, else the result of `fun`.

      iex> Keyword.get_lazy([], :a, fn -> 0 end)
      0
  """
  @spec get_lazy(t, key, (-> value)) :: value
  def get_lazy(keywords, key, fun) when is_list(keywords) and is_atom(key) and is_function(fun, 0) do
    case :lists.keyfind(key, 1, keywords) do
      {^key, value} -> value
      false -> fun.()
    end
  end

  @doc """
  Returns `{:ok, value}` for the first value of the key, else `:error`.

      iex> Keyword.fetch([a: 1], :a)
      {:ok, 1}
  """
  @spec fetch(t, key) :: {:ok, value} | :error
  def fetch(keywords, key) when is_list(keywords) and is_atom(key) do
    case :lists.keyfind(key, 1, keywords) do
      {^key, value} -> {:ok, value}
      false -> :error
    end
  end

  @doc """
  Returns the first value of the key, else raises `KeyError`.

      iex> Keyword.fetch!([a: 1], :a)
      1
  """
  @spec fetch!(t, key) :: value
  def fetch!(keywords, key) when is_list(keywords) and is_atom(key) do
    case :lists.keyfind(key, 1, keywords) do
      {^key, value} -> value
      false -> raise KeyError, key: key, term: keywords
    end
  end

  @doc """
  Returns all values of the key.

      iex> Keyword.get_values([a: 1, b: 2, a: 3], :a)
      [1, 3]
  """
  @spec get_values(t, key) :: [value]
  def get_values(keywords, key) when is_list(keywords) and is_atom(key), do: values_of(keywords, key)

  defp values_of([{key, value} | rest], key), do: [value | values_of(rest, key)]
  defp values_of([{_, _} | rest], key), do: values_of(rest, key)
  defp values_of([], _key), do: []

  @doc """
  Returns the keys, repeated ones included.

      iex> Keyword.keys([a: 1, b: 2, a: 3])
      [:a, :b, :a]
  """
  @spec keys(t) :: [key]
  def keys(keywords) when is_list(keywords), do: do_keys(keywords)

  defp do_keys([{key, _} | rest]) when is_atom(key), do: [key | do_keys(rest)]
  defp do_keys([]), do: []

  defp do_keys([other | _]) do
    raise ArgumentError,
          "expected a keyword list, but an entry in the list is not a two-element tuple " <>
            "with an atom as its first element, got: #{inspect(other)}"
  end

  @doc """
  Returns the values.

      iex> Keyword.values([a: 1, b: 2])
      [1, 2]
  """
  @spec values(t) :: [value]
  def values(keywords) when is_list(keywords), do: do_values(keywords)

  defp do_values([{key, value} | rest]) when is_atom(key), do: [value | do_values(rest)]
  defp do_values([]), do: []
  defp do_values([_ | _] = keywords), do: do_keys(keywords)

  @doc """
  Returns whether the key occurs.

      iex> Keyword.has_key?([a: 1], :a)
      true
  """
  @spec has_key?(t, key) :: boolean
  def has_key?(keywords, key) when is_list(keywords) and is_atom(key),
    do: :lists.keymember(key, 1, keywords)

  @doc """
  Returns whether both have the same entries, in whatever order.

      iex> Keyword.equal?([a: 1, b: 2], [b: 2, a: 1])
      true
  """
  @spec equal?(t, t) :: boolean
  def equal?(left, right) when is_list(left) and is_list(right),
    do: :lists.sort(left) === :lists.sort(right)

  @doc """
  Returns the keyword list itself.

      iex> Keyword.to_list([a: 1])
      [a: 1]
  """
  @spec to_list(t) :: t
  def to_list(keywords) when is_list(keywords), do: keywords

  ## Writing

  @doc """
  Puts the value under the key, in front, and drops the key's other entries.

      iex> Keyword.put([a: 1, b: 2, a: 4], :a, 3)
      [a: 3, b: 2]
  """
  @spec put(t, key, value) :: t
  def put(keywords, key, value) when is_list(keywords) and is_atom(key),
    do: [{key, value} | delete(keywords, key)]

  @doc """
  Puts the value under the key unless the key occurs.

      iex> Keyword.put_new([a: 1], :a, 2)
      [a: 1]
  """
  @spec put_new(t, key, value) :: t
  def put_new(keywords, key, value) when is_list(keywords) and is_atom(key) do
    if :lists.keymember(key, 1, keywords), do: keywords, else: [{key, value} | keywords]
  end

  @doc """
  Puts the result of `fun` under the key unless the key occurs.

      iex> Keyword.put_new_lazy([], :a, fn -> 1 end)
      [a: 1]
  """
  @spec put_new_lazy(t, key, (-> value)) :: t
  def put_new_lazy(keywords, key, fun)
      when is_list(keywords) and is_atom(key) and is_function(fun, 0) do
    if :lists.keymember(key, 1, keywords), do: keywords, else: [{key, fun.()} | keywords]
  end

  @doc """
  Replaces the value if the key occurs, and drops the key's other entries.

      iex> Keyword.replace([a: 1, b: 2, a: 3], :a, 4)
      [a: 4, b: 2]
  """
  @spec replace(t, key, value) :: t
  def replace(keywords, key, value) when is_list(keywords) and is_atom(key),
    do: replace_first(keywords, key, fn _ -> value end)

  @doc """
  Replaces the value by the result of `fun` if the key occurs.

      iex> Keyword.replace_lazy([a: 1], :a, fn v -> v * 4 end)
      [a: 4]
  """
  @spec replace_lazy(t, key, (existing_value :: value -> new_value :: value)) :: t
  def replace_lazy(keywords, key, fun)
      when is_list(keywords) and is_atom(key) and is_function(fun, 1),
      do: replace_first(keywords, key, fun)

  defp replace_first([{key, value} | rest], key, fun), do: [{key, fun.(value)} | delete(rest, key)]
  defp replace_first([{_, _} = pair | rest], key, fun), do: [pair | replace_first(rest, key, fun)]
  defp replace_first([], _key, _fun), do: []

  @doc """
  Replaces the value of a key that occurs, else raises `KeyError`.

      iex> Keyword.replace!([a: 1], :a, 2)
      [a: 2]
  """
  @spec replace!(t, key, value) :: t
  def replace!(keywords, key, value) when is_list(keywords) and is_atom(key),
    do: update!(keywords, key, fn _ -> value end)

  @doc """
  Maps the first value of the key, or appends `default`; drops the key's other entries.

      iex> Keyword.update([a: 1], :a, 0, fn v -> v + 1 end)
      [a: 2]
      iex> Keyword.update([a: 1], :b, 0, fn v -> v + 1 end)
      [a: 1, b: 0]
  """
  @spec update(t, key, default :: value, (existing_value :: value -> new_value :: value)) :: t
  def update(keywords, key, default, fun)
      when is_list(keywords) and is_atom(key) and is_function(fun, 1),
      do: do_update(keywords, key, default, fun)

  defp do_update([{key, value} | rest], key, _default, fun), do: [{key, fun.(value)} | delete(rest, key)]

  defp do_update([{_, _} = pair | rest], key, default, fun),
    do: [pair | do_update(rest, key, default, fun)]

  defp do_update([], key, default, _fun), do: [{key, default}]

  @doc """
  Maps the first value of a key that occurs, else raises `KeyError`; drops the key's other entries.

      iex> Keyword.update!([a: 1, a: 5], :a, fn v -> v + 1 end)
      [a: 2]
  """
  @spec update!(t, key, (current_value :: value -> new_value :: value)) :: t
  def update!(keywords, key, fun) when is_list(keywords) and is_atom(key) and is_function(fun, 1) do
    if :lists.keymember(key, 1, keywords),
      do: replace_first(keywords, key, fun),
      else: raise(KeyError, key: key, term: keywords)
  end

  @doc """
  Reads and updates the first entry of a key at once.

  `fun` gets the value (or `nil`) and returns `{to_return, new_value}`, or `:pop` to remove the key.

      iex> Keyword.get_and_update([a: 1], :a, fn v -> {v, v + 1} end)
      {1, [a: 2]}
  """
  @spec get_and_update(t, key, (value | nil -> {current, new_value :: value} | :pop)) ::
          {current, new_keywords :: t}
        when current: value
  def get_and_update(keywords, key, fun)
      when is_list(keywords) and is_atom(key) and is_function(fun, 1),
      do: get_and_update(keywords, [], key, fun)

  defp get_and_update([{key, current} | rest], before, key, fun) do
    case fun.(current) do
      {get, value} -> {get, :lists.reverse(before, [{key, value} | rest])}
      :pop -> {current, :lists.reverse(before, rest)}
      other -> bad_update(other)
    end
  end

  defp get_and_update([{_, _} = pair | rest], before, key, fun),
    do: get_and_update(rest, [pair | before], key, fun)

  defp get_and_update([], before, key, fun) do
    case fun.(nil) do
      {get, value} -> {get, [{key, value} | :lists.reverse(before)]}
      :pop -> {nil, :lists.reverse(before)}
      other -> bad_update(other)
    end
  end

  defp bad_update(other),
    do: raise("the given function must return a two-element tuple or :pop, got: #{inspect(other)}")

  @doc """
  Like `get_and_update/3`, but raises `KeyError` if the key does not occur.

      iex> Keyword.get_and_update!([a: 1], :a, fn v -> {v, v + 1} end)
      {1, [a: 2]}
  """
  @spec get_and_update!(t, key, (value | nil -> {current, new_value :: value} | :pop)) ::
          {current, new_keywords :: t}
        when current: value
  def get_and_update!(keywords, key, fun)
      when is_list(keywords) and is_atom(key) and is_function(fun, 1) do
    if :lists.keymember(key, 1, keywords),
      do: get_and_update(keywords, [], key, fun),
      else: raise(KeyError, key: key, term: keywords)
  end

  @doc """
  Removes all entries of the key.

      iex> Keyword.delete([a: 1, b: 2, a: 3], :a)
      [b: 2]
  """
  @spec delete(t, key) :: t
  def delete(keywords, key) when is_list(keywords) and is_atom(key) do
    if :lists.keymember(key, 1, keywords), do: delete_all(keywords, key), else: keywords
  end

  defp delete_all([{key, _} | rest], key), do: delete_all(rest, key)
  defp delete_all([pair | rest], key), do: [pair | delete_all(rest, key)]
  defp delete_all([], _key), do: []

  @doc false
  @deprecated "Use Keyword.fetch/2 + Keyword.delete/2 instead"
  def delete(keywords, key, value) when is_list(keywords) and is_atom(key),
    do: :lists.filter(fn pair -> pair !== {key, value} end, keywords)

  @doc """
  Removes the first entry of the key.

      iex> Keyword.delete_first([a: 1, b: 2, a: 3], :a)
      [b: 2, a: 3]
  """
  @spec delete_first(t, key) :: t
  def delete_first(keywords, key) when is_list(keywords) and is_atom(key),
    do: :lists.keydelete(key, 1, keywords)

  @doc """
  Removes all entries of the key and returns the first value, or `default`, with the new list.

      iex> Keyword.pop([a: 1, b: 2, a: 3], :a)
      {1, [b: 2]}
  """
  @spec pop(t, key, default) :: {value | default, t}
  def pop(keywords, key, default \\ nil) when is_list(keywords) and is_atom(key) do
    case fetch(keywords, key) do
      {:ok, value} -> {value, delete_all(keywords, key)}
      :error -> {default, keywords}
    end
  end

  @doc """
  Like `pop/3`, but raises `KeyError` if the key does not occur.

      iex> Keyword.pop!([a: 1], :a)
      {1, []}
  """
  @spec pop!(t, key) :: {value, t}
  def pop!(keywords, key) when is_list(keywords) and is_atom(key) do
    case fetch(keywords, key) do
      {:ok, value} -> {value, delete_all(keywords, key)}
      :error -> raise KeyError, key: key, term: keywords
    end
  end

  @doc """
  Like `pop/3`, with a default that is computed when needed.

      iex> Keyword.pop_lazy([], :a, fn -> 0 end)
      {0, []}
  """
  @spec pop_lazy(t, key, (-> value)) :: {value, t}
  def pop_lazy(keywords, key, fun) when is_list(keywords) and is_atom(key) and is_function(fun, 0) do
    case fetch(keywords, key) do
      {:ok, value} -> {value, delete_all(keywords, key)}
      :error -> {fun.(), keywords}
    end
  end

  @doc """
  Removes all entries of the key and returns their values with the new list.

      iex> Keyword.pop_values([a: 1, b: 2, a: 3], :a)
      {[1, 3], [b: 2]}
  """
  @spec pop_values(t, key) :: {[value], t}
  def pop_values(keywords, key) when is_list(keywords) and is_atom(key),
    do: {values_of(keywords, key), delete(keywords, key)}

  @doc """
  Removes the first entry of the key and returns its value, or `default`, with the new list.

      iex> Keyword.pop_first([a: 1, b: 2, a: 3], :a)
      {1, [b: 2, a: 3]}
  """
  @spec pop_first(t, key, default) :: {value | default, t}
  def pop_first(keywords, key, default \\ nil) when is_list(keywords) and is_atom(key) do
    case :lists.keytake(key, 1, keywords) do
      {:value, {^key, value}, rest} -> {value, rest}
      false -> {default, keywords}
    end
  end

  ## Many keys at once

  @doc """
  Keeps the entries of the given keys.

      iex> Keyword.take([a: 1, b: 2, a: 3], [:a])
      [a: 1, a: 3]
  """
  @spec take(t, [key]) :: t
  def take(keywords, keys) when is_list(keywords) and is_list(keys),
    do: :lists.filter(fn {key, _} -> :lists.member(key, keys) end, keywords)

  @doc """
  Removes the entries of the given keys.

      iex> Keyword.drop([a: 1, b: 2, a: 3], [:a])
      [b: 2]
  """
  @spec drop(t, [key]) :: t
  def drop(keywords, keys) when is_list(keywords) and is_list(keys),
    do: :lists.filter(fn {key, _} -> not :lists.member(key, keys) end, keywords)

  @doc """
  Splits into the entries of the given keys and the others.

      iex> Keyword.split([a: 1, b: 2, c: 3], [:a, :c])
      {[a: 1, c: 3], [b: 2]}
  """
  @spec split(t, [key]) :: {t, t}
  def split(keywords, keys) when is_list(keywords) and is_list(keys),
    do: :lists.partition(fn {key, _} -> :lists.member(key, keys) end, keywords)

  @doc """
  Splits into the entries for which `fun` is truthy and the others.

      iex> Keyword.split_with([a: 1, b: 2], fn {_, v} -> v > 1 end)
      {[b: 2], [a: 1]}
  """
  @spec split_with(t, ({key, value} -> as_boolean(term))) :: {t, t}
  def split_with(keywords, fun) when is_list(keywords) and is_function(fun, 1),
    do: Enum.split_with(keywords, fun)

  @doc """
  Keeps the entries for which `fun` is truthy.

      iex> Keyword.filter([a: 1, b: 2], fn {_, v} -> v > 1 end)
      [b: 2]
  """
  @spec filter(t, ({key, value} -> as_boolean(term))) :: t
  def filter(keywords, fun) when is_list(keywords) and is_function(fun, 1),
    do: Enum.filter(keywords, fun)

  @doc """
  Drops the entries for which `fun` is truthy.

      iex> Keyword.reject([a: 1, b: 2], fn {_, v} -> v > 1 end)
      [a: 1]
  """
  @spec reject(t, ({key, value} -> as_boolean(term))) :: t
  def reject(keywords, fun) when is_list(keywords) and is_function(fun, 1),
    do: Enum.reject(keywords, fun)

  @doc """
  Merges two keyword lists: the entries of the second replace those of the first with the same key.

      iex> Keyword.merge([a: 1, b: 2], [a: 3, d: 4])
      [b: 2, a: 3, d: 4]
  """
  @spec merge(t, t) :: t
  def merge(keywords1, keywords2)
  def merge(keywords1, []) when is_list(keywords1), do: keywords1
  def merge([], keywords2) when is_list(keywords2), do: keywords2

  def merge(keywords1, keywords2) when is_list(keywords1) and is_list(keywords2) do
    if not keyword?(keywords2), do: not_keyword("second", keywords2)

    remaining =
      :lists.filter(
        fn
          {key, _} when is_atom(key) -> not :lists.keymember(key, 1, keywords2)
          _ -> not_keyword("first", keywords1)
        end,
        keywords1
      )

    remaining ++ keywords2
  end

  defp not_keyword(which, term) do
    raise ArgumentError,
          "expected a keyword list as the #{which} argument, got: #{inspect(term)}"
  end

  @doc """
  Merges two keyword lists; `fun` gets each common key with both values and returns the merged one.

      iex> Keyword.merge([a: 1, b: 2], [a: 3], fn _key, v1, v2 -> v1 + v2 end)
      [b: 2, a: 4]
  """
  @spec merge(t, t, (key, value, value -> value)) :: t
  def merge(keywords1, keywords2, fun)
      when is_list(keywords1) and is_list(keywords2) and is_function(fun, 3) do
    if not keyword?(keywords1), do: not_keyword("first", keywords1)
    merge_entries(keywords2, [], keywords1, keywords1, fun, keywords2)
  end

  # `rest` is what is left of the first list; an entry of the second takes the first one of its key.
  defp merge_entries([{key, value2} | tail], acc, rest, keywords1, fun, keywords2) when is_atom(key) do
    case :lists.keyfind(key, 1, keywords1) do
      {^key, value1} ->
        merge_entries(
          tail,
          [{key, fun.(key, value1, value2)} | acc],
          delete(rest, key),
          :lists.keydelete(key, 1, keywords1),
          fun,
          keywords2
        )

      false ->
        merge_entries(tail, [{key, value2} | acc], rest, keywords1, fun, keywords2)
    end
  end

  defp merge_entries([], acc, rest, _keywords1, _fun, _keywords2), do: rest ++ :lists.reverse(acc)

  defp merge_entries(_other, _acc, _rest, _keywords1, _fun, keywords2),
    do: not_keyword("second", keywords2)

  @doc """
  Keeps the keys of both lists; `fun` gets each with both values and returns the value, which is the
  second one by default.

      iex> Keyword.intersect([a: 1, b: 2], [b: 3, c: 4])
      [b: 3]
      iex> Keyword.intersect([b: 2], [b: 3], fn _key, v1, v2 -> v1 + v2 end)
      [b: 5]
  """
  @spec intersect(t, t, (key, value, value -> value)) :: t
  def intersect(keywords1, keywords2, fun \\ fn _key, _value1, value2 -> value2 end)

  def intersect(keywords1, keywords2, fun)
      when is_list(keywords1) and is_list(keywords2) and is_function(fun, 3),
      do: do_intersect(keywords1, keywords2, fun)

  defp do_intersect([{key, value1} | tail], keywords2, fun) do
    case :lists.keytake(key, 1, keywords2) do
      {:value, {^key, value2}, keywords2} ->
        [{key, fun.(key, value1, value2)} | do_intersect(tail, keywords2, fun)]

      false ->
        do_intersect(tail, keywords2, fun)
    end
  end

  defp do_intersect([], _keywords2, _fun), do: []

  @doc false
  @deprecated "Use Kernel.length/1 instead"
  def size(keywords), do: length(keywords)

  @doc false
  @deprecated "Use Keyword.new/2 instead"
  def map(keywords, fun) when is_list(keywords) and is_function(fun, 1),
    do: for({key, value} <- keywords, do: {key, fun.({key, value})})
end
