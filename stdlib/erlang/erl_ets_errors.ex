# Says what is wrong with the arguments of a failed function of `:ets`: `explain/2` gives pairs of an argument's position and a text.
# The table comes first: when it cannot be used at all, nothing else is looked at.

defmodule :erl_ets_errors do
  @moduledoc false

  @writers [:insert, :insert_new, :delete, :delete_object, :delete_all_objects, :update_counter, :update_element, :take] ++
             [:select_delete, :select_replace, :match_delete, :rename, :give_away, :setopts]

  def explain(:new, args), do: new(args)
  def explain(:whereis, [_]), do: [{1, "invalid table name (must be an atom)"}]
  def explain(:match_spec_compile, [_]), do: [{1, "not a valid match specification"}]
  def explain(name, [_]) when name in [:select, :select_reverse, :match, :match_object], do: [{1, "invalid continuation"}]

  def explain(name, _args) when name in [:match_spec_run, :test_ms], do: []

  def explain(name, [table | rest]) do
    case table(name, table, rest) do
      [] -> rest(name, table, rest)
      wrong -> wrong
    end
  end

  def explain(_name, _args), do: []

  defp new([name, options]) do
    cond do
      not is_atom(name) -> [{1, "not an atom"}]
      not is_list(options) -> [{2, "not a list"}]
      :named_table in options and :ets.whereis(name) != :undefined -> [{1, "table name already exists"}]
      true -> [{2, "invalid options"}]
    end
  end

  defp table(_name, table, _rest) when not is_atom(table) and not is_reference(table), do: [{1, "not an atom or a table identifier"}]

  defp table(name, table, rest) do
    owner? = :ets.info(table, :owner) == self()

    case :ets.info(table, :protection) do
      :undefined -> [{1, "the table identifier does not refer to an existing ETS table"}]
      :private when not owner? -> refused()
      :protected when not owner? and name in @writers -> refused()
      _ -> unsupported(name, :ets.info(table, :type), rest)
    end
  end

  defp refused, do: [{1, "the table identifier refers to an ETS table with insufficient access rights"}]

  defp unsupported(name, type, _) when name in [:update_counter, :update_element, :select_replace] and type in [:bag, :duplicate_bag] do
    [{1, "the table identifier refers to an ETS table of a type not supported by this operation"}]
  end

  defp unsupported(_name, _type, _rest), do: []

  defp rest(name, table, [objects]) when name in [:insert, :insert_new], do: objects(objects, :ets.info(table, :keypos))
  defp rest(:lookup_element, table, [key, position | _]), do: element(table, key, position)
  defp rest(:update_element, table, [_key, changes | _]), do: changes(changes, :ets.info(table, :keypos))
  defp rest(:update_counter, table, [key, operations]), do: missing(table, key) ++ operations(table, operations)

  defp rest(:update_counter, table, [_key, operations, default]) do
    operations(table, operations) ++ if(is_tuple(default), do: [], else: [{4, "not a tuple"}])
  end

  defp rest(name, _table, [_key]) when name in [:next, :prev, :next_lookup, :prev_lookup] do
    [{2, "not a key that exists in the table"}]
  end

  defp rest(:rename, _table, [name]) do
    if is_atom(name), do: [{2, "table name already exists"}], else: [{2, "invalid table name (must be an atom)"}]
  end

  defp rest(:give_away, _table, [pid, _]) do
    cond do
      not is_pid(pid) -> [{2, "not a pid"}]
      pid == self() -> [{2, "the process is already the owner of the table"}]
      true -> [{2, "the process is not alive"}]
    end
  end

  defp rest(:setopts, _table, _), do: [{2, "invalid options"}]
  defp rest(:info, _table, [_]), do: [{2, "not a valid info item"}]
  defp rest(:safe_fixtable, _table, [_]), do: [{2, "not a boolean value"}]
  defp rest(name, _table, [_, limit]) when name in [:match, :match_object], do: limit(limit)
  defp rest(name, _table, [spec, limit]) when name in [:select, :select_reverse], do: spec(spec) ++ limit(limit)
  defp rest(name, _table, [spec]) when name in [:select, :select_reverse, :select_count, :select_delete, :select_replace], do: spec(spec)
  defp rest(_name, _table, _rest), do: []

  defp limit(limit) when not is_integer(limit), do: [{3, "not an integer"}]
  defp limit(limit) when limit < 1, do: [{3, "out of range"}]
  defp limit(_limit), do: []

  defp spec(spec) do
    :ets.match_spec_compile(spec)
    []
  catch
    :error, :badarg -> [{2, "not a valid match specification"}]
  end

  defp objects({}, _position), do: [{2, "is an empty tuple"}]
  defp objects(object, position) when is_tuple(object) and tuple_size(object) < position, do: [{2, "key position is greater than the size of the object"}]
  defp objects([], _position), do: []
  defp objects(object, _position) when is_tuple(object), do: []

  defp objects([_ | _] = objects, position) do
    fits? = List.improper?(objects) == false and :lists.all(&(is_tuple(&1) and tuple_size(&1) > 0), objects)

    cond do
      not fits? -> [{2, "not a non-empty tuple or a list of non-empty tuples"}]
      :lists.any(&(tuple_size(&1) < position), objects) -> [{2, "key position is greater than the size of the object"}]
      true -> []
    end
  end

  defp objects(_other, _position), do: [{2, "not a tuple"}]

  defp element(table, key, position) do
    cond do
      not is_integer(position) -> [{3, "not an integer"}]
      position < 1 -> [{3, "out of range"}]
      true -> missing_or(table, key, [{3, "position is greater than the size of the object"}])
    end
  end

  defp missing(table, key), do: missing_or(table, key, [])
  defp missing_or(table, key, otherwise), do: if(:ets.member(table, key), do: otherwise, else: [{2, "not a key that exists in the table"}])

  defp changes({position, _}, key_position) when is_integer(position), do: changed_position(position, key_position)

  defp changes([_ | _] = changes, key_position) do
    case :lists.all(&match?({position, _} when is_integer(position), &1), changes) do
      true -> changed_position(if(List.keymember?(changes, key_position, 0), do: key_position, else: 0), key_position)
      false -> changes(:invalid, key_position)
    end
  end

  defp changes(_other, _key_position), do: [{3, "is not a valid element specification"}]

  defp changed_position(position, position), do: [{3, "the position is the same as the key position"}]
  defp changed_position(_position, _key_position), do: [{3, "out of range"}]

  defp operations(table, operations) do
    key_position = :ets.info(table, :keypos)
    operations = if is_list(operations), do: operations, else: [operations]
    positions = :lists.map(&operation_position(&1, key_position), operations)

    cond do
      :invalid in positions -> [{3, "not a valid update operation"}]
      key_position in positions -> [{3, "the position is the same as the key position"}]
      :lists.any(&(&1 > widest(table)), positions) -> [{3, "the position in the update operation is out of range"}]
      true -> [{3, "the value in the given position, in the object, is not an integer"}]
    end
    |> unless_missing(table)
  end

  # What the object holds can be wrong only when there is one.
  defp unless_missing([{3, "the " <> _}] = wrong, table), do: if(:ets.info(table, :size) == 0, do: [], else: wrong)
  defp unless_missing(wrong, _table), do: wrong

  defp widest(table), do: :ets.foldl(&max(tuple_size(&1), &2), 0, table)

  defp operation_position(step, key_position) when is_integer(step), do: key_position + 1
  defp operation_position({position, step}, _) when is_integer(position) and is_integer(step), do: position

  defp operation_position({position, step, limit, new}, _)
       when is_integer(position) and is_integer(step) and is_integer(limit) and is_integer(new),
       do: position

  defp operation_position(_other, _), do: :invalid
end
