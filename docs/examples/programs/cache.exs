# A cache over ETS: time to live, eviction of the least recently or least frequently used, statistics, single flight
# for concurrent loads, tags, and listeners. The clock is virtual.

defmodule Cache.Entry do
  @moduledoc "The rows of the table, as a record: ETS keeps tuples."

  require Record
  Record.defrecord(:entry, [:key, :value, :expires_at, :touched, hits: 0, tags: []])

  @type t ::
          record(:entry,
            key: term(),
            value: term(),
            expires_at: integer() | :infinity,
            touched: integer(),
            hits: non_neg_integer(),
            tags: [atom()]
          )
end

defmodule Cache.Policy do
  @moduledoc "Which entry has to go when the cache is full: that with the smallest rank."

  @callback rank(Cache.Entry.t()) :: term()
end

defmodule Cache.Policy.LRU do
  @moduledoc "The one that nobody touched for the longest time."
  @behaviour Cache.Policy
  import Cache.Entry

  @impl true
  def rank(entry(touched: touched)), do: touched
end

defmodule Cache.Policy.LFU do
  @moduledoc "The one with the fewest hits; among equals the one untouched for longest."
  @behaviour Cache.Policy
  import Cache.Entry

  @impl true
  def rank(entry(hits: hits, touched: touched)), do: {hits, touched}
end

defmodule Cache.Policy.Soonest do
  @moduledoc "The one that expires first; those that never do come last (an atom is greater than any number)."
  @behaviour Cache.Policy
  import Cache.Entry

  @impl true
  def rank(entry(expires_at: expires_at, touched: touched)), do: {expires_at, touched}
end

defmodule Cache.Stats do
  @moduledoc "Counters that any process may bump."

  @names [:hits, :misses, :expired, :evicted, :writes, :loads]
  @index @names |> Enum.with_index(1) |> Map.new()

  defstruct [:ref]

  def new, do: %__MODULE__{ref: :counters.new(length(@names), [])}

  for {name, index} <- @index do
    def bump(%__MODULE__{ref: ref}, unquote(name)), do: :counters.add(ref, unquote(index), 1)
  end

  def get(%__MODULE__{ref: ref}), do: Map.new(@index, fn {name, index} -> {name, :counters.get(ref, index)} end)

  @doc "Hits among all look-ups, in percent."
  def hit_rate(stats) do
    case get(stats) do
      %{hits: 0, misses: 0} -> nil
      %{hits: hits, misses: misses} -> Float.round(100 * hits / (hits + misses), 1)
    end
  end

  defimpl Inspect do
    import Inspect.Algebra

    def inspect(stats, opts) do
      container_doc("#Stats<", stats |> Cache.Stats.get() |> Enum.sort(), ">", opts, fn {k, v}, _ -> "#{k} #{v}" end)
    end
  end
end

defmodule Cache do
  @moduledoc """
  The cache. Reads go straight to the table; writes and evictions through the server, so that they are in order.

      {:ok, cache} = Cache.start_link(limit: 100, ttl: 5_000)
      Cache.put(cache, :a, 1)
      Cache.get(cache, :a)
  """

  use GenServer

  import Cache.Entry
  alias Cache.{Policy, Stats}

  defmodule Handle do
    @moduledoc "What clients hold: enough to read without asking the server."
    @enforce_keys [:server, :table, :stats, :clock]
    defstruct [:server, :table, :stats, :clock]

    defimpl Inspect do
      def inspect(handle, _), do: "#Cache<#{:ets.info(handle.table, :size)} entries>"
    end

    defimpl Enumerable do
      def count(handle), do: {:ok, length(Cache.keys(handle))}
      def member?(handle, {key, value}), do: {:ok, match?({:ok, ^value}, Cache.peek(handle, key))}
      def member?(_, _), do: {:ok, false}
      def slice(_), do: {:error, __MODULE__}

      def reduce(handle, acc, fun) do
        pairs = for key <- Cache.keys(handle), {:ok, value} <- [Cache.peek(handle, key)], do: {key, value}
        Enumerable.List.reduce(pairs, acc, fun)
      end
    end
  end

  ## Client

  def start_link(opts \\ []) do
    with {:ok, pid} <- GenServer.start_link(__MODULE__, opts), do: {:ok, GenServer.call(pid, :handle)}
  end

  def stop(%Handle{server: server}), do: GenServer.stop(server)

  @doc "The value, or the default. Counts as a use."
  def get(%Handle{} = cache, key, default \\ nil) do
    case lookup(cache, key) do
      {:ok, value} ->
        GenServer.cast(cache.server, {:touch, key})
        Stats.bump(cache.stats, :hits)
        value

      :error ->
        Stats.bump(cache.stats, :misses)
        default
    end
  end

  @doc "As `get/3`, but leaves no trace."
  def peek(%Handle{} = cache, key), do: lookup(cache, key)

  def put(%Handle{} = cache, key, value, opts \\ []) do
    GenServer.call(cache.server, {:put, key, value, opts})
  end

  def delete(%Handle{} = cache, key), do: GenServer.call(cache.server, {:delete, key})
  def delete_tagged(%Handle{} = cache, tag), do: GenServer.call(cache.server, {:delete_tagged, tag})
  def sweep(%Handle{} = cache), do: GenServer.call(cache.server, :sweep)
  def listen(%Handle{} = cache), do: GenServer.call(cache.server, {:listen, self()})

  @doc "Changes a number in place."
  def increment(%Handle{} = cache, key, by \\ 1), do: GenServer.call(cache.server, {:increment, key, by})

  @doc "The value; when it is missing one process computes it and all who ask meanwhile get that result."
  def fetch(%Handle{} = cache, key, loader, opts \\ []) do
    case lookup(cache, key) do
      {:ok, _} ->
        {:hit, get(cache, key)}

      :error ->
        Stats.bump(cache.stats, :misses)
        GenServer.call(cache.server, {:load, key, loader, opts}, :infinity)
    end
  end

  @doc "The keys that are alive, sorted."
  def keys(%Handle{} = cache) do
    now = Cache.now(cache.clock)
    pattern = entry(key: :"$1", value: :_, expires_at: :"$2", touched: :_, hits: :_, tags: :_)

    cache.table
    |> :ets.select([{pattern, [{:orelse, {:==, :"$2", :infinity}, {:>, :"$2", now}}], [:"$1"]}])
    |> Enum.sort()
  end

  def now(clock), do: :atomics.get(clock, 1)

  defp lookup(cache, key) do
    now = now(cache.clock)

    case :ets.lookup(cache.table, key) do
      [entry(value: value, expires_at: at)] when at == :infinity or at > now -> {:ok, value}
      _ -> :error
    end
  end

  ## Server

  defstruct [:table, :stats, :clock, limit: :infinity, ttl: :infinity, policy: Policy.LRU, tick: 0, listeners: [], loading: %{}]

  @impl true
  def init(opts) do
    table = :ets.new(:cache, [:set, :protected, keypos: entry(:key) + 1, read_concurrency: true])
    clock = Keyword.get_lazy(opts, :clock, fn -> :atomics.new(1, []) end)
    {:ok, struct!(%__MODULE__{table: table, stats: Stats.new(), clock: clock}, opts)}
  end

  @impl true
  def handle_call(:handle, _from, state) do
    {:reply, %Handle{server: self(), table: state.table, stats: state.stats, clock: state.clock}, state}
  end

  def handle_call({:put, key, value, opts}, _from, state), do: {:reply, :ok, store(state, key, value, opts)}

  def handle_call({:delete, key}, _from, state) do
    {:reply, remove(state, key, :deleted), state}
  end

  def handle_call({:delete_tagged, tag}, _from, state) do
    keys = for entry(key: key, tags: tags) <- :ets.tab2list(state.table), tag in tags, do: key
    Enum.each(Enum.sort(keys), &remove(state, &1, :deleted))
    {:reply, length(keys), state}
  end

  def handle_call(:sweep, _from, state), do: {:reply, sweep_expired(state), state}
  def handle_call({:listen, pid}, _from, state), do: {:reply, :ok, update_in(state.listeners, &[pid | &1])}

  def handle_call({:increment, key, by}, _from, state) do
    position = entry(:value) + 1
    default = new_entry(state, key, 0, [])
    {:reply, :ets.update_counter(state.table, key, {position, by}, default), tick(state)}
  rescue
    ArgumentError -> {:reply, {:error, :not_a_number}, state}
  end

  def handle_call({:load, key, loader, opts}, from, state) do
    case state.loading do
      %{^key => {task, waiting}} ->
        {:noreply, put_in(state.loading[key], {task, [from | waiting]})}

      _ ->
        Stats.bump(state.stats, :loads)
        server = self()
        {_, ref} = task = spawn_monitor(fn -> send(server, {:loaded, key, loader.(key), opts}) end)
        _ = ref
        {:noreply, put_in(state.loading[key], {task, [from]})}
    end
  end

  @impl true
  def handle_cast({:touch, key}, state) do
    :ets.update_element(state.table, key, {entry(:touched) + 1, state.tick})

    if :ets.member(state.table, key) do
      :ets.update_counter(state.table, key, {entry(:hits) + 1, 1})
    end

    {:noreply, tick(state)}
  end

  @impl true
  def handle_info({:loaded, key, value, opts}, state) do
    {{{_, ref}, waiting}, loading} = Map.pop!(state.loading, key)
    Process.demonitor(ref, [:flush])
    for from <- waiting, do: GenServer.reply(from, {:loaded, value})
    {:noreply, store(%{state | loading: loading}, key, value, opts)}
  end

  def handle_info({:DOWN, ref, :process, pid, _reason}, state) do
    {key, {_, waiting}} = Enum.find(state.loading, fn {_, {task, _}} -> task == {pid, ref} end)
    for from <- waiting, do: GenServer.reply(from, {:error, :load_failed})
    {:noreply, %{state | loading: Map.delete(state.loading, key)}}
  end

  defp store(state, key, value, opts) do
    Stats.bump(state.stats, :writes)
    unless :ets.member(state.table, key), do: make_room(state)
    :ets.insert(state.table, new_entry(state, key, value, opts))
    notify(state, {:put, key})
    tick(state)
  end

  defp new_entry(state, key, value, opts) do
    expires_at =
      case Keyword.get(opts, :ttl, state.ttl) do
        :infinity -> :infinity
        ttl -> now(state.clock) + ttl
      end

    entry(key: key, value: value, expires_at: expires_at, touched: state.tick, tags: Keyword.get(opts, :tags, []))
  end

  defp make_room(%{limit: limit} = state) do
    # :infinity is an atom and so greater than any size.
    if :ets.info(state.table, :size) >= limit and sweep_expired(state) == 0 do
      victim = state.table |> :ets.tab2list() |> Enum.min_by(&state.policy.rank/1)
      Stats.bump(state.stats, :evicted)
      remove(state, entry(victim, :key), :evicted)
    end
  end

  defp sweep_expired(state) do
    now = now(state.clock)
    expired = for entry(key: key, expires_at: at) <- :ets.tab2list(state.table), is_integer(at), at <= now, do: key

    for key <- Enum.sort(expired) do
      Stats.bump(state.stats, :expired)
      remove(state, key, :expired)
    end

    length(expired)
  end

  defp remove(state, key, why) do
    case :ets.take(state.table, key) do
      [entry(value: value)] ->
        notify(state, {why, key})
        {:ok, value}

      [] ->
        :error
    end
  end

  defp notify(state, event), do: for(pid <- state.listeners, do: send(pid, {:cache, event}))
  defp tick(state), do: %{state | tick: state.tick + 1}
end

defmodule Cache.Tour do
  @moduledoc false

  def run do
    clock = :atomics.new(1, signed: true)
    pass = fn ms -> :atomics.add(clock, 1, ms) end

    IO.puts("-- time to live")
    {:ok, cache} = Cache.start_link(clock: clock, ttl: 100)
    Cache.put(cache, :short, 1)
    Cache.put(cache, :long, 2, ttl: 1_000)
    Cache.put(cache, :ever, 3, ttl: :infinity)
    show = fn -> IO.inspect(for(k <- [:short, :long, :ever], do: {k, Cache.get(cache, k, :none)})) end
    show.()
    pass.(100)
    show.()
    pass.(900)
    show.()
    IO.inspect(Cache.keys(cache))
    IO.inspect(cache)
    IO.inspect(Cache.sweep(cache), label: "swept")
    IO.inspect(cache)
    IO.inspect(cache.stats)
    IO.inspect(Cache.Stats.hit_rate(cache.stats))
    Cache.stop(cache)

    IO.puts("-- eviction")

    for policy <- [Cache.Policy.LRU, Cache.Policy.LFU, Cache.Policy.Soonest] do
      {:ok, cache} = Cache.start_link(clock: clock, limit: 3, policy: policy)
      :ok = Cache.listen(cache)
      Cache.put(cache, "a", 1, ttl: 500)
      Cache.put(cache, "b", 2, ttl: 300)
      Cache.put(cache, "c", 3)
      for key <- ~w(a a c b), do: Cache.get(cache, key)
      Cache.put(cache, "d", 4)
      Cache.get(cache, "d")
      Cache.put(cache, "e", 5)
      gone = for {:evicted, key} <- events(), do: key
      IO.puts("#{inspect(policy)}: evicted #{Enum.join(gone, ", ")}; left #{Enum.join(Cache.keys(cache), ", ")}")
      Cache.stop(cache)
    end

    IO.puts("-- the cache as a collection")
    {:ok, cache} = Cache.start_link(clock: clock)
    for {word, n} <- Enum.with_index(~w(zero one two three four)), do: Cache.put(cache, n, word)
    IO.inspect(Enum.to_list(cache))
    IO.inspect({Enum.count(cache), {2, "two"} in cache, {2, "zwei"} in cache, Enum.max_by(cache, &String.length(elem(&1, 1)))})
    IO.inspect(Enum.map(cache, fn {_, word} -> word end) |> Enum.sort_by(&byte_size/1, :desc))
    IO.inspect(Enum.zip(cache, [:a, :b]))

    IO.puts("-- counters and tags")
    IO.inspect(for _ <- 1..3, do: Cache.increment(cache, :visits))
    IO.inspect(Cache.increment(cache, :visits, 10))
    IO.inspect(Cache.increment(cache, 1))
    Cache.put(cache, :page1, "...", tags: [:html, :home])
    Cache.put(cache, :page2, "...", tags: [:html])
    IO.inspect(Cache.delete_tagged(cache, :html))
    IO.inspect({Cache.delete(cache, 0), Cache.delete(cache, 0)})
    Cache.stop(cache)

    single_flight(clock)
    load(clock)
  end

  defp single_flight(clock) do
    IO.puts("-- many ask, one loads")
    {:ok, cache} = Cache.start_link(clock: clock)
    parent = self()

    loader = fn key ->
      send(parent, {:loading, self(), key})

      receive do
        :go -> String.upcase(key)
      end
    end

    tasks = for _ <- 1..20, do: Task.async(fn -> Cache.fetch(cache, "page", loader) end)
    loading = receive do: ({:loading, pid, "page"} -> pid)
    send(loading, :go)
    IO.inspect(tasks |> Task.await_many() |> Enum.map(&elem(&1, 1)) |> Enum.frequencies())
    IO.inspect(Cache.fetch(cache, "page", loader))
    IO.inspect(Cache.Stats.get(cache.stats) |> Map.take([:loads, :writes]))
    IO.inspect(Cache.fetch(cache, "bad", fn _ -> exit(:normal) end))
    IO.inspect(Cache.fetch(cache, "bad", fn key -> key <> "!" end))
    Cache.stop(cache)
  end

  defp load(clock) do
    IO.puts("-- a skewed load")
    {:ok, cache} = Cache.start_link(clock: clock, limit: 50)

    1
    |> Stream.iterate(&rem(&1 * 48_271, 2_147_483_647))
    |> Stream.map(fn n -> trunc(:math.pow(rem(n, 1000) / 1000, 3) * 200) end)
    |> Stream.take(3_000)
    |> Enum.each(fn key ->
      if Cache.get(cache, key) == nil, do: Cache.put(cache, key, key * key)
    end)

    IO.inspect(Cache.Stats.get(cache.stats))
    IO.puts("hit rate #{Cache.Stats.hit_rate(cache.stats)} %, #{Enum.count(cache)} entries")
    IO.inspect(Enum.all?(cache, fn {key, value} -> value == key * key end))
    Cache.stop(cache)
  end

  defp events do
    receive do
      {:cache, event} -> [event | events()]
    after
      0 -> []
    end
  end
end

Cache.Tour.run()
