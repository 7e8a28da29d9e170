defmodule List do
  @moduledoc """
  Functions that only make sense for linked lists; for the others see `Enum`.

  A list is either empty or a pair of a head and a tail. Prepending is cheap, and whatever concerns
  the end of a list (`last/1`, `length/1`, `++`) takes time in proportion to its length. Indexes
  start at zero, and negative ones count from the end.

      iex> [0 | [1, 2]]
      [0, 1, 2]
      iex> [1, 2] ++ [3]
      [1, 2, 3]
  """

  @doc """
  Removes the first element that is `===` to `element`.

      iex> List.delete([:a, :b, :a], :a)
      [:b, :a]
  """
  @spec delete([], any) :: []
  @spec delete([...], any) :: list
  def delete(list, element)
  def delete([element | tail], element), do: tail
  def delete([other | tail], element), do: [other | delete(tail, element)]
  def delete([], _element), do: []

  @doc """
  Returns a list with `elem` `n` times.

      iex> List.duplicate("x", 3)
      ["x", "x", "x"]
  """
  @spec duplicate(elem, non_neg_integer) :: [elem] when elem: var
  def duplicate(elem, n) when is_integer(n) and n >= 0, do: duplicate(elem, n, [])

  defp duplicate(_elem, 0, acc), do: acc
  defp duplicate(elem, n, acc), do: duplicate(elem, n - 1, [elem | acc])

  @doc """
  Flattens nested lists, however deep.

      iex> List.flatten([1, [[2], 3], []])
      [1, 2, 3]
  """
  @spec flatten(deep_list) :: list when deep_list: [any | deep_list]
  def flatten(list) when is_list(list), do: flatten_onto(list, [])

  @doc """
  Flattens nested lists and appends `tail`.

      iex> List.flatten([1, [2]], [3, [4]])
      [1, 2, 3, [4]]
  """
  @spec flatten(deep_list, [elem]) :: [elem] when deep_list: [elem | deep_list], elem: var
  def flatten(list, tail) when is_list(list) and is_list(tail), do: flatten_onto(list, tail)

  defp flatten_onto([head | rest], tail) when is_list(head),
    do: flatten_onto(head, flatten_onto(rest, tail))

  defp flatten_onto([head | rest], tail), do: [head | flatten_onto(rest, tail)]
  defp flatten_onto([], tail), do: tail

  @doc """
  Folds from the left.

      iex> List.foldl([1, 2, 3], 10, fn x, acc -> acc - x end)
      4
  """
  @spec foldl([elem], acc, (elem, acc -> acc)) :: acc when elem: var, acc: var
  def foldl(list, acc, fun) when is_list(list) and is_function(fun, 2), do: do_foldl(list, acc, fun)

  defp do_foldl([head | tail], acc, fun), do: do_foldl(tail, fun.(head, acc), fun)
  defp do_foldl([], acc, _fun), do: acc

  @doc """
  Folds from the right.

      iex> List.foldr([1, 2, 3], 0, fn x, acc -> x - acc end)
      2
  """
  @spec foldr([elem], acc, (elem, acc -> acc)) :: acc when elem: var, acc: var
  def foldr(list, acc, fun) when is_list(list) and is_function(fun, 2),
    do: do_foldl(:lists.reverse(list), acc, fun)

  @doc """
  Returns the first element, or `default` if the list is empty.

      iex> List.first([1, 2])
      1
      iex> List.first([], :none)
      :none
  """
  @spec first([elem], default) :: elem | default when elem: var, default: var
  def first(list, default \\ nil)
  def first([], default), do: default
  def first([head | _], _default), do: head

  @doc """
  Returns the last element, or `default` if the list is empty.

      iex> List.last([1, 2])
      2
      iex> List.last([], :none)
      :none
  """
  @spec last([elem], default) :: elem | default when elem: var, default: var
  def last(list, default \\ nil)
  def last([], default), do: default
  def last([head], _default), do: head
  def last([_ | tail], default), do: last(tail, default)

  @doc """
  Returns the first tuple whose element at `position` is `==` to `key`, else `default`.

      iex> List.keyfind([a: 1, b: 2], :b, 0)
      {:b, 2}
      iex> List.keyfind([a: 1], :c, 0, :none)
      :none
  """
  @spec keyfind([tuple], any, non_neg_integer, any) :: any
  def keyfind(list, key, position, default \\ nil) when is_integer(position) do
    :lists.keyfind(key, position + 1, list) || default
  end

  @doc """
  Like `keyfind/4`, but raises `KeyError` if there is no such tuple.

      iex> List.keyfind!([a: 1, b: 2], :b, 0)
      {:b, 2}
  """
  @spec keyfind!([tuple], any, non_neg_integer) :: any
  def keyfind!(list, key, position) when is_integer(position) do
    :lists.keyfind(key, position + 1, list) ||
      raise KeyError,
        key: key,
        term: list,
        message: "key #{inspect(key)} at position #{inspect(position)} not found in: #{inspect(list)}"
  end

  @doc """
  Returns whether some tuple has an element `==` to `key` at `position`.

      iex> List.keymember?([a: 1, b: 2], :b, 0)
      true
  """
  @spec keymember?([tuple], any, non_neg_integer) :: boolean
  def keymember?(list, key, position) when is_integer(position),
    do: :lists.keymember(key, position + 1, list)

  @doc """
  Replaces the first tuple whose element at `position` is `==` to `key`.

      iex> List.keyreplace([a: 1, b: 2], :b, 0, {:b, 3})
      [a: 1, b: 3]
  """
  @spec keyreplace([tuple], any, non_neg_integer, tuple) :: [tuple]
  def keyreplace(list, key, position, new_tuple) when is_integer(position),
    do: :lists.keyreplace(key, position + 1, list, new_tuple)

  @doc """
  Sorts tuples by their element at `position`; sorters are those of `Enum.sort/2`.

      iex> List.keysort([b: 1, a: 2], 0)
      [a: 2, b: 1]
      iex> List.keysort([a: 1, b: 2], 1, :desc)
      [b: 2, a: 1]
  """
  @spec keysort(
          [tuple],
          non_neg_integer,
          (any, any -> boolean) | :asc | :desc | module | {:asc | :desc, module}
        ) :: [tuple]
  def keysort(list, position, sorter \\ :asc)

  def keysort(list, position, :asc) when is_list(list) and is_integer(position),
    do: :lists.keysort(position + 1, list)

  def keysort(list, position, sorter) when is_list(list) and is_integer(position),
    do: Enum.sort_by(list, &:erlang.element(position + 1, &1), sorter)

  @doc """
  Replaces the first tuple with `key` at `position`, or appends `new_tuple`.

      iex> List.keystore([a: 1], :b, 0, {:b, 2})
      [a: 1, b: 2]
  """
  @spec keystore([tuple], any, non_neg_integer, tuple) :: [tuple, ...]
  def keystore(list, key, position, new_tuple) when is_integer(position),
    do: :lists.keystore(key, position + 1, list, new_tuple)

  @doc """
  Removes the first tuple with `key` at `position`.

      iex> List.keydelete([a: 1, b: 2], :a, 0)
      [b: 2]
  """
  @spec keydelete([tuple], any, non_neg_integer) :: [tuple]
  def keydelete(list, key, position) when is_integer(position),
    do: :lists.keydelete(key, position + 1, list)

  @doc """
  Returns the first tuple with `key` at `position` and the other tuples, or `nil`.

      iex> List.keytake([a: 1, b: 2], :a, 0)
      {{:a, 1}, [b: 2]}
  """
  @spec keytake([tuple], any, non_neg_integer) :: {tuple, [tuple]} | nil
  def keytake(list, key, position) when is_integer(position) do
    case :lists.keytake(key, position + 1, list) do
      {:value, element, list} -> {element, list}
      false -> nil
    end
  end

  @doc """
  Makes a list of what is not one: `nil` becomes `[]`, another term the only element.

      iex> List.wrap(1)
      [1]
      iex> List.wrap(nil)
      []
      iex> List.wrap([1])
      [1]
  """
  @spec wrap(term) :: maybe_improper_list
  def wrap(term)
  def wrap(list) when is_list(list), do: list
  def wrap(nil), do: []
  def wrap(term), do: [term]

  @doc """
  Zips lists into tuples, as many as the shortest list has elements.

      iex> List.zip([[1, 2], [:a, :b, :c]])
      [{1, :a}, {2, :b}]
  """
  @spec zip([list]) :: [tuple]
  def zip([]), do: []
  def zip(lists) when is_list(lists), do: Enum.zip(lists)

  @doc """
  Returns whether the charlist is printable ASCII, looking at `limit` characters at most.

      iex> List.ascii_printable?(~c"abc")
      true
      iex> List.ascii_printable?([?a, 0])
      false
      iex> List.ascii_printable?([?a, 0], 1)
      true
  """
  @spec ascii_printable?(list, 0) :: true
  @spec ascii_printable?([], limit) :: true when limit: :infinity | pos_integer
  @spec ascii_printable?([...], limit) :: boolean when limit: :infinity | pos_integer
  def ascii_printable?(list, limit \\ :infinity)
      when is_list(list) and (limit == :infinity or (is_integer(limit) and limit >= 0)) do
    ascii_printable_up_to?(list, limit)
  end

  defp ascii_printable_up_to?(_list, 0), do: true

  defp ascii_printable_up_to?([char | rest], limit)
       when is_integer(char) and (char in 32..126 or char in 7..13 or char == 27) do
    ascii_printable_up_to?(rest, if(limit == :infinity, do: limit, else: limit - 1))
  end

  defp ascii_printable_up_to?([], _limit), do: true
  defp ascii_printable_up_to?(_list, _limit), do: false

  @doc """
  Returns whether the last tail is something other than `[]`.

      iex> List.improper?([1, 2 | 3])
      true
      iex> List.improper?([1, 2])
      false
  """
  @spec improper?(maybe_improper_list) :: boolean
  def improper?(list) when is_list(list) and length(list) >= 0, do: false
  def improper?(list) when is_list(list), do: true

  @doc """
  Inserts `value` before the element at `index`; an index beyond the end appends.

      iex> List.insert_at([1, 2], 1, :x)
      [1, :x, 2]
      iex> List.insert_at([1, 2], -1, :x)
      [1, 2, :x]
  """
  @spec insert_at(list, integer, any) :: list
  def insert_at(list, index, value) when is_list(list) and is_integer(index) do
    index = if index < 0, do: max(length(list) + index + 1, 0), else: index
    do_insert_at(list, index, value)
  end

  defp do_insert_at([head | tail], index, value) when index > 0,
    do: [head | do_insert_at(tail, index - 1, value)]

  defp do_insert_at(list, _index, value), do: [value | list]

  @doc """
  Replaces the element at `index`; out of bounds, the list stays.

      iex> List.replace_at([1, 2, 3], 0, :x)
      [:x, 2, 3]
  """
  @spec replace_at(list, integer, any) :: list
  def replace_at(list, index, value) when is_list(list) and is_integer(index),
    do: do_update_at(list, position(list, index), fn _ -> value end)

  @doc """
  Maps the element at `index`; out of bounds, the list stays.

      iex> List.update_at([1, 2, 3], -1, fn x -> x * 10 end)
      [1, 2, 30]
  """
  @spec update_at([elem], integer, (elem -> any)) :: list when elem: var
  def update_at(list, index, fun) when is_list(list) and is_function(fun, 1) and is_integer(index),
    do: do_update_at(list, position(list, index), fun)

  defp position(_list, index) when index >= 0, do: index
  defp position(list, index), do: length(list) + index

  defp do_update_at([head | tail], 0, fun), do: [fun.(head) | tail]

  defp do_update_at([head | tail], index, fun) when index > 0,
    do: [head | do_update_at(tail, index - 1, fun)]

  defp do_update_at(list, _index, _fun), do: list

  @doc """
  Removes the element at `index`; out of bounds, the list stays.

      iex> List.delete_at([1, 2, 3], 1)
      [1, 3]
  """
  @spec delete_at(list, integer) :: list
  def delete_at(list, index) when is_list(list) and is_integer(index),
    do: elem(pop_at(list, index), 1)

  @doc """
  Removes the element at `index` and returns it, or `default`, with the new list.

      iex> List.pop_at([1, 2, 3], 0)
      {1, [2, 3]}
      iex> List.pop_at([1], 5, :none)
      {:none, [1]}
  """
  @spec pop_at(list, integer, any) :: {any, list}
  def pop_at(list, index, default \\ nil) when is_list(list) and is_integer(index),
    do: do_pop_at(list, position(list, index), default, [])

  defp do_pop_at([head | tail], 0, _default, acc), do: {head, :lists.reverse(acc, tail)}

  defp do_pop_at([head | tail], index, default, acc) when index > 0,
    do: do_pop_at(tail, index - 1, default, [head | acc])

  defp do_pop_at(list, _index, default, acc), do: {default, :lists.reverse(acc, list)}

  @doc """
  Returns whether `list` starts with the elements of `prefix`.

      iex> List.starts_with?([1, 2, 3], [1, 2])
      true
  """
  @spec starts_with?(nonempty_list, nonempty_list) :: boolean
  @spec starts_with?(list, []) :: true
  @spec starts_with?([], nonempty_list) :: false
  def starts_with?(list, prefix)
  def starts_with?([head | tail], [head | prefix_tail]), do: starts_with?(tail, prefix_tail)
  def starts_with?(list, []) when is_list(list), do: true
  def starts_with?(list, [_ | _]) when is_list(list), do: false

  @doc """
  Returns whether `list` ends with the elements of `suffix`.

      iex> List.ends_with?([1, 2, 3], [2, 3])
      true
      iex> List.ends_with?([1, 2, 3], [1])
      false
  """
  @spec ends_with?(nonempty_list, nonempty_list) :: boolean
  @spec ends_with?(list, []) :: true
  @spec ends_with?([], nonempty_list) :: false
  def ends_with?(list, suffix) when is_list(list) and is_list(suffix) do
    surplus = length(list) - length(suffix)
    surplus >= 0 and :lists.nthtail(surplus, list) === suffix
  end

  @doc """
  Turns a charlist into an atom.

      iex> List.to_atom(~c"ant")
      :ant
  """
  @spec to_atom(charlist) :: atom
  def to_atom(charlist), do: :erlang.list_to_atom(charlist)

  @doc """
  Turns a charlist into an atom that exists already, else raises `ArgumentError`.

      iex> List.to_existing_atom(~c"ok")
      :ok
  """
  @spec to_existing_atom(charlist) :: atom
  def to_existing_atom(charlist), do: :erlang.list_to_existing_atom(charlist)

  @doc """
  Returns the float that a charlist shows.

      iex> List.to_float(~c"1.5")
      1.5
  """
  @spec to_float(charlist) :: float
  def to_float(charlist), do: :erlang.list_to_float(charlist)

  @doc """
  Returns the integer that a charlist shows.

      iex> List.to_integer(~c"42")
      42
  """
  @spec to_integer(charlist) :: integer
  def to_integer(charlist), do: :erlang.list_to_integer(charlist)

  @doc """
  Returns the integer that a charlist shows in the given base, 2 to 36.

      iex> List.to_integer(~c"FF", 16)
      255
  """
  @spec to_integer(charlist, 2..36) :: integer
  def to_integer(charlist, base), do: :erlang.list_to_integer(charlist, base)

  @doc """
  Turns a list into a tuple.

      iex> List.to_tuple([1, :a])
      {1, :a}
  """
  @spec to_tuple(list) :: tuple
  def to_tuple(list), do: :erlang.list_to_tuple(list)

  @doc """
  Joins code points, strings and nested lists of them into a string.

      iex> List.to_string([?a, "bc", [?d]])
      "abcd"
  """
  @spec to_string(:unicode.charlist()) :: String.t()
  def to_string(list) when is_list(list) do
    case :unicode.characters_to_binary(list) do
      result when is_binary(result) -> result
      failure -> chardata_error(failure)
    end
  rescue
    ArgumentError -> not_chardata(list, "a string")
  end

  @doc """
  Turns code points, strings and nested lists of them into a charlist.

      iex> List.to_charlist([?a, "bc"])
      ~c"abc"
  """
  @spec to_charlist(:unicode.charlist()) :: charlist
  def to_charlist(list) when is_list(list) do
    case :unicode.characters_to_list(list) do
      result when is_list(result) -> result
      failure -> chardata_error(failure)
    end
  rescue
    ArgumentError -> not_chardata(list, "a charlist")
  end

  defp chardata_error({:error, encoded, rest}),
    do: raise(UnicodeConversionError, encoded: encoded, rest: rest, kind: :invalid)

  defp chardata_error({:incomplete, encoded, rest}),
    do: raise(UnicodeConversionError, encoded: encoded, rest: rest, kind: :incomplete)

  defp not_chardata(list, target) do
    raise ArgumentError, """
    cannot convert the given list to #{target}.

    To be converted to #{target}, a list must #{content(target)}:

      * strings
      * integers representing Unicode code points
      * #{if target == "a string", do: "a", else: "or a"} list containing one of these three elements

    Please check the given list or call inspect/1 to get the list representation, got:

    #{inspect(list)}
    """
  end

  defp content("a string"), do: "either be empty or only\ncontain the following elements"
  defp content("a charlist"), do: "contain only"

  @doc """
  Returns a shortest script of `:eq`, `:ins` and `:del` steps that turns the first list into the second.

      iex> List.myers_difference([1, 4, 2], [1, 2, 3])
      [eq: [1], del: [4], eq: [2], ins: [3]]
  """
  @spec myers_difference(list, list) :: [{:eq | :ins | :del, list}]
  def myers_difference(list1, list2) when is_list(list1) and is_list(list2),
    do: search([{0, list1, list2, []}], nil)

  @doc """
  Like `myers_difference/2`, but instead of deleting one element and inserting another,
  `diff_script` may return a script that turns one into the other (kept under `:diff`), or `nil`.

      iex> List.myers_difference(["a", "b"], ["a", "c"], fn x, y -> {x, y} end)
      [eq: ["a"], diff: {"b", "c"}]
  """
  @spec myers_difference(list, list, (term, term -> script | nil)) ::
          [{:eq | :ins | :del | :diff, list}]
        when script: term
  def myers_difference(list1, list2, diff_script)
      when is_list(list1) and is_list(list2) and is_function(diff_script, 2),
      do: search([{0, list1, list2, []}], diff_script)

  # E. Myers, "An O(ND) Difference Algorithm": a front holds, for each diagonal, the furthest path that
  # so many edits reach. A path is {place in list1, rest of list1, rest of list2, reversed script}.
  defp search(front, diff_script) do
    case advance(front, []) do
      {:done, script} ->
        group(script)

      {:cont, [first | _] = front} ->
        search([delete_one(first, diff_script) | widen(front, diff_script)], diff_script)
    end
  end

  # Follows the elements that both lists share.
  defp advance([path | rest], acc) do
    case follow(path) do
      {_, [], [], script} -> {:done, script}
      path -> advance(rest, [path | acc])
    end
  end

  defp advance([], acc), do: {:cont, :lists.reverse(acc)}

  defp follow({place, [element | rest1], [element | rest2], script}),
    do: follow({place + 1, rest1, rest2, [{:eq, element} | script]})

  defp follow(path), do: path

  # Each diagonal of the next front is entered from the neighbour that comes further.
  defp widen([{place1, _, _, _} = path1 | [{place2, _, _, _} = path2 | _] = rest], diff_script) do
    path =
      if place1 > place2,
        do: insert_one(path1, diff_script),
        else: delete_one(path2, diff_script)

    [path | widen(rest, diff_script)]
  end

  defp widen([last], diff_script), do: [insert_one(last, diff_script)]

  # Where the diff script knows how one element becomes the other, both are consumed by one edit.
  defp delete_one({place, [element1 | rest1], [element2 | rest2] = list2, script}, diff_script)
       when diff_script != nil do
    case diff_script.(element1, element2) do
      nil -> {place + 1, rest1, list2, [{:del, element1} | script]}
      diff -> {place + 1, rest1, rest2, [{:diff, diff} | script]}
    end
  end

  defp delete_one({place, [element | rest1], list2, script}, _diff_script),
    do: {place + 1, rest1, list2, [{:del, element} | script]}

  defp delete_one({place, [], list2, script}, _diff_script), do: {place + 1, [], list2, script}

  defp insert_one({place, [element1 | rest1] = list1, [element2 | rest2], script}, diff_script)
       when diff_script != nil do
    case diff_script.(element1, element2) do
      nil -> {place, list1, rest2, [{:ins, element2} | script]}
      diff -> {place + 1, rest1, rest2, [{:diff, diff} | script]}
    end
  end

  defp insert_one({place, list1, [element | rest2], script}, _diff_script),
    do: {place, list1, rest2, [{:ins, element} | script]}

  defp insert_one({_place, _list1, [], _script} = path, _diff_script), do: path

  # Turns the reversed script around and joins the steps of one kind.
  defp group(script), do: script |> join([]) |> :lists.reverse() |> unite([])

  defp join([{:diff, diff} | script], acc), do: join(script, [{:diff, diff} | acc])

  defp join([{kind, element} | script], [{kind, elements} | acc]),
    do: join(script, [{kind, [element | elements]} | acc])

  defp join([{kind, element} | script], acc), do: join(script, [{kind, [element]} | acc])
  defp join([], acc), do: acc

  # Where an insertion repeats what is before it, the insertion may come first, next to other edits.
  defp unite([{:eq, list}, {kind, _} = edit | script], [{:ins, list}, {:eq, tail} | acc])
       when kind in [:ins, :del],
       do: unite([edit | script], [{:ins, list}, {:eq, list ++ tail} | acc])

  defp unite([{:ins, list} | script], [{:ins, tail} | acc]),
    do: unite(script, [{:ins, list ++ tail} | acc])

  defp unite([step | script], acc), do: unite(script, [step | acc])
  defp unite([], acc), do: acc
end
