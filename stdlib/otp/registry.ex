defmodule Registry do
  @moduledoc """
  A store of the processes of this node under keys, unique or duplicate, with a value each.

      {:ok, _} = Registry.start_link(keys: :unique, name: Names)
      Agent.start_link(fn -> 0 end, name: {:via, Registry, {Names, "counter"}})
      Agent.get({:via, Registry, {Names, "counter"}}, & &1)
      #=> 0

  A process registers itself with `register/3`; its entries go when it ends. A `:duplicate` registry, where a key
  may have many processes, serves as a dispatcher or, with partitions, as a PubSub.

  Entries `{key, {pid, value}}` are in one public ETS table a partition, and `{pid, key, table}` in
  another, which the partition's process uses to remove the entries of processes that end: those are
  linked to it. What the partitions are is in an ETS table under the registry's name.
  """

  @type registry :: atom
  @type keys :: :unique | :duplicate
  @type key :: term
  @type value :: term
  @type match_pattern :: atom | term
  @type guard :: {atom, term}
  @type guards :: [guard]
  @type body :: [term]
  @type spec :: [{match_pattern, guards, body}]
  @type listener_message ::
          {:register, registry, key, registry_partition :: pid, value}
          | {:unregister, registry, key, registry_partition :: pid}
  @type meta_key :: atom | tuple
  @type meta_value :: term
  @type start_option ::
          {:keys, keys}
          | {:name, registry}
          | {:partitions, pos_integer}
          | {:listeners, [atom]}
          | {:meta, [{meta_key, meta_value}]}

  # ---- Via ------------------------------------------------------------------------------

  @doc false
  def whereis_name({registry, key}), do: whereis_name(registry, key)
  def whereis_name({registry, key, _value}), do: whereis_name(registry, key)

  defp whereis_name(registry, key) do
    case info!(registry) do
      {:unique, partitions, _} ->
        {key_ets, _, _} = partition(registry, hash(key, partitions))

        case safe_lookup(key_ets, key) do
          {pid, _} -> if Process.alive?(pid), do: pid, else: :undefined
          nil -> :undefined
        end

      {kind, _, _} ->
        raise ArgumentError, ":via is not supported for #{kind} registries"
    end
  end

  @doc false
  def register_name({registry, key}, pid), do: register_name(registry, key, nil, pid)
  def register_name({registry, key, value}, pid), do: register_name(registry, key, value, pid)

  defp register_name(registry, key, value, pid) when pid == self() do
    case register(registry, key, value) do
      {:ok, _} -> :yes
      {:error, _} -> :no
    end
  end

  @doc false
  def send({registry, key}, msg) do
    case lookup(registry, key) do
      [{pid, _}] -> Kernel.send(pid, msg)
      [] -> :erlang.error(:badarg, [{registry, key}, msg])
    end
  end

  def send({registry, key, _value}, msg), do: Registry.send({registry, key}, msg)

  @doc false
  def unregister_name({registry, key}), do: unregister(registry, key)
  def unregister_name({registry, key, _value}), do: unregister(registry, key)

  # ---- Starting -------------------------------------------------------------------------

  @doc """
  Starts a registry, linked to the caller.

  Options: `:keys` (`:unique` or `:duplicate`) and `:name` are required; `:partitions` (1),
  `:listeners` (names of processes that are told of changes) and `:meta`.

      iex> {:ok, _} = Registry.start_link(keys: :unique, name: Registry.StartDoc)
      iex> Registry.register(Registry.StartDoc, "key", :value)
      iex> [{pid, :value}] = Registry.lookup(Registry.StartDoc, "key")
      iex> pid == self()
      true
  """
  @spec start_link([start_option]) :: {:ok, pid} | {:error, term}
  def start_link(options) do
    keys = Keyword.get(options, :keys)

    if keys not in [:unique, :duplicate] do
      raise ArgumentError,
            "expected :keys to be given and be one of :unique or :duplicate, got: #{inspect(keys)}"
    end

    name =
      case Keyword.fetch(options, :name) do
        {:ok, name} when is_atom(name) ->
          name

        {:ok, other} ->
          raise ArgumentError, "expected :name to be an atom, got: #{inspect(other)}"

        :error ->
          raise ArgumentError, "expected :name option to be present"
      end

    meta = Keyword.get(options, :meta, [])

    if not Keyword.keyword?(meta),
      do: raise(ArgumentError, "expected :meta to be a keyword list, got: #{inspect(meta)}")

    partitions = Keyword.get(options, :partitions, 1)

    if not (is_integer(partitions) and partitions >= 1) do
      raise ArgumentError, "expected :partitions to be a positive integer, got: #{inspect(partitions)}"
    end

    listeners = Keyword.get(options, :listeners, [])

    if not (is_list(listeners) and Enum.all?(listeners, &is_atom/1)) do
      raise ArgumentError,
            "expected :listeners to be a list of named processes, got: #{inspect(listeners)}"
    end

    compressed = Keyword.get(options, :compressed, false)

    if not is_boolean(compressed) do
      raise ArgumentError, "expected :compressed to be a boolean, got: #{inspect(compressed)}"
    end

    Registry.Supervisor.start_link(keys, name, partitions, listeners, meta, compressed)
  end

  @deprecated "Use Registry.start_link/1 instead"
  @doc false
  def start_link(keys, name, options \\ []) when keys in [:unique, :duplicate] and is_atom(name) do
    start_link([keys: keys, name: name] ++ options)
  end

  @doc """
  Returns a specification to start a registry under a supervisor.

      iex> Registry.child_spec(keys: :unique, name: Some.Registry).id
      Some.Registry
  """
  def child_spec(options) do
    %{id: Keyword.get(options, :name, Registry), start: {Registry, :start_link, [options]}, type: :supervisor}
  end

  # ---- Registering ----------------------------------------------------------------------

  @doc """
  Registers the calling process under `key` with `value`.

      iex> {:ok, _} = Registry.start_link(keys: :unique, name: Registry.RegisterDoc)
      iex> {:ok, _} = Registry.register(Registry.RegisterDoc, "hello", :world)
      iex> {:error, {:already_registered, pid}} = Registry.register(Registry.RegisterDoc, "hello", :again)
      iex> pid == self()
      true
  """
  @spec register(registry, key, value) :: {:ok, pid} | {:error, {:already_registered, pid}}
  def register(registry, key, value) when is_atom(registry) do
    self = self()
    {kind, partitions, listeners} = info!(registry)
    {key_ets, pid_server, pid_ets} = partitions(kind, registry, key, self, partitions)

    # Before the entry, so that it can not outlive the process.
    Process.link(pid_server)
    true = :ets.insert(pid_ets, {self, key, key_ets})

    case insert(kind, key_ets, key, {key, {self, value}}) do
      :ok ->
        for listener <- listeners, do: notify(listener, {:register, registry, key, self, value})
        {:ok, pid_server}

      {:error, {:already_registered, ^self}} = error ->
        error

      {:error, _} = error ->
        true = :ets.delete_object(pid_ets, {self, key, key_ets})
        unlink_if_unregistered(pid_server, pid_ets, self)
        error
    end
  end

  defp insert(:duplicate, key_ets, _key, entry) do
    true = :ets.insert(key_ets, entry)
    :ok
  end

  defp insert(:unique, key_ets, key, entry) do
    if :ets.insert_new(key_ets, entry) do
      :ok
    else
      case :ets.lookup(key_ets, key) do
        [{^key, {pid, _}} = current] ->
          if Process.alive?(pid) do
            {:error, {:already_registered, pid}}
          else
            # Its entries are about to be removed; who came first may take the place.
            :ets.delete_object(key_ets, current)
            insert(:unique, key_ets, key, entry)
          end

        [] ->
          insert(:unique, key_ets, key, entry)
      end
    end
  end

  @doc """
  Removes the entries of the calling process under `key`.

      iex> {:ok, _} = Registry.start_link(keys: :unique, name: Registry.UnregisterDoc)
      iex> Registry.register(Registry.UnregisterDoc, "hello", :world)
      iex> Registry.unregister(Registry.UnregisterDoc, "hello")
      :ok
      iex> Registry.keys(Registry.UnregisterDoc, self())
      []
  """
  @spec unregister(registry, key) :: :ok
  def unregister(registry, key) when is_atom(registry) do
    self = self()
    {kind, partitions, listeners} = info!(registry)
    {key_ets, pid_server, pid_ets} = partitions(kind, registry, key, self, partitions)

    # Select, as the key may be any term and match specifications take some for patterns.
    :ets.select_delete(key_ets, [{{:_, {self, :_}}, [key_guard(key)], [true]}])

    case :ets.select_delete(pid_ets, [
           {{self, :_, key_ets}, [{:"=:=", {:element, 2, :"$_"}, {:const, key}}], [true]}
         ]) do
      0 ->
        :ok

      _ ->
        unlink_if_unregistered(pid_server, pid_ets, self)
        for listener <- listeners, do: notify(listener, {:unregister, registry, key, self})
        :ok
    end
  end

  @doc """
  Removes the entries of the calling process under `key` whose value matches `pattern`.

      iex> {:ok, _} = Registry.start_link(keys: :duplicate, name: Registry.UnregisterMatchDoc)
      iex> Registry.register(Registry.UnregisterMatchDoc, "key", :a)
      iex> Registry.register(Registry.UnregisterMatchDoc, "key", :b)
      iex> Registry.unregister_match(Registry.UnregisterMatchDoc, "key", :a)
      :ok
      iex> Registry.values(Registry.UnregisterMatchDoc, "key", self())
      [:b]
  """
  @spec unregister_match(registry, key, match_pattern, guards) :: :ok
  def unregister_match(registry, key, pattern, guards \\ []) when is_atom(registry) and is_list(guards) do
    self = self()
    {kind, partitions, listeners} = info!(registry)
    {key_ets, pid_server, pid_ets} = partitions(kind, registry, key, self, partitions)
    head = {:_, {self, pattern}}
    total = :ets.select_count(key_ets, [{{:_, {self, :_}}, [key_guard(key)], [true]}])

    case :ets.select_delete(key_ets, [{head, [key_guard(key) | guards], [true]}]) do
      0 ->
        :ok

      deleted ->
        entry = {self, key, key_ets}
        :ets.delete_object(pid_ets, entry)
        # The table of pids holds one row an entry: those of the entries that stay are put back.
        if total > deleted, do: :ets.insert(pid_ets, List.duplicate(entry, total - deleted))
        unlink_if_unregistered(pid_server, pid_ets, self)
        for listener <- listeners, do: notify(listener, {:unregister, registry, key, self})
        :ok
    end
  end

  defp unlink_if_unregistered(pid_server, pid_ets, self) do
    if not :ets.member(pid_ets, self), do: Process.unlink(pid_server)
  end

  defp notify(listener, message) do
    Kernel.send(listener, message)
    :ok
  catch
    :error, :badarg -> :ok
  end

  @doc """
  Changes the value of the calling process under `key` in a unique registry; returns `{new, old}` or `:error`.

      iex> {:ok, _} = Registry.start_link(keys: :unique, name: Registry.UpdateDoc)
      iex> Registry.register(Registry.UpdateDoc, "hello", 1)
      iex> Registry.update_value(Registry.UpdateDoc, "hello", &(&1 + 1))
      {2, 1}
  """
  @spec update_value(registry, key, (value -> value)) :: {new_value :: term, old_value :: term} | :error
  def update_value(registry, key, callback) when is_atom(registry) and is_function(callback, 1) do
    case info!(registry) do
      {:unique, partitions, _} ->
        {key_ets, _, _} = partition(registry, hash(key, partitions))

        case safe_lookup(key_ets, key) do
          {pid, old} when pid == self() ->
            new = callback.(old)
            :ets.insert(key_ets, {key, {pid, new}})
            {new, old}

          _ ->
            :error
        end

      {kind, _, _} ->
        raise ArgumentError, "Registry.update_value/3 is not supported for #{kind} registries"
    end
  end

  # ---- Reading --------------------------------------------------------------------------

  @doc """
  Returns `{pid, value}` of the processes under `key`.

      iex> {:ok, _} = Registry.start_link(keys: :duplicate, name: Registry.LookupDoc)
      iex> Registry.lookup(Registry.LookupDoc, "hello")
      []
      iex> Registry.register(Registry.LookupDoc, "hello", :world)
      iex> Registry.lookup(Registry.LookupDoc, "hello") == [{self(), :world}]
      true
  """
  @spec lookup(registry, key) :: [{pid, value}]
  def lookup(registry, key) when is_atom(registry) do
    case info!(registry) do
      {:unique, partitions, _} ->
        {key_ets, _, _} = partition(registry, hash(key, partitions))

        case safe_lookup(key_ets, key) do
          {pid, _} = pair -> if Process.alive?(pid), do: [pair], else: []
          nil -> []
        end

      {:duplicate, 1, _} ->
        {key_ets, _, _} = partition(registry, 0)
        lookup_all(key_ets, key)

      {:duplicate, partitions, _} ->
        for index <- 0..(partitions - 1),
            {key_ets, _, _} = partition(registry, index),
            pair <- lookup_all(key_ets, key),
            do: pair
    end
  end

  defp safe_lookup(key_ets, key) do
    case :ets.lookup(key_ets, key) do
      [{_, pair}] -> pair
      [] -> nil
    end
  end

  defp lookup_all(key_ets, key), do: for({_, pair} <- :ets.lookup(key_ets, key), do: pair)

  @doc """
  Calls a function with the list of `{pid, value}` under `key`, once for each partition that has some.

  The option `parallel: true` calls it in one process a partition.

      iex> {:ok, _} = Registry.start_link(keys: :duplicate, name: Registry.DispatchDoc)
      iex> Registry.register(Registry.DispatchDoc, "hello", :world)
      iex> Registry.dispatch(Registry.DispatchDoc, "hello", fn entries ->
      ...>   for {pid, value} <- entries, do: send(pid, {:got, value})
      ...> end)
      :ok
      iex> receive do {:got, value} -> value end
      :world
  """
  @spec dispatch(registry, key, (entries :: [{pid, value}] -> term) | {module, atom, [any]}, keyword) :: :ok
  def dispatch(registry, key, mfa_or_fun, opts \\ [])
      when is_atom(registry) and (is_function(mfa_or_fun, 1) or tuple_size(mfa_or_fun) == 3) do
    case info!(registry) do
      {:unique, _, _} ->
        case lookup(registry, key) do
          [] -> :ok
          entries -> apply_dispatch(mfa_or_fun, entries)
        end

        :ok

      {:duplicate, 1, _} ->
        dispatch_partition(registry, 0, key, mfa_or_fun)

      {:duplicate, partitions, _} ->
        if Keyword.get(opts, :parallel, false) do
          0..(partitions - 1)
          |> Enum.map(&Task.async(fn -> dispatch_partition(registry, &1, key, mfa_or_fun) end))
          |> Enum.each(&Task.await(&1, :infinity))
        else
          for index <- 0..(partitions - 1), do: dispatch_partition(registry, index, key, mfa_or_fun)
        end

        :ok
    end
  end

  defp dispatch_partition(registry, index, key, mfa_or_fun) do
    {key_ets, _, _} = partition(registry, index)

    case lookup_all(key_ets, key) do
      [] -> :ok
      entries -> apply_dispatch(mfa_or_fun, entries)
    end

    :ok
  end

  defp apply_dispatch({module, fun, args}, entries), do: apply(module, fun, [entries | args])
  defp apply_dispatch(fun, entries), do: fun.(entries)

  @doc """
  Returns `{pid, value}` under `key` for values that match a pattern of match specifications.

      iex> {:ok, _} = Registry.start_link(keys: :duplicate, name: Registry.MatchDoc)
      iex> Registry.register(Registry.MatchDoc, "hello", {1, :atom})
      iex> Registry.register(Registry.MatchDoc, "hello", {2, :atom})
      iex> Registry.match(Registry.MatchDoc, "hello", {1, :_}) == [{self(), {1, :atom}}]
      true
  """
  @spec match(registry, key, match_pattern, guards) :: [{pid, term}]
  def match(registry, key, pattern, guards \\ []) when is_atom(registry) and is_list(guards) do
    spec = [{{:_, {:_, pattern}}, [key_guard(key) | guards], [{:element, 2, :"$_"}]}]
    for key_ets <- key_tables(registry, key), pair <- :ets.select(key_ets, spec), do: pair
  end

  @doc """
  Counts what `match/4` would return.

      iex> {:ok, _} = Registry.start_link(keys: :duplicate, name: Registry.CountMatchDoc)
      iex> Registry.register(Registry.CountMatchDoc, "hello", {1, :atom})
      iex> Registry.count_match(Registry.CountMatchDoc, "hello", {:_, :atom})
      1
  """
  @spec count_match(registry, key, match_pattern, guards) :: non_neg_integer
  def count_match(registry, key, pattern, guards \\ []) when is_atom(registry) and is_list(guards) do
    spec = [{{:_, {:_, pattern}}, [key_guard(key) | guards], [true]}]

    Enum.reduce(key_tables(registry, key), 0, fn key_ets, count ->
      count + :ets.select_count(key_ets, spec)
    end)
  end

  defp key_guard(key), do: {:"=:=", {:element, 1, :"$_"}, {:const, key}}

  # The tables that may hold entries of a key.
  defp key_tables(registry, key) do
    case info!(registry) do
      {:unique, partitions, _} ->
        {key_ets, _, _} = partition(registry, hash(key, partitions))
        [key_ets]

      {:duplicate, partitions, _} ->
        all_key_tables(registry, partitions)
    end
  end

  defp all_key_tables(registry, partitions) do
    for index <- 0..(partitions - 1) do
      {key_ets, _, _} = partition(registry, index)
      key_ets
    end
  end

  @doc """
  Returns the keys of a process.

      iex> {:ok, _} = Registry.start_link(keys: :unique, name: Registry.KeysDoc)
      iex> Registry.register(Registry.KeysDoc, "hello", :world)
      iex> Registry.keys(Registry.KeysDoc, self())
      ["hello"]
  """
  @spec keys(registry, pid) :: [key]
  def keys(registry, pid) when is_atom(registry) and is_pid(pid) do
    {kind, partitions, _} = info!(registry)
    {_, _, pid_ets} = partition(registry, hash(pid, partitions))

    keys =
      for {_, key, key_ets} <- :ets.lookup(pid_ets, pid),
          kind == :duplicate or owner?(key_ets, key, pid),
          do: key

    # A unique registration that is tried again leaves a second row.
    if kind == :unique, do: Enum.uniq(keys), else: keys
  end

  defp owner?(key_ets, key, pid), do: match?({^pid, _}, safe_lookup(key_ets, key))

  @doc """
  Returns the values of a process under `key`.

      iex> {:ok, _} = Registry.start_link(keys: :unique, name: Registry.ValuesDoc)
      iex> Registry.register(Registry.ValuesDoc, "hello", :world)
      iex> Registry.values(Registry.ValuesDoc, "hello", self())
      [:world]
  """
  @spec values(registry, key, pid) :: [value]
  def values(registry, key, pid) when is_atom(registry) and is_pid(pid) do
    {kind, partitions, _} = info!(registry)
    {key_ets, _, _} = partitions(kind, registry, key, pid, partitions)
    for {_, {^pid, value}} <- :ets.lookup(key_ets, key), do: value
  end

  @doc """
  Counts the entries of a registry.

      iex> {:ok, _} = Registry.start_link(keys: :unique, name: Registry.CountDoc)
      iex> Registry.count(Registry.CountDoc)
      0
  """
  @spec count(registry) :: non_neg_integer
  def count(registry) when is_atom(registry) do
    {_, partitions, _} = info!(registry)

    Enum.reduce(all_key_tables(registry, partitions), 0, fn key_ets, count ->
      count + :ets.info(key_ets, :size)
    end)
  end

  @doc """
  Runs a match specification over `{key, pid, value}` of all entries.

      iex> {:ok, _} = Registry.start_link(keys: :unique, name: Registry.SelectDoc)
      iex> Registry.register(Registry.SelectDoc, "hello", :world)
      iex> Registry.select(Registry.SelectDoc, [{{:"$1", :_, :"$2"}, [], [{{:"$1", :"$2"}}]}])
      [{"hello", :world}]
  """
  @spec select(registry, spec) :: [term]
  def select(registry, spec) when is_atom(registry) and is_list(spec) do
    spec = entry_spec(spec, :select)
    {_, partitions, _} = info!(registry)
    for key_ets <- all_key_tables(registry, partitions), result <- :ets.select(key_ets, spec), do: result
  end

  @doc """
  Counts the entries for which a match specification returns `true`.

      iex> {:ok, _} = Registry.start_link(keys: :unique, name: Registry.CountSelectDoc)
      iex> Registry.register(Registry.CountSelectDoc, "hello", :world)
      iex> Registry.count_select(Registry.CountSelectDoc, [{{:_, :_, :world}, [], [true]}])
      1
  """
  @spec count_select(registry, spec) :: non_neg_integer
  def count_select(registry, spec) when is_atom(registry) and is_list(spec) do
    spec = entry_spec(spec, :count_select)
    {_, partitions, _} = info!(registry)

    Enum.reduce(all_key_tables(registry, partitions), 0, fn key_ets, count ->
      count + :ets.select_count(key_ets, spec)
    end)
  end

  # Rows are `{key, {pid, value}}`, users see `{key, pid, value}`.
  defp entry_spec(spec, function) do
    for part <- spec do
      case part do
        {{key, pid, value}, guards, body} ->
          {{key, {pid, value}}, whole_entry(guards), whole_entry(body)}

        _ ->
          raise ArgumentError,
                "invalid match specification in Registry.#{function}/2: #{inspect(spec)}"
      end
    end
  end

  defp whole_entry(:"$_") do
    {{{:element, 1, :"$_"}, {:element, 1, {:element, 2, :"$_"}}, {:element, 2, {:element, 2, :"$_"}}}}
  end

  defp whole_entry({:const, _} = const), do: const
  defp whole_entry(list) when is_list(list), do: Enum.map(list, &whole_entry/1)

  defp whole_entry(tuple) when is_tuple(tuple),
    do: tuple |> Tuple.to_list() |> Enum.map(&whole_entry/1) |> List.to_tuple()

  defp whole_entry(other), do: other

  # ---- Locks ----------------------------------------------------------------------------

  @doc """
  Runs `function` while no other process runs one under the same `lock_key` of the registry.

  Lock keys have nothing to do with registered keys.

      iex> {:ok, _} = Registry.start_link(keys: :unique, name: Registry.LockDoc)
      iex> Registry.lock(Registry.LockDoc, :some_key, fn -> :done end)
      :done
  """
  @spec lock(registry, term, (() -> result)) :: result when result: var
  def lock(registry, lock_key, function) when is_atom(registry) and is_function(function, 0) do
    {_, partitions, _} = info!(registry)
    {_, server, _} = partition(registry, hash(lock_key, partitions))
    ref = GenServer.call(server, {:lock, lock_key}, :infinity)

    try do
      function.()
    after
      GenServer.cast(server, {:unlock, lock_key, ref})
    end
  end

  # ---- Metadata -------------------------------------------------------------------------

  @doc """
  Returns `{:ok, value}` of a metadata key of the registry, or `:error`.

      iex> {:ok, _} = Registry.start_link(keys: :unique, name: Registry.MetaDoc, meta: [color: :red])
      iex> Registry.meta(Registry.MetaDoc, :color)
      {:ok, :red}
      iex> Registry.meta(Registry.MetaDoc, :size)
      :error
  """
  @spec meta(registry, meta_key) :: {:ok, meta_value} | :error
  def meta(registry, key) when is_atom(registry) and (is_atom(key) or is_tuple(key)) do
    case :ets.lookup(registry, {:meta, key}) do
      [{_, value}] -> {:ok, value}
      [] -> :error
    end
  catch
    :error, :badarg -> unknown(registry)
  end

  @doc """
  Sets a metadata key of the registry.

      iex> {:ok, _} = Registry.start_link(keys: :unique, name: Registry.PutMetaDoc)
      iex> Registry.put_meta(Registry.PutMetaDoc, :key, :value)
      :ok
  """
  @spec put_meta(registry, meta_key, meta_value) :: :ok
  def put_meta(registry, key, value) when is_atom(registry) and (is_atom(key) or is_tuple(key)) do
    :ets.insert(registry, {{:meta, key}, value})
    :ok
  catch
    :error, :badarg -> unknown(registry)
  end

  @doc """
  Deletes a metadata key of the registry.

      iex> {:ok, _} = Registry.start_link(keys: :unique, name: Registry.DeleteMetaDoc)
      iex> Registry.delete_meta(Registry.DeleteMetaDoc, :key)
      :ok
  """
  @spec delete_meta(registry, meta_key) :: :ok
  def delete_meta(registry, key) when is_atom(registry) and (is_atom(key) or is_tuple(key)) do
    :ets.delete(registry, {:meta, key})
    :ok
  catch
    :error, :badarg -> unknown(registry)
  end

  # ---- Partitions -----------------------------------------------------------------------

  @compile {:inline, hash: 2}
  defp hash(_term, 1), do: 0
  defp hash(term, limit), do: :erlang.phash2(term, limit)

  defp info!(registry) do
    :ets.lookup_element(registry, :info, 2)
  catch
    :error, :badarg -> unknown(registry)
  end

  defp unknown(registry), do: raise(ArgumentError, "unknown registry: #{inspect(registry)}")

  defp partition(registry, index), do: :ets.lookup_element(registry, index, 2)

  # Where an entry of `key` and `pid` is: the table of keys, the process and the table of pids.
  defp partitions(_kind, registry, _key, _pid, 1), do: partition(registry, 0)
  defp partitions(:duplicate, registry, _key, pid, partitions), do: partition(registry, hash(pid, partitions))

  defp partitions(:unique, registry, key, pid, partitions) do
    {key_ets, _, _} = partition(registry, hash(key, partitions))
    {_, pid_server, pid_ets} = partition(registry, hash(pid, partitions))
    {key_ets, pid_server, pid_ets}
  end
end
