# An event-sourced warehouse. Commands become events, events become state; projections listen; a pipeline with
# demand-driven stages (as GenStage has them) imports a long delivery list without ever holding more than it asked for.

defmodule Inventory.Events do
  @moduledoc "What can happen, as structs made by a macro."

  defmacro defevent(name, fields) do
    quote do
      defmodule unquote(name) do
        @moduledoc false
        @enforce_keys unquote(fields)
        defstruct unquote(fields)
        @type t :: %__MODULE__{}

        def new(values), do: struct!(__MODULE__, values)
      end
    end
  end
end

defmodule Inventory.Event do
  @moduledoc false
  import Inventory.Events

  defevent Registered, [:sku, :name]
  defevent Received, [:sku, :quantity]
  defevent Reserved, [:sku, :order, :quantity]
  defevent Released, [:sku, :order, :quantity]
  defevent Shipped, [:sku, :order, :quantity]
  defevent Counted, [:sku, :quantity, :difference]
end

defmodule Inventory.Item do
  @moduledoc "The aggregate: what is known of one article. `decide/2` makes events, `apply_event/2` applies them."

  alias Inventory.Event.{Counted, Received, Registered, Released, Reserved, Shipped}

  defstruct [:sku, :name, on_hand: 0, reserved: %{}, version: 0]

  @type t :: %__MODULE__{}
  @type command ::
          {:register, String.t(), String.t()}
          | {:receive | :count, pos_integer()}
          | {:reserve, term(), pos_integer()}
          | {:release | :ship, term()}

  defguardp is_quantity(n) when is_integer(n) and n > 0

  @spec decide(t() | nil, command()) :: {:ok, [struct()]} | {:error, term()}
  def decide(nil, {:register, sku, name}), do: {:ok, [Registered.new(sku: sku, name: name)]}
  def decide(nil, _), do: {:error, :unknown_item}
  def decide(%__MODULE__{}, {:register, _, _}), do: {:error, :already_registered}

  def decide(item, {:receive, n}) when is_quantity(n), do: {:ok, [Received.new(sku: item.sku, quantity: n)]}

  def decide(item, {:reserve, order, n}) when is_quantity(n) do
    cond do
      Map.has_key?(item.reserved, order) -> {:error, {:already_reserved, order}}
      available(item) < n -> {:error, {:short_by, n - available(item)}}
      true -> {:ok, [Reserved.new(sku: item.sku, order: order, quantity: n)]}
    end
  end

  def decide(item, {kind, order}) when kind in [:release, :ship] do
    event = if kind == :ship, do: Shipped, else: Released

    case Map.fetch(item.reserved, order) do
      {:ok, n} -> {:ok, [event.new(sku: item.sku, order: order, quantity: n)]}
      :error -> {:error, {:not_reserved, order}}
    end
  end

  # A count that finds less than is reserved releases the latest orders until what is left is covered.
  def decide(item, {:count, n}) when is_integer(n) and n >= 0 do
    counted = Counted.new(sku: item.sku, quantity: n, difference: n - item.on_hand)

    {released, _} =
      item.reserved
      |> Enum.sort(:desc)
      |> Enum.flat_map_reduce(reserved(item), fn
        {order, quantity}, held when held > n ->
          {[Released.new(sku: item.sku, order: order, quantity: quantity)], held - quantity}

        _, held ->
          {[], held}
      end)

    {:ok, [counted | released]}
  end

  def decide(_item, command), do: {:error, {:bad_command, command}}

  @spec apply_event(struct(), t() | nil) :: t()
  def apply_event(event, item) do
    item = change(item, event)
    %{item | version: item.version + 1}
  end

  defp change(nil, %Registered{sku: sku, name: name}), do: %__MODULE__{sku: sku, name: name}
  defp change(item, %Received{quantity: n}), do: Map.update!(item, :on_hand, &(&1 + n))
  defp change(item, %Counted{quantity: n}), do: %{item | on_hand: n}
  defp change(item, %Reserved{order: order, quantity: n}), do: put_in(item.reserved[order], n)
  defp change(item, %Released{order: order}), do: %{item | reserved: Map.delete(item.reserved, order)}

  defp change(item, %Shipped{order: order, quantity: n}) do
    %{item | on_hand: item.on_hand - n, reserved: Map.delete(item.reserved, order)}
  end

  def available(item), do: item.on_hand - reserved(item)
  def reserved(item), do: item.reserved |> Map.values() |> Enum.sum()
end

defmodule Inventory.Store do
  @moduledoc "The journal of all events in order, with optimistic locking per stream. Subscribers get what is new."

  use GenServer

  def start_link(opts \\ []), do: GenServer.start_link(__MODULE__, opts, name: __MODULE__)

  def append(stream, expected_version, events) do
    GenServer.call(__MODULE__, {:append, stream, expected_version, events})
  end

  def stream(name), do: GenServer.call(__MODULE__, {:stream, name})
  def all, do: GenServer.call(__MODULE__, :all)

  @doc "Sends `{:event, position, event}` for all events so far and to come."
  def subscribe(pid \\ self()), do: GenServer.call(__MODULE__, {:subscribe, pid})

  @impl true
  def init(_), do: {:ok, %{journal: [], versions: %{}, subscribers: %{}}}

  @impl true
  def handle_call({:append, stream, expected, events}, _from, state) do
    case Map.get(state.versions, stream, 0) do
      ^expected ->
        start = length(state.journal)
        new = for {event, n} <- Enum.with_index(events, start), do: {n, stream, event}
        for {n, _, event} <- new, pid <- Map.values(state.subscribers), do: send(pid, {:event, n, event})
        versions = Map.put(state.versions, stream, expected + length(events))
        {:reply, {:ok, versions[stream]}, %{state | journal: Enum.reverse(new, state.journal), versions: versions}}

      actual ->
        {:reply, {:error, {:conflict, expected: expected, actual: actual}}, state}
    end
  end

  def handle_call({:stream, name}, _from, state) do
    {:reply, for({_, ^name, event} <- Enum.reverse(state.journal), do: event), state}
  end

  def handle_call(:all, _from, state), do: {:reply, Enum.reverse(state.journal), state}

  def handle_call({:subscribe, pid}, _from, state) do
    for {n, _, event} <- Enum.reverse(state.journal), do: send(pid, {:event, n, event})
    {:reply, :ok, put_in(state.subscribers[Process.monitor(pid)], pid)}
  end

  @impl true
  def handle_info({:DOWN, ref, :process, _, _}, state), do: {:noreply, update_in(state.subscribers, &Map.delete(&1, ref))}
end

defmodule Inventory do
  @moduledoc "Runs commands: loads the item from its events, decides, appends; tries again when someone was faster."

  alias Inventory.{Item, Store}

  @spec load(String.t()) :: Item.t() | nil
  def load(sku), do: sku |> Store.stream() |> Enum.reduce(nil, &Item.apply_event/2)

  @spec run(String.t(), Item.command(), non_neg_integer()) :: {:ok, Item.t()} | {:error, term()}
  def run(sku, command, tries \\ 50) do
    item = load(sku)
    version = if item, do: item.version, else: 0

    with {:ok, events} <- Item.decide(item, command),
         {:ok, _} <- Store.append(sku, version, events) do
      {:ok, Enum.reduce(events, item, &Item.apply_event/2)}
    else
      {:error, {:conflict, _}} when tries > 0 -> run(sku, command, tries - 1)
      error -> error
    end
  end
end

defmodule Inventory.Projection do
  @moduledoc "A view kept up to date from the journal. `use` it and write `handle/2` clauses; others are ignored."

  @callback initial() :: term()
  @callback handle(event :: struct(), state :: term()) :: term()

  defmacro __using__(_) do
    quote do
      use GenServer
      @behaviour Inventory.Projection
      @before_compile Inventory.Projection

      def start_link(_ \\ []), do: GenServer.start_link(__MODULE__, :ok, name: __MODULE__)

      @doc "The view once it has seen `position` events."
      def get(position), do: GenServer.call(__MODULE__, {:get, position})

      @impl GenServer
      def init(:ok), do: {:ok, {initial(), 0, []}, {:continue, :subscribe}}

      @impl GenServer
      def handle_continue(:subscribe, state) do
        :ok = Inventory.Store.subscribe()
        {:noreply, state}
      end

      @impl GenServer
      def handle_call({:get, position}, _from, {view, seen, _} = state) when seen >= position, do: {:reply, view, state}
      def handle_call({:get, position}, from, {view, seen, waiting}), do: {:noreply, {view, seen, [{position, from} | waiting]}}

      @impl GenServer
      def handle_info({:event, n, event}, {view, n, waiting}) do
        view = handle(event, view)
        {ready, waiting} = Enum.split_with(waiting, fn {position, _} -> position <= n + 1 end)
        for {_, from} <- ready, do: GenServer.reply(from, view)
        {:noreply, {view, n + 1, waiting}}
      end
    end
  end

  defmacro __before_compile__(_env) do
    quote do
      @impl Inventory.Projection
      def handle(_event, state), do: state
    end
  end
end

defmodule Inventory.StockView do
  @moduledoc "Units on hand per article."
  use Inventory.Projection
  alias Inventory.Event.{Counted, Received, Shipped}

  @impl Inventory.Projection
  def initial, do: %{}

  @impl Inventory.Projection
  def handle(%Received{sku: sku, quantity: n}, stock), do: Map.update(stock, sku, n, &(&1 + n))
  def handle(%Shipped{sku: sku, quantity: n}, stock), do: Map.update!(stock, sku, &(&1 - n))
  def handle(%Counted{sku: sku, quantity: n}, stock), do: Map.put(stock, sku, n)
end

defmodule Inventory.OrderView do
  @moduledoc "What happened to each order."
  use Inventory.Projection
  alias Inventory.Event.{Released, Reserved, Shipped}

  @impl Inventory.Projection
  def initial, do: %{}

  @impl Inventory.Projection
  def handle(%kind{order: order, sku: sku, quantity: n}, orders) when kind in [Reserved, Released, Shipped] do
    step = {kind |> Module.split() |> List.last() |> String.downcase(), sku, n}
    Map.update(orders, order, [step], &(&1 ++ [step]))
  end
end

defmodule Inventory.Stage do
  @moduledoc """
  A stage asks its source for items and gives them to its sink only as far as the sink asked. Callbacks: a source makes
  `demand` items, a worker changes a list of items.
  """

  use GenServer

  defstruct [:source, :sink, :work, :state, :chunk, pending: 0, buffer: [], most: 0, done: false]

  def source(fun, state), do: start(%__MODULE__{work: fun, state: state})
  def stage(source, fun, chunk \\ 10), do: start(%__MODULE__{source: source, work: fun, chunk: chunk})

  defp start(stage) do
    {:ok, pid} = GenServer.start_link(__MODULE__, stage)
    pid
  end

  @doc "Pulls everything through, `chunk` at a time, and reduces it."
  def run(stage, acc, fun, chunk \\ 10) do
    ref = make_ref()
    send(stage, {:ask, {self(), ref}, chunk})

    receive do
      {^ref, items, :more} -> run(stage, Enum.reduce(items, acc, fun), fun, chunk)
      {^ref, items, :done} -> Enum.reduce(items, acc, fun)
    end
  end

  def most_held(stage), do: GenServer.call(stage, :most_held)

  @impl true
  def init(stage), do: {:ok, stage}

  @impl true
  def handle_call(:most_held, _from, stage), do: {:reply, stage.most, stage}

  @impl true
  def handle_info({:ask, sink, demand}, stage), do: {:noreply, serve(%{stage | sink: sink, pending: demand})}

  def handle_info({_ref, items, more}, stage) do
    buffer = stage.buffer ++ stage.work.(items)
    stage = %{stage | buffer: buffer, done: more == :done, most: max(stage.most, length(buffer))}
    {:noreply, serve(stage)}
  end

  # A source makes what was asked for.
  defp serve(%{source: nil, sink: {pid, ref}} = stage) do
    {items, state} = stage.work.(stage.pending, stage.state)
    more = if length(items) < stage.pending, do: :done, else: :more
    send(pid, {ref, items, more})
    %{stage | state: state, most: max(stage.most, length(items))}
  end

  defp serve(%{buffer: buffer, pending: n, done: done, sink: {pid, ref}} = stage) do
    if done or length(buffer) >= n do
      {now, later} = Enum.split(buffer, n)
      send(pid, {ref, now, if(done and later == [], do: :done, else: :more)})
      %{stage | buffer: later, pending: 0}
    else
      send(stage.source, {:ask, {self(), make_ref()}, stage.chunk})
      stage
    end
  end
end

defmodule Inventory.Play do
  @moduledoc false
  alias Inventory.{Item, OrderView, Stage, StockView, Store}

  def run do
    {:ok, supervisor} = Supervisor.start_link([Store, StockView, OrderView], strategy: :rest_for_one)
    commands()
    conflicts()
    import_deliveries()
    rebuild()
    Supervisor.stop(supervisor)
  end

  defp commands do
    IO.puts("-- commands")

    for {sku, command} <- [
          {"tea", {:receive, 5}},
          {"tea", {:register, "tea", "Green tea"}},
          {"tea", {:register, "tea", "Black tea"}},
          {"tea", {:receive, 10}},
          {"tea", {:receive, -1}},
          {"tea", {:reserve, :o1, 4}},
          {"tea", {:reserve, :o2, 5}},
          {"tea", {:reserve, :o2, 5}},
          {"tea", {:reserve, :o3, 2}},
          {"tea", {:ship, :o1}},
          {"tea", {:ship, :o1}},
          {"tea", {:reserve, :o4, 1}},
          {"tea", {:count, 5}},
          {"tea", {:dance, :now}}
        ] do
      case Inventory.run(sku, command) do
        {:ok, item} -> IO.puts("#{inspect(command)}: #{item.on_hand} on hand, #{Item.available(item)} free, version #{item.version}")
        {:error, reason} -> IO.puts("#{inspect(command)}: refused, #{inspect(reason)}")
      end
    end

    position = length(Store.all())
    IO.inspect(StockView.get(position))
    for {order, steps} <- Enum.sort(OrderView.get(position)), do: IO.puts("#{order}: #{inspect(steps)}")
    IO.inspect(Store.append("tea", 1, []))
  end

  defp conflicts do
    IO.puts("-- forty at once")
    {:ok, _} = Inventory.run("cup", {:register, "cup", "Cup"})
    {:ok, _} = Inventory.run("cup", {:receive, 25})

    results =
      1..40
      |> Task.async_stream(&Inventory.run("cup", {:reserve, &1, 1}, 1000), max_concurrency: 8, ordered: false)
      |> Enum.frequencies_by(fn
        {:ok, {:ok, _}} -> :reserved
        {:ok, {:error, {:short_by, 1}}} -> :refused
      end)

    IO.inspect(results)
    item = Inventory.load("cup")
    IO.inspect({item.on_hand, Item.reserved(item), item.version})
  end

  defp import_deliveries do
    IO.puts("-- a pipeline with back-pressure")

    lines = for n <- 1..500, do: "#{Enum.at(~w(nut bolt gear), rem(n, 3))};#{rem(n * 7, 10)};#{if rem(n, 50) == 0, do: "?", else: n}"
    for sku <- ~w(nut bolt gear), do: {:ok, _} = Inventory.run(sku, {:register, sku, String.capitalize(sku)})

    source = Stage.source(fn demand, lines -> Enum.split(lines, demand) end, lines)
    parsed = Stage.stage(source, &Enum.map(&1, fn line -> parse(line) end), 16)
    valid = Stage.stage(parsed, fn items -> for {:ok, sku, n} when n > 0 <- items, do: {sku, n} end, 8)

    totals = Stage.run(valid, %{}, fn {sku, n}, totals -> Map.update(totals, sku, n, &(&1 + n)) end, 5)
    IO.inspect(totals)
    for {sku, n} <- Enum.sort(totals), do: {:ok, _} = Inventory.run(sku, {:receive, n})
    IO.puts("never held more than: #{inspect(for s <- [source, parsed, valid], do: Stage.most_held(s) <= 24)}")
    IO.inspect(StockView.get(length(Store.all())))
  end

  defp parse(line) do
    with [sku, quantity, note] <- String.split(line, ";"),
         {n, ""} <- Integer.parse(quantity),
         false <- note == "?" do
      {:ok, sku, n}
    else
      _ -> {:error, line}
    end
  end

  defp rebuild do
    IO.puts("-- a view can be lost and built again")
    position = length(Store.all())
    before = OrderView.get(position)
    pid = Process.whereis(OrderView)
    ref = Process.monitor(pid)
    Process.exit(pid, :kill)
    receive do: ({:DOWN, ^ref, _, _, reason} -> IO.inspect(reason))
    IO.puts("same view: #{again(position) == before}")

    kinds = Store.all() |> Enum.frequencies_by(fn {_, _, event} -> event.__struct__ end)
    for {kind, count} <- Enum.sort(kinds), do: IO.puts("#{inspect(kind)}: #{count}")
  end

  # The supervisor may still be at it.
  defp again(position) do
    OrderView.get(position)
  catch
    :exit, _ -> again(position)
  end
end

Logger.configure(level: :none)
Inventory.Play.run()
