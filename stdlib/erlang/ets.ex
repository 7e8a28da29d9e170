defmodule :ets do
  @moduledoc """
  Tables of terms in memory, shared by processes. Most functions are native; what is here is written over them.

  Walks go over the keys, with the table fixed, so that objects may be deleted meanwhile.
  """

  @doc """
  A new table. The options: `:set`, `:ordered_set`, `:bag` or `:duplicate_bag`; `:private`, `:protected` or `:public`; `:named_table`, `keypos: position`, `heir: {process, data}` and some for speed.

      iex> table = :ets.new(:table, [:set])
      iex> :ets.info(table, :type)
      :set
  """
  def new(name, options)

  @doc """
  Stores an object, a tuple, or a list of them. In a `:set` it takes the place of one with the same key.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      true
  """
  def insert(table, objects)

  @doc """
  Stores objects if none of the keys is there; whether they were stored.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert_new(table, {1, :a})
      true
      iex> :ets.insert_new(table, {1, :b})
      false
  """
  def insert_new(table, objects)

  @doc """
  The objects with the key.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      iex> :ets.lookup(table, 2)
      [{2, :b}]
  """
  def lookup(table, key)

  @doc """
  The element at a position of the object with the key; of bags a list.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      iex> :ets.lookup_element(table, 1, 2)
      :a
  """
  def lookup_element(table, key, position)

  @doc """
  The same, or the default if there is no such object.

      iex> :ets.lookup_element(:ets.new(:table, []), 1, 2, :none)
      :none
  """
  def lookup_element(table, key, position, default)

  @doc """
  Whether there is an object with the key.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      iex> :ets.member(table, 3)
      false
  """
  def member(table, key)

  @doc """
  The objects with the key, which are deleted.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      iex> :ets.take(table, 1)
      [{1, :a}]
      iex> :ets.tab2list(table)
      [{2, :b}]
  """
  def take(table, key)

  @doc """
  All objects.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      iex> :ets.tab2list(table)
      [{1, :a}, {2, :b}]
  """
  def tab2list(table)

  @doc """
  Deletes the table.

      iex> :ets.delete(:ets.new(:table, []))
      true
  """
  def delete(table)

  @doc """
  Deletes the objects with the key.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      iex> :ets.delete(table, 1)
      iex> :ets.tab2list(table)
      [{2, :b}]
  """
  def delete(table, key)

  @doc """
  Deletes exactly this object.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      iex> :ets.delete_object(table, {1, :b})
      iex> :ets.info(table, :size)
      2
  """
  def delete_object(table, object)

  @doc """
  Empties the table.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      iex> :ets.delete_all_objects(table)
      iex> :ets.tab2list(table)
      []
  """
  def delete_all_objects(table)

  @doc """
  Adds to elements of an object, whole: by an increment, `{position, increment}`, `{position, increment, limit, value}` or a list of these. Returns the new values.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, {:hits, 1})
      iex> :ets.update_counter(table, :hits, 2)
      3
  """
  def update_counter(table, key, operation)

  @doc """
  The same; `default` is the object if there is none.

      iex> :ets.update_counter(:ets.new(:table, []), :hits, 1, {:hits, 0})
      1
  """
  def update_counter(table, key, operation, default)

  @doc """
  Sets elements, `{position, value}` or a list of these, of an object; whether it is there.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      iex> :ets.update_element(table, 1, {2, :z})
      true
  """
  def update_element(table, key, changes)

  @doc """
  The same; `default` is the object if there is none.

      iex> :ets.update_element(:ets.new(:table, []), 1, {2, :z}, {1, :a})
      true
  """
  def update_element(table, key, changes, default)

  @doc """
  The first key, or `:"$end_of_table"`.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      iex> :ets.first(table)
      1
  """
  def first(table)

  @doc """
  The last key of an `:ordered_set`.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      iex> :ets.last(table)
      2
  """
  def last(table)

  @doc """
  The key after this one.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      iex> :ets.next(table, 1)
      2
  """
  def next(table, key)

  @doc """
  The key before this one, in an `:ordered_set`.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      iex> :ets.prev(table, 1)
      :"$end_of_table"
  """
  def prev(table, key)

  @doc """
  What the variables `:"$1"`, `:"$2"` ... of a pattern match, a list for each object.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      iex> :ets.match(table, {:"$1", :_})
      [[1], [2]]
  """
  def match(table, pattern)

  @doc """
  The same in parts: `{matches, continuation}`, which goes to `match/1`.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      iex> :ets.match(table, {:"$1", :_}, 1) |> elem(0)
      [[1]]
  """
  def match(table, pattern, limit)

  @doc """
  The objects that match a pattern.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      iex> :ets.match_object(table, {:_, :b})
      [{2, :b}]
  """
  def match_object(table, pattern)

  @doc """
  The same in parts.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      iex> :ets.match_object(table, :_, 1) |> elem(0)
      [{1, :a}]
  """
  def match_object(table, pattern, limit)

  @doc """
  Deletes the objects that match.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      iex> :ets.match_delete(table, {:_, :a})
      iex> :ets.tab2list(table)
      [{2, :b}]
  """
  def match_delete(table, pattern)

  @doc """
  The results of a match specification, see `fun2ms/1`.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      iex> :ets.select(table, [{{:"$1", :_}, [{:>, :"$1", 1}], [:"$_"]}])
      [{2, :b}]
  """
  def select(table, spec)

  @doc """
  The same in parts: `{results, continuation}`, which goes to `select/1`.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      iex> {[1], continuation} = :ets.select(table, [{{:"$1", :_}, [], [:"$1"]}], 1)
      iex> :ets.select(continuation) |> elem(0)
      [2]
  """
  def select(table, spec, limit)

  @doc """
  The results from the last key to the first.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      iex> :ets.select_reverse(table, [{{:"$1", :_}, [], [:"$1"]}])
      [2, 1]
  """
  def select_reverse(table, spec)

  @doc """
  How many objects give `true`.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      iex> :ets.select_count(table, [{{:_, :a}, [], [true]}])
      1
  """
  def select_count(table, spec)

  @doc """
  Deletes the objects that give `true`; how many.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      iex> :ets.select_delete(table, [{{:_, :a}, [], [true]}])
      1
  """
  def select_delete(table, spec)

  @doc """
  Replaces objects by what the specification makes of them, with the same key; how many.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      iex> :ets.select_replace(table, [{{:"$1", :a}, [], [{{:"$1", :z}}]}])
      1
  """
  def select_replace(table, spec)

  @doc """
  Prepares a specification for `match_spec_run/2`.

      iex> :ets.match_spec_run([{1}, {2}], :ets.match_spec_compile([{{:"$1"}, [], [:"$1"]}]))
      [1, 2]
  """
  def match_spec_compile(spec)

  @doc """
  The results of a compiled specification over a list.

      iex> :ets.match_spec_run([], :ets.match_spec_compile([{:_, [], [:"$_"]}]))
      []
  """
  def match_spec_run(objects, spec)

  @doc """
  Whether the term is a compiled specification.

      iex> :ets.is_compiled_ms(1)
      false
  """
  def is_compiled_ms(term)

  @doc """
  Tries a specification on an object.

      iex> :ets.test_ms({1, 2}, [{{:"$1", :_}, [], [:"$1"]}])
      {:ok, 1}
  """
  def test_ms(object, spec)

  @doc """
  What is known of a table, or `:undefined`.

      iex> :ets.info(:no_such_table)
      :undefined
  """
  def info(table)

  @doc """
  One thing of it: `:size`, `:type`, `:name`, `:owner`, `:keypos`, `:memory`, `:protection` ...

      iex> :ets.info(:ets.new(:table, []), :size)
      0
  """
  def info(table, item)

  @doc """
  All tables.

      iex> table = :ets.new(:table, [])
      iex> table in :ets.all()
      true
  """
  def all()

  @doc """
  Gives a named table another name.

      iex> :ets.new(:old_name_of_doc, [:named_table])
      iex> :ets.rename(:old_name_of_doc, :new_name_of_doc)
      :new_name_of_doc
  """
  def rename(table, name)

  @doc """
  The reference of a named table, or `:undefined`.

      iex> :ets.whereis(:no_such_table)
      :undefined
  """
  def whereis(name)

  @doc """
  Makes another process the owner; it gets `{:"ETS-TRANSFER", table, from, data}`.
  """
  def give_away(table, process, data)

  @doc """
  Changes the heir: `{:heir, process, data}` or `{:heir, :none}`.

      iex> :ets.setopts(:ets.new(:table, []), {:heir, :none})
      true
  """
  def setopts(table, options)

  @doc """
  Keeps walks by `next/2` safe while objects are deleted, until it is called with `false`.

      iex> :ets.safe_fixtable(:ets.new(:table, []), true)
      true
  """
  def safe_fixtable(table, fix)

  @doc """
  Folds a function over all objects. In an `:ordered_set` the first key comes first.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      iex> :ets.foldl(fn {_, value}, acc -> [value | acc] end, [], table)
      [:b, :a]
  """
  def foldl(fun, acc, table) when is_function(fun, 2) do
    fixed(table, fn -> walk(:ets.first(table), table, fun, acc, &:ets.next/2) end)
  end

  @doc """
  The same, from the last key of an `:ordered_set` to the first.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}])
      iex> :ets.foldr(fn {_, value}, acc -> [value | acc] end, [], table)
      [:a, :b]
  """
  def foldr(fun, acc, table) when is_function(fun, 2) do
    fixed(table, fn -> walk(:ets.last(table), table, fun, acc, &:ets.prev/2) end)
  end

  defp fixed(table, fun) do
    :ets.safe_fixtable(table, true)

    try do
      fun.()
    after
      # The function may have deleted the table.
      if :ets.info(table, :type) != :undefined, do: :ets.safe_fixtable(table, false)
    end
  end

  defp walk(:"$end_of_table", _, _, acc, _), do: acc

  defp walk(key, table, fun, acc, step) do
    acc = :lists.foldl(fun, acc, :ets.lookup(table, key))
    walk(step.(table, key), table, fun, acc, step)
  end

  @doc """
  Returns the first key and its objects, or `:"$end_of_table"`.

      iex> table = :ets.new(:table, [])
      iex> :ets.insert(table, {1, :a})
      iex> :ets.first_lookup(table)
      {1, [{1, :a}]}
  """
  def first_lookup(table), do: with_objects(:ets.first(table), table)

  @doc """
  Returns the last key and its objects, or `:"$end_of_table"`.
  """
  def last_lookup(table), do: with_objects(:ets.last(table), table)

  @doc """
  Returns the key after this one and its objects, or `:"$end_of_table"`.
  """
  def next_lookup(table, key), do: with_objects(:ets.next(table, key), table)

  @doc """
  Returns the key before this one and its objects, or `:"$end_of_table"`.
  """
  def prev_lookup(table, key), do: with_objects(:ets.prev(table, key), table)

  defp with_objects(:"$end_of_table", _), do: :"$end_of_table"
  defp with_objects(key, table), do: {key, :ets.lookup(table, key)}

  @doc """
  Replaces all objects by those that a function gives: called with `:read` it returns `{objects, next_function}`
  or `:end_of_input`; it is called with `:close` if it fails.

      iex> table = :ets.new(:table, [])
      iex> :ets.init_table(table, fn :read -> {[{1, :a}], fn :read -> :end_of_input end} end)
      true
      iex> :ets.tab2list(table)
      [{1, :a}]
  """
  def init_table(table, fun) when is_function(fun, 1) do
    :ets.delete_all_objects(table)
    read_table(table, fun)
  end

  defp read_table(table, fun) do
    case read_part(fun) do
      :end_of_input ->
        true

      {objects, next} when is_list(objects) and is_function(next, 1) ->
        :ets.insert(table, objects)
        read_table(table, next)

      _ ->
        fun.(:close)
        :erlang.error(:badarg)
    end
  end

  defp read_part(fun) do
    try do
      fun.(:read)
    catch
      kind, reason ->
        fun.(:close)
        :erlang.raise(kind, reason, __STACKTRACE__)
    end
  end

  @doc """
  Like `select/3`, from the last key of an `:ordered_set` to the first: `{results, continuation}` or `:"$end_of_table"`.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1, :a}, {2, :b}, {3, :c}])
      iex> {results, continuation} = :ets.select_reverse(table, [{{:"$1", :_}, [], [:"$1"]}], 2)
      iex> results
      [3, 2]
      iex> :ets.select_reverse(continuation)
      {[1], :"$end_of_table"}
  """
  def select_reverse(table, spec, limit) when is_integer(limit) and limit > 0, do: reverse_page(:ets.select_reverse(table, spec), limit)
  def select_reverse(_table, _spec, _limit), do: :erlang.error(:badarg)

  @doc """
  Goes on where a continuation of `select_reverse/3` stands.
  """
  def select_reverse(:"$end_of_table"), do: :"$end_of_table"
  def select_reverse({:"$reverse", limit, results}), do: reverse_page(results, limit)
  def select_reverse(_continuation), do: :erlang.error(:badarg)

  defp reverse_page([], _limit), do: :"$end_of_table"

  defp reverse_page(results, limit) do
    case Enum.split(results, limit) do
      {page, []} -> {page, :"$end_of_table"}
      {page, rest} -> {page, {:"$reverse", limit, rest}}
    end
  end

  @doc """
  The match specification of a function that is written out: patterns and guards become its own, names of the surroundings
  constants.

      iex> :ets.fun2ms(fn {key, value} when value > 1 -> key end)
      [{{:"$1", :"$2"}, [{:>, :"$2", 1}], [:"$1"]}]
      iex> least = 5
      iex> :ets.fun2ms(fn {_, value} = object when value >= least -> object end)
      [{{:_, :"$1"}, [{:>=, :"$1", {:const, 5}}], [:"$_"]}]
  """
  defmacro fun2ms({:fn, _, clauses}), do: :ms_transform.transform(clauses, __CALLER__)

  defmacro fun2ms(_fun) do
    reason = {:badarg, {:ets, :fun2ms, [:function, :called, :with, :real, :fun, :should, :be, :transformed]}}
    quote do: :erlang.error(unquote(Macro.escape(reason)))
  end

  @doc """
  Makes a continuation of `select/3` usable again after it was sent through the external format; here it always is.
  """
  def repair_continuation(continuation, _match_spec), do: continuation

  @doc """
  Prints the tables of this VM: id, name, type, size, memory in words and owner.
  """
  def i() do
    :io.format(" ~-20ts ~-17s ~10s ~10s  ~ts~n", [~c"name", ~c"type", ~c"size", ~c"mem", ~c"owner"])
    :io.format("~ts~n", [:lists.duplicate(76, ?-)])

    :lists.foreach(
      fn table ->
        case :ets.info(table) do
          :undefined ->
            :ok

          info ->
            at = fn key -> :proplists.get_value(key, info) end

            :io.format(" ~-20ts ~-17w ~10w ~10w  ~w~n", [
              :erlang.atom_to_list(at.(:name)),
              at.(:type),
              at.(:size),
              at.(:memory),
              at.(:owner)
            ])
        end
      end,
      :ets.all()
    )
  end

  @doc """
  Prints the objects of a table, one a line.
  """
  def i(table), do: foldl(fn object, _ -> :io.format("~tp~n", [object]) end, :ok, table)

  ## Files

  @mark :phial_ets_table

  @doc """
  Writes a table to a file; `file2tab/1` reads it.
  """
  def tab2file(table, file), do: tab2file(table, file, [])

  def tab2file(table, file, options) when is_list(options) do
    info = :ets.info(table)

    if info == :undefined do
      {:error, :badtab}
    else
      kept = Keyword.take(info, [:name, :type, :protection, :named_table, :keypos, :size])
      :file.write_file(file, :erlang.term_to_binary({@mark, 1, kept, :ets.tab2list(table)}, [:compressed]))
    end
  end

  @doc "Makes a table of a file that `tab2file/2` wrote: `{:ok, table}`."
  def file2tab(file), do: file2tab(file, [])

  def file2tab(file, options) when is_list(options) do
    with {:ok, info, objects} <- read_table(file) do
      named = if info[:named_table], do: [:named_table], else: []

      try do
        :ets.new(info[:name], [info[:type], info[:protection], {:keypos, info[:keypos]} | named])
      rescue
        ArgumentError -> {:error, :cannot_create_table}
      else
        table ->
          :ets.insert(table, objects)
          {:ok, table}
      end
    end
  end

  @doc "What a file of a table tells of it."
  def tabfile_info(file) do
    with {:ok, info, _objects} <- read_table(file), do: {:ok, info ++ [extended_info: [], version: {1, 0}]}
  end

  defp read_table(file) do
    case :file.read_file(file) do
      {:ok, <<131, _::binary>> = bytes} ->
        try do
          {@mark, 1, info, objects} = :erlang.binary_to_term(bytes)
          {:ok, info, objects}
        catch
          :error, _ -> {:error, {:read_error, {:not_a_log_file, file}}}
        end

      {:ok, _} ->
        {:error, {:read_error, {:not_a_log_file, file}}}

      {:error, reason} ->
        {:error, {:read_error, {:file_error, file, reason}}}
    end
  end

  @doc """
  The objects of one slot of a table, or `:"$end_of_table"` beyond the last.

      iex> table = :ets.new(:table, [:ordered_set])
      iex> :ets.insert(table, [{1}, {2}])
      iex> {:ets.slot(table, 0), :ets.slot(table, 2)}
      {[{1}], :"$end_of_table"}
  """
  def slot(table, index) when is_integer(index) and index >= 0 do
    case {:lists.nthtail(min(index, :ets.info(table, :size)), :ets.tab2list(table)), :ets.info(table, :size)} do
      {[object | _], _} -> [object]
      {[], _} -> :"$end_of_table"
    end
  end
end
