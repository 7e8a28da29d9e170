# Rate limiters: token bucket, leaky bucket, fixed and sliding windows behind one behaviour. Time comes from a clock
# that is passed in, so the same requests always meet the same answers.

defmodule RateLimiter.Clock do
  @moduledoc "A source of milliseconds: the machine's, or one that tests move by hand."

  @callback now(state :: term()) :: integer()
end

defmodule RateLimiter.Clock.System do
  @moduledoc "The machine's monotonic clock."
  @behaviour RateLimiter.Clock

  @impl true
  def now(_), do: System.monotonic_time(:millisecond)
end

defmodule RateLimiter.Clock.Virtual do
  @moduledoc "A counter that only moves when told to."
  @behaviour RateLimiter.Clock

  @spec new(integer()) :: :counters.counters_ref()
  def new(start \\ 0) do
    counter = :counters.new(1, [:atomics])
    :counters.put(counter, 1, start)
    counter
  end

  @impl true
  def now(counter), do: :counters.get(counter, 1)

  def advance(counter, by) when by >= 0, do: :counters.add(counter, 1, by)
end

defmodule RateLimiter.Algorithm do
  @moduledoc """
  A strategy is a struct and three pure functions; the server below does the rest.
  """

  @type decision :: {:allow, remaining :: non_neg_integer()} | {:deny, retry_after :: pos_integer()}

  @callback new(opts :: keyword()) :: struct()
  @callback init(config :: struct(), now :: integer()) :: term()
  @callback check(config :: struct(), state :: term(), cost :: pos_integer(), now :: integer()) ::
              {decision(), term()}

  @doc "Reads and checks the options of a strategy."
  defmacro __using__(fields: fields) do
    names = Enum.map(fields, fn {name, _} -> name end)

    quote do
      @behaviour RateLimiter.Algorithm
      @enforce_keys unquote(names)
      defstruct unquote(names)

      @impl true
      def new(opts) do
        for {name, value} <- opts, not (is_integer(value) and value > 0) do
          raise ArgumentError, "#{inspect(name)} must be a positive integer, got: #{inspect(value)}"
        end

        struct!(__MODULE__, Keyword.merge(unquote(Enum.reject(fields, fn {_, d} -> d == :required end)), opts))
      end

      defoverridable new: 1
    end
  end
end

defmodule RateLimiter.TokenBucket do
  @moduledoc """
  A bucket of `capacity` tokens that is refilled with `refill` tokens each `interval` milliseconds. Bursts up to the
  capacity pass; in the long run the refill decides. Kept in thousandths, so that nothing is lost to rounding.
  """
  use RateLimiter.Algorithm, fields: [capacity: :required, refill: 1, interval: 1000]

  @impl true
  def init(config, now), do: {config.capacity * config.interval, now}

  @impl true
  def check(config, {level, last}, cost, now) do
    full = config.capacity * config.interval
    level = min(full, level + (now - last) * config.refill)
    price = cost * config.interval

    if level >= price do
      {{:allow, div(level - price, config.interval)}, {level - price, now}}
    else
      {{:deny, ceil_div(price - level, config.refill)}, {level, now}}
    end
  end

  defp ceil_div(a, b), do: -Integer.floor_div(-a, b)
end

defmodule RateLimiter.LeakyBucket do
  @moduledoc "Requests drip out one each `drip` milliseconds; at most `capacity` may wait."
  use RateLimiter.Algorithm, fields: [capacity: :required, drip: :required]

  @impl true
  def init(_config, now), do: now

  # The state is the time at which the bucket will be empty.
  @impl true
  def check(config, empty_at, cost, now) do
    empty_at = max(empty_at, now)
    after_this = empty_at + cost * config.drip
    limit = now + config.capacity * config.drip

    if after_this <= limit do
      {{:allow, div(limit - after_this, config.drip)}, after_this}
    else
      {{:deny, after_this - limit}, empty_at}
    end
  end
end

defmodule RateLimiter.FixedWindow do
  @moduledoc "At most `limit` in each window; the count starts anew with the next one."
  use RateLimiter.Algorithm, fields: [limit: :required, window: 1000]

  @impl true
  def init(config, now), do: {window_of(config, now), 0}

  @impl true
  def check(config, {window, count}, cost, now) do
    current = window_of(config, now)
    count = if current == window, do: count, else: 0

    if count + cost <= config.limit do
      {{:allow, config.limit - count - cost}, {current, count + cost}}
    else
      {{:deny, (current + 1) * config.window - now}, {current, count}}
    end
  end

  defp window_of(config, now), do: Integer.floor_div(now, config.window)
end

defmodule RateLimiter.SlidingLog do
  @moduledoc "Remembers each request of the last `window` milliseconds in a queue: exact, at the price of memory."
  use RateLimiter.Algorithm, fields: [limit: :required, window: 1000]

  @impl true
  def init(_config, _now), do: {:queue.new(), 0}

  @impl true
  def check(config, {log, size}, cost, now) do
    {log, size} = drop_old(log, size, now - config.window)

    if size + cost <= config.limit do
      log = Enum.reduce(1..cost, log, fn _, log -> :queue.in(now, log) end)
      {{:allow, config.limit - size - cost}, {log, size + cost}}
    else
      {{:deny, wait(log, size + cost - config.limit, config.window, now)}, {log, size}}
    end
  end

  defp drop_old(log, size, before) do
    case :queue.peek(log) do
      {:value, time} when time <= before -> log |> :queue.drop() |> drop_old(size - 1, before)
      _ -> {log, size}
    end
  end

  # When the n-th oldest leaves the window there is room.
  defp wait(log, n, window, now) do
    log |> :queue.to_list() |> Enum.at(n - 1) |> Kernel.+(window - now)
  end
end

defmodule RateLimiter.SlidingWindow do
  @moduledoc "Two counters: the last window counts by the part of it that is still inside."
  use RateLimiter.Algorithm, fields: [limit: :required, window: 1000]

  @impl true
  def new(opts) do
    config = super(opts)
    if config.window < 10, do: raise(ArgumentError, ":window is too small to slide")
    config
  end

  @impl true
  def init(config, now), do: {Integer.floor_div(now, config.window), 0, 0}

  @impl true
  def check(config, state, cost, now) do
    current = Integer.floor_div(now, config.window)
    {_, previous, count} = state = roll(state, current)
    inside = Integer.mod(now, config.window)
    weighted = previous * (config.window - inside) / config.window + count

    if weighted + cost <= config.limit do
      {{:allow, trunc(config.limit - weighted - cost)}, put_elem(state, 2, count + cost)}
    else
      {{:deny, config.window - inside}, state}
    end
  end

  defp roll({current, _, _} = state, current), do: state
  defp roll({window, _, count}, current) when window == current - 1, do: {current, count, 0}
  defp roll(_, current), do: {current, 0, 0}
end

defmodule RateLimiter do
  @moduledoc """
  Limits per key. The states live in an ETS table owned by this server; keys not seen for `:idle` milliseconds are
  swept.
  """

  use GenServer

  defstruct [:table, :algorithm, :config, :clock, :idle, stats: %{allowed: 0, denied: 0, swept: 0}]

  def start_link(opts) do
    {name, opts} = Keyword.pop(opts, :name)
    GenServer.start_link(__MODULE__, opts, if(name, do: [name: name], else: []))
  end

  @spec check(GenServer.server(), term(), pos_integer()) :: RateLimiter.Algorithm.decision()
  def check(limiter, key, cost \\ 1) when is_integer(cost) and cost > 0 do
    GenServer.call(limiter, {:check, key, cost})
  end

  @doc "Runs the function when allowed."
  @spec run(GenServer.server(), term(), (() -> result)) :: {:ok, result} | {:error, {:rate_limited, pos_integer()}}
        when result: term()
  def run(limiter, key, fun) do
    with {:allow, _} <- check(limiter, key) do
      {:ok, fun.()}
    else
      {:deny, retry_after} -> {:error, {:rate_limited, retry_after}}
    end
  end

  def stats(limiter), do: GenServer.call(limiter, :stats)
  def sweep(limiter), do: GenServer.call(limiter, :sweep)
  def reset(limiter, key), do: GenServer.cast(limiter, {:reset, key})

  @impl true
  def init(opts) do
    {algorithm, config} = Keyword.fetch!(opts, :algorithm)

    {:ok,
     %__MODULE__{
       table: :ets.new(:limits, [:set, :private]),
       algorithm: algorithm,
       config: algorithm.new(config),
       clock: Keyword.get(opts, :clock, {RateLimiter.Clock.System, nil}),
       idle: Keyword.get(opts, :idle, 60_000)
     }}
  rescue
    error in [ArgumentError, KeyError] -> {:stop, error}
  end

  @impl true
  def handle_call({:check, key, cost}, _from, limiter) do
    now = now(limiter)

    state =
      case :ets.lookup(limiter.table, key) do
        [{^key, state, _}] -> state
        [] -> limiter.algorithm.init(limiter.config, now)
      end

    {decision, state} = limiter.algorithm.check(limiter.config, state, cost, now)
    :ets.insert(limiter.table, {key, state, now})
    counter = if match?({:allow, _}, decision), do: :allowed, else: :denied
    {:reply, decision, update_in(limiter.stats[counter], &(&1 + 1))}
  end

  def handle_call(:stats, _from, limiter) do
    {:reply, Map.put(limiter.stats, :keys, :ets.info(limiter.table, :size)), limiter}
  end

  def handle_call(:sweep, _from, limiter) do
    oldest = now(limiter) - limiter.idle
    swept = :ets.select_delete(limiter.table, [{{:_, :_, :"$1"}, [{:<, :"$1", oldest}], [true]}])
    {:reply, swept, update_in(limiter.stats.swept, &(&1 + swept))}
  end

  @impl true
  def handle_cast({:reset, key}, limiter) do
    :ets.delete(limiter.table, key)
    {:noreply, limiter}
  end

  defp now(%{clock: {module, state}}), do: module.now(state)
end

defmodule RateLimiter.Demo do
  @moduledoc "The same requests against each strategy."

  alias RateLimiter.Clock.Virtual

  @strategies [
    token_bucket: {RateLimiter.TokenBucket, capacity: 5, refill: 2},
    leaky_bucket: {RateLimiter.LeakyBucket, capacity: 5, drip: 400},
    fixed_window: {RateLimiter.FixedWindow, limit: 5},
    sliding_log: {RateLimiter.SlidingLog, limit: 5},
    sliding_window: {RateLimiter.SlidingWindow, limit: 5}
  ]

  # {milliseconds after the last, cost}
  @requests [{0, 1}, {0, 2}, {100, 2}, {50, 1}, {700, 1}, {160, 3}, {0, 1}, {500, 2}, {1000, 5}, {1, 1}, {2500, 5}]

  def run do
    IO.puts("-- one set of requests, five answers")

    for {name, algorithm} <- @strategies do
      clock = Virtual.new()
      {:ok, limiter} = RateLimiter.start_link(algorithm: algorithm, clock: {Virtual, clock})

      answers =
        for {pause, cost} <- @requests do
          Virtual.advance(clock, pause)

          case RateLimiter.check(limiter, :me, cost) do
            {:allow, left} -> "+#{left}"
            {:deny, wait} -> "-#{wait}"
          end
        end

      IO.puts("#{name |> to_string() |> String.pad_trailing(15)} #{Enum.map_join(answers, &String.pad_leading(&1, 6))}")
      GenServer.stop(limiter)
    end

    keys()
    simulate()
    waiting()
    mistakes()
  end

  defp keys do
    IO.puts("-- keys are apart, and swept when idle")
    clock = Virtual.new(1_000_000)

    {:ok, _} =
      RateLimiter.start_link(
        name: :api,
        algorithm: {RateLimiter.FixedWindow, limit: 2, window: 10_000},
        clock: {Virtual, clock},
        idle: 30_000
      )

    for user <- ~w(ann bob ann ann cid bob ann)a do
      IO.puts("#{user}: #{inspect(RateLimiter.run(:api, user, fn -> String.upcase(to_string(user)) end))}")
      Virtual.advance(clock, 1_000)
    end

    RateLimiter.reset(:api, :ann)
    IO.inspect(RateLimiter.check(:api, :ann), label: "after the reset")
    IO.inspect(RateLimiter.stats(:api))
    Virtual.advance(clock, 29_000)
    IO.inspect(RateLimiter.sweep(:api), label: "swept")
    IO.inspect(RateLimiter.stats(:api))
    GenServer.stop(:api)
  end

  # A long run with pseudo-random arrivals: no strategy may let more through than its rate allows.
  defp simulate do
    IO.puts("-- ten minutes of traffic")
    arrivals = arrivals(20_231, 600_000)

    for {name, {module, opts}} <- @strategies do
      config = module.new(opts)

      {_, allowed} =
        Enum.reduce(arrivals, {module.init(config, 0), 0}, fn now, {state, allowed} ->
          case module.check(config, state, 1, now) do
            {{:allow, _}, state} -> {state, allowed + 1}
            {{:deny, _}, state} -> {state, allowed}
          end
        end)

      IO.puts("#{name}: #{allowed} of #{length(arrivals)}, #{Float.round(allowed / 600, 2)} a second")
    end
  end

  defp arrivals(seed, until) do
    seed
    |> Stream.iterate(&rem(&1 * 1_103_515_245 + 12_345, 2_147_483_648))
    |> Stream.map(&rem(div(&1, 65_536), 300))
    |> Stream.scan(&+/2)
    |> Enum.take_while(&(&1 < until))
  end

  defp waiting do
    IO.puts("-- waiting as told always works")
    clock = Virtual.new()
    {:ok, limiter} = RateLimiter.start_link(algorithm: {RateLimiter.TokenBucket, capacity: 3, refill: 7}, clock: {Virtual, clock})

    waits =
      for _ <- 1..10 do
        case RateLimiter.check(limiter, "k") do
          {:allow, _} ->
            0

          {:deny, wait} ->
            Virtual.advance(clock, wait - 1)
            {:deny, 1} = RateLimiter.check(limiter, "k")
            Virtual.advance(clock, 1)
            {:allow, 0} = RateLimiter.check(limiter, "k")
            wait
        end
      end

    IO.inspect(waits, charlists: :as_lists)
    GenServer.stop(limiter)
  end

  defp mistakes do
    IO.puts("-- mistakes")
    Process.flag(:trap_exit, true)

    for algorithm <- [
          {RateLimiter.TokenBucket, capacity: 0},
          {RateLimiter.TokenBucket, size: 1},
          {RateLimiter.LeakyBucket, capacity: 1},
          {RateLimiter.SlidingWindow, limit: 1, window: 5}
        ] do
      {:error, error} = RateLimiter.start_link(algorithm: algorithm)
      IO.puts("#{inspect(error.__struct__)}: #{error |> Exception.message() |> String.split([" in:", "\n"]) |> hd()}")
    end

    {:ok, limiter} = RateLimiter.start_link(algorithm: {RateLimiter.FixedWindow, limit: 1, window: 3_600_000})
    IO.inspect(RateLimiter.check(limiter, 1))
    {:deny, wait} = RateLimiter.check(limiter, 1)
    IO.inspect(wait in 1..3_600_000)

    try do
      RateLimiter.check(limiter, 1, 0)
    rescue
      error in FunctionClauseError -> IO.puts(Exception.message(error) |> String.split("\n") |> hd())
    end
  end
end

RateLimiter.Demo.run()
