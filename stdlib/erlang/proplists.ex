defmodule :proplists do
  @moduledoc """
  Property lists: lists of options, each an atom (short for `{atom, true}`) or a tuple whose first
  element is the key. What has another form is ignored.
  """

  @doc """
  Shortens a property: `{key, true}` with an atom as key becomes the key.

      iex> :proplists.property({:a, true})
      :a
  """
  def property({key, true}) when is_atom(key), do: key
  def property(property), do: property

  @doc """
  Makes a property in the shortest form.

      iex> :proplists.property(:a, 1)
      {:a, 1}
  """
  def property(key, true) when is_atom(key), do: key
  def property(key, value), do: {key, value}

  @doc """
  Writes out all short properties.

      iex> :proplists.unfold([:a, {:b, 1}])
      [a: true, b: 1]
  """
  def unfold([key | rest]) when is_atom(key), do: [{key, true} | unfold(rest)]
  def unfold([property | rest]), do: [property | unfold(rest)]
  def unfold([]), do: []

  @doc """
  Shortens all properties where possible.

      iex> :proplists.compact([a: true, b: 1])
      [:a, {:b, 1}]
  """
  def compact(list), do: :lists.map(&property/1, list)

  @doc """
  Returns the first property of the key, written out, or `:none`.

      iex> :proplists.lookup(:a, [:a])
      {:a, true}
  """
  def lookup(key, [property | rest]) do
    case entry(key, property) do
      nil -> lookup(key, rest)
      entry -> entry
    end
  end

  def lookup(_key, []), do: :none

  # The property, written out, if it is one of the key.
  defp entry(key, property) when is_atom(property) do
    if property === key, do: {key, true}
  end

  defp entry(key, property) when is_tuple(property) and tuple_size(property) >= 1 do
    if elem(property, 0) === key, do: property
  end

  defp entry(_key, _other), do: nil

  @doc """
  Returns all properties of the key, written out.

      iex> :proplists.lookup_all(:a, [:a, {:b, 1}, {:a, 2}])
      [a: true, a: 2]
  """
  def lookup_all(key, list) do
    :lists.flatmap(
      fn property ->
        case entry(key, property) do
          nil -> []
          entry -> [entry]
        end
      end,
      list
    )
  end

  @doc """
  Returns whether the key occurs.

      iex> :proplists.is_defined(:a, [:a])
      true
  """
  def is_defined(key, list), do: lookup(key, list) != :none

  @doc """
  Returns the first value of the key, or `:undefined`.

      iex> :proplists.get_value(:a, [a: 1])
      1
  """
  def get_value(key, list), do: get_value(key, list, :undefined)

  @doc """
  Returns the first value of the key, or `default`.

      iex> :proplists.get_value(:b, [a: 1], 0)
      0
  """
  def get_value(key, list, default) do
    case lookup(key, list) do
      {_key, value} -> value
      _ -> default
    end
  end

  @doc """
  Returns all values of the key.

      iex> :proplists.get_all_values(:a, [a: 1, b: 2, a: 3])
      [1, 3]
  """
  def get_all_values(key, list), do: values(lookup_all(key, list))

  defp values([{_, value} | rest]), do: [value | values(rest)]
  defp values([_ | rest]), do: values(rest)
  defp values([]), do: []

  @doc """
  Returns all values of the key joined, those that are lists as their elements.

      iex> :proplists.append_values(:a, [a: [1, 2], b: 0, a: 3])
      [1, 2, 3]
  """
  def append_values(key, list) do
    :lists.flatmap(
      fn value -> if is_list(value), do: value, else: [value] end,
      get_all_values(key, list)
    )
  end

  @doc """
  Returns whether the first property of the key is `true`.

      iex> :proplists.get_bool(:a, [:a])
      true
  """
  def get_bool(key, list), do: get_value(key, list) === true

  @doc """
  Returns the keys, each once.

      iex> Enum.sort(:proplists.get_keys([:a, {:b, 1}, {:a, 2}]))
      [:a, :b]
  """
  def get_keys(list) do
    keys =
      :lists.flatmap(
        fn
          key when is_atom(key) -> [key]
          property when is_tuple(property) and tuple_size(property) >= 1 -> [elem(property, 0)]
          _ -> []
        end,
        list
      )

    :maps.keys(:maps.from_keys(keys, []))
  end

  @doc """
  Removes all properties of the key.

      iex> :proplists.delete(:a, [:a, {:b, 1}, {:a, 2}])
      [b: 1]
  """
  def delete(key, list), do: :lists.filter(&(entry(key, &1) == nil), list)

  @doc """
  Splits off the properties of each of the keys: `{[list for each key], rest}`.

      iex> :proplists.split([:a, {:b, 1}, :c], [:c, :b])
      {[[:c], [b: 1]], [:a]}
  """
  def split(list, keys) do
    lists = :lists.map(fn key -> :lists.filter(&(entry(key, &1) != nil), list) end, keys)
    rest = :lists.filter(fn p -> :lists.all(&(entry(&1, p) == nil), keys) end, list)
    {lists, rest}
  end

  @doc """
  Replaces keys by others.

      iex> :proplists.substitute_aliases([colour: :color], [{:colour, 1}])
      [color: 1]
  """
  def substitute_aliases(aliases, list) do
    :lists.map(
      fn property ->
        case replacement(aliases, property) do
          nil -> property
          {new, entry} -> property(:erlang.setelement(1, entry, new))
        end
      end,
      list
    )
  end

  # {new key, property written out} for the first substitution whose key the property has.
  defp replacement([{key, new} | rest], property) do
    case entry(key, property) do
      nil -> replacement(rest, property)
      entry -> {new, entry}
    end
  end

  defp replacement([], _property), do: nil

  @doc """
  Replaces keys by others with the opposite truth value.

      iex> :proplists.substitute_negations([no_colour: :colour], [:no_colour])
      [colour: false]
  """
  def substitute_negations(negations, list) do
    :lists.map(
      fn property ->
        case replacement(negations, property) do
          nil -> property
          {new, {_key, true}} -> {new, false}
          {new, _entry} -> property(new, true)
        end
      end,
      list
    )
  end

  @doc """
  Replaces properties by lists of others.

      iex> :proplists.expand([{:all, [:a, :b]}], [:c, :all])
      [:c, :a, :b]
  """
  def expand(expansions, list) do
    expansions = :lists.map(fn {property, list} -> {property(property), list} end, expansions)
    do_expand(expansions, list, %{})
  end

  # The first property of a key decides for all of them: either it is replaced and the others are
  # dropped, or all stay.
  defp do_expand(expansions, [property | rest], decided) do
    key = key_of(property)

    case decided do
      %{^key => :dropped} ->
        do_expand(expansions, rest, decided)

      %{^key => :kept} ->
        [property | do_expand(expansions, rest, decided)]

      _ ->
        case expansion(expansions, property(property)) do
          {:ok, list} -> list ++ do_expand(expansions, rest, :maps.put(key, :dropped, decided))
          :error -> [property | do_expand(expansions, rest, :maps.put(key, :kept, decided))]
        end
    end
  end

  defp do_expand(_expansions, [], _decided), do: []

  defp expansion([{property, list} | _], property), do: {:ok, list}
  defp expansion([_ | rest], property), do: expansion(rest, property)
  defp expansion([], _property), do: :error

  # What is no property stands for itself.
  defp key_of(key) when is_atom(key), do: {:key, key}
  defp key_of(tuple) when is_tuple(tuple) and tuple_size(tuple) >= 1, do: {:key, elem(tuple, 0)}
  defp key_of(other), do: other

  @doc """
  Runs stages over a list: `{:aliases, list}`, `{:negations, list}` and `{:expand, list}`.

      iex> :proplists.normalize([:x], [{:aliases, [x: :y]}, {:expand, [{:y, [:z]}]}])
      [:z]
  """
  def normalize(list, [{:aliases, aliases} | stages]),
    do: normalize(substitute_aliases(aliases, list), stages)

  def normalize(list, [{:negations, negations} | stages]),
    do: normalize(substitute_negations(negations, list), stages)

  def normalize(list, [{:expand, expansions} | stages]),
    do: normalize(expand(expansions, list), stages)

  def normalize(list, []), do: compact(list)

  @doc """
  Makes a map; the first property of a key wins.

      iex> :proplists.to_map([:a, {:b, 1}, {:a, 2}])
      %{a: true, b: 1}
  """
  def to_map(list), do: :maps.from_list(first_pairs(list, %{}))

  defp first_pairs([property | rest], seen) do
    key = key_of(property)

    case {seen, property} do
      {%{^key => _}, _} -> first_pairs(rest, seen)
      {_, {_, _} = pair} -> [pair | first_pairs(rest, :maps.put(key, true, seen))]
      {_, atom} when is_atom(atom) -> [{atom, true} | first_pairs(rest, :maps.put(key, true, seen))]
      {_, _} -> first_pairs(rest, :maps.put(key, true, seen))
    end
  end

  defp first_pairs([], _seen), do: []

  @doc """
  Makes a map after running the stages of `normalize/2`.

      iex> :proplists.to_map([:x], [{:aliases, [x: :y]}])
      %{y: true}
  """
  def to_map(list, stages), do: to_map(normalize(list, stages))

  @doc """
  Makes a property list of a map.

      iex> :proplists.from_map(%{a: true})
      [:a]
  """
  def from_map(map), do: :lists.map(&property/1, :maps.to_list(map))
end
