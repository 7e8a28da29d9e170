# A supervised job system: a queue with priorities, a pool of workers under a DynamicSupervisor, retries with
# back-off, dead letters and subscribers. Time is a virtual clock, so each run prints the same.

defmodule Jobs.Job do
  @moduledoc "A unit of work and its history."

  @type state :: :queued | :running | :done | :failed | :scheduled
  @type t :: %__MODULE__{}

  @enforce_keys [:id, :name, :handler]
  defstruct [
    :id,
    :name,
    :handler,
    :result,
    args: [],
    priority: 0,
    attempts: 0,
    max_attempts: 3,
    state: :queued,
    errors: []
  ]

  @doc "Builds a job; unknown options raise."
  @spec new(pos_integer(), String.t(), module(), keyword()) :: t()
  def new(id, name, handler, opts) do
    struct!(%__MODULE__{id: id, name: name, handler: handler}, opts)
  end

  defimpl Inspect do
    import Inspect.Algebra

    def inspect(job, opts) do
      concat(["#Job<", to_doc(job.name, opts), " ", to_string(job.state), ">"])
    end
  end

  defimpl String.Chars do
    def to_string(job), do: "#{job.name}/#{job.id}"
  end
end

defmodule Jobs.Handler do
  @moduledoc "What a kind of job implements."

  @callback perform(args :: [term()], context :: map()) :: {:ok, term()} | {:error, term()} | :discard
  @callback backoff(attempt :: pos_integer()) :: non_neg_integer()
  @callback timeout() :: timeout()
  @optional_callbacks backoff: 1, timeout: 0

  defmacro __using__(opts) do
    priority = Keyword.get(opts, :priority, 0)

    quote do
      @behaviour Jobs.Handler
      @priority unquote(priority)

      def __priority__, do: @priority

      @impl Jobs.Handler
      def backoff(attempt), do: attempt * 10

      @impl Jobs.Handler
      def timeout, do: 5_000

      defoverridable backoff: 1, timeout: 0
    end
  end
end

defmodule Jobs.PriorityQueue do
  @moduledoc "First in first out within a priority; higher priorities first. A pairing heap."

  defstruct heap: nil, size: 0, counter: 0

  @type t :: %__MODULE__{}

  def new, do: %__MODULE__{}

  @spec push(t(), term(), integer()) :: t()
  def push(%__MODULE__{heap: heap, size: size, counter: counter} = queue, item, priority) do
    node = {{-priority, counter}, item, []}
    %{queue | heap: meld(heap, node), size: size + 1, counter: counter + 1}
  end

  @spec pop(t()) :: {term(), t()} | :empty
  def pop(%__MODULE__{heap: nil}), do: :empty

  def pop(%__MODULE__{heap: {_, item, children}, size: size} = queue) do
    {item, %{queue | heap: pair(children), size: size - 1}}
  end

  defp meld(nil, node), do: node
  defp meld(node, nil), do: node
  defp meld({a, x, xs}, {b, _, _} = other) when a <= b, do: {a, x, [other | xs]}
  defp meld(node, {b, y, ys}), do: {b, y, [node | ys]}

  defp pair([]), do: nil
  defp pair([one]), do: one
  defp pair([one, two | rest]), do: meld(meld(one, two), pair(rest))

  defimpl Enumerable do
    alias Jobs.PriorityQueue

    def count(queue), do: {:ok, queue.size}
    def member?(_, _), do: {:error, __MODULE__}
    def slice(_), do: {:error, __MODULE__}

    def reduce(_, {:halt, acc}, _), do: {:halted, acc}
    def reduce(queue, {:suspend, acc}, fun), do: {:suspended, acc, &reduce(queue, &1, fun)}

    def reduce(queue, {:cont, acc}, fun) do
      case PriorityQueue.pop(queue) do
        :empty -> {:done, acc}
        {item, rest} -> reduce(rest, fun.(item, acc), fun)
      end
    end
  end

  defimpl Collectable do
    def into(queue) do
      {queue,
       fn
         queue, {:cont, {item, priority}} -> Jobs.PriorityQueue.push(queue, item, priority)
         queue, :done -> queue
         _, :halt -> :ok
       end}
    end
  end
end

defmodule Jobs.Clock do
  @moduledoc "A clock that moves when told to, and calls back what is due, in order."

  use Agent

  def start_link(_opts) do
    Agent.start_link(fn -> {0, []} end, name: __MODULE__)
  end

  def now, do: Agent.get(__MODULE__, &elem(&1, 0))

  def schedule(delay, pid, message) do
    Agent.update(__MODULE__, fn {now, entries} ->
      {now, Enum.sort_by([{now + delay, pid, message} | entries], &elem(&1, 0))}
    end)
  end

  @doc "Moves on to the next due entry; `:idle` when there is none."
  def advance do
    Agent.get_and_update(__MODULE__, fn
      {now, []} ->
        {:idle, {now, []}}

      {_, [{at, pid, message} | rest]} ->
        send(pid, message)
        {{:advanced, at}, {at, rest}}
    end)
  end
end

defmodule Jobs.Worker do
  @moduledoc "Runs one job in a process of its own and dies."

  use GenServer, restart: :temporary

  def start_link({job, reply_to}), do: GenServer.start_link(__MODULE__, {job, reply_to})

  @impl true
  def init({job, reply_to}), do: {:ok, {job, reply_to}}

  # The queue monitors first and then says go: so it always learns how the job ended.
  @impl true
  def handle_cast(:go, {job, reply_to} = state) do
    context = %{attempt: job.attempts, now: Jobs.Clock.now()}
    outcome = job.handler.perform(job.args, context)
    send(reply_to, {:finished, self(), outcome})
    {:stop, :normal, state}
  end
end

defmodule Jobs.Queue do
  @moduledoc "Owns all jobs; starts workers as long as there is room and listens to how they end."

  use GenServer

  alias Jobs.{Clock, Job, PriorityQueue, Worker}

  defmodule State do
    @moduledoc false
    defstruct waiting: PriorityQueue.new(),
              running: %{},
              jobs: %{},
              limit: 2,
              next_id: 1,
              subscribers: [],
              idle_waiters: []
  end

  # Client

  def start_link(opts) do
    GenServer.start_link(__MODULE__, opts, name: __MODULE__)
  end

  def enqueue(name, handler, args, opts \\ []) do
    GenServer.call(__MODULE__, {:enqueue, name, handler, Keyword.put(opts, :args, args)})
  end

  def subscribe, do: GenServer.call(__MODULE__, {:subscribe, self()})
  def fetch(id), do: GenServer.call(__MODULE__, {:fetch, id})
  def stats, do: GenServer.call(__MODULE__, :stats)
  def pause, do: GenServer.call(__MODULE__, {:limit, 0})
  def resume(limit), do: GenServer.call(__MODULE__, {:limit, limit})

  @doc "Waits until no job is running and none can be started."
  def drain do
    :ok = GenServer.call(__MODULE__, :await_idle)

    case Clock.advance() do
      {:advanced, _} -> drain()
      :idle -> :ok
    end
  end

  # Server

  @impl true
  def init(opts), do: {:ok, struct!(State, opts)}

  @impl true
  def handle_call({:enqueue, name, handler, opts}, _from, state) do
    opts = Keyword.put_new(opts, :priority, handler.__priority__())
    job = Job.new(state.next_id, name, handler, opts)
    state = %{state | next_id: state.next_id + 1}
    {:reply, {:ok, job.id}, state |> put_waiting(job) |> fill()}
  end

  def handle_call({:subscribe, pid}, _from, state) do
    {:reply, :ok, %{state | subscribers: [pid | state.subscribers]}}
  end

  def handle_call({:fetch, id}, _from, state), do: {:reply, Map.fetch(state.jobs, id), state}

  def handle_call(:stats, _from, state) do
    {:reply, state.jobs |> Map.values() |> Enum.frequencies_by(& &1.state), state}
  end

  def handle_call({:limit, limit}, _from, state) do
    {:reply, :ok, fill(%{state | limit: limit})}
  end

  def handle_call(:await_idle, from, state) do
    {:noreply, wake(%{state | idle_waiters: [from | state.idle_waiters]})}
  end

  @impl true
  def handle_info({:finished, worker, outcome}, state) do
    {:noreply, update_in(state.running[worker], fn {ref, id, _} -> {ref, id, outcome} end)}
  end

  def handle_info({:DOWN, ref, :process, worker, reason}, state) do
    {{^ref, id, outcome}, running} = Map.pop!(state.running, worker)
    state = %{state | running: running}
    job = Map.fetch!(state.jobs, id)
    {:noreply, job |> conclude(outcome || crash(reason), state) |> fill() |> wake()}
  end

  def handle_info({:retry, id}, state) do
    {:noreply, state |> put_waiting(Map.fetch!(state.jobs, id)) |> fill() |> wake()}
  end

  defp crash({{:nocatch, value}, _stack}), do: {:error, {:thrown, value}}

  defp crash({reason, stack}) when is_list(stack) do
    {:error, :error |> Exception.normalize(reason, stack) |> Exception.message()}
  end

  defp crash(reason), do: {:error, reason}

  defp conclude(job, {:ok, result}, state) do
    finish(state, %{job | state: :done, result: result})
  end

  defp conclude(job, :discard, state), do: finish(state, %{job | state: :failed, result: :discarded})

  defp conclude(%{attempts: n, max_attempts: n} = job, {:error, reason}, state) do
    finish(state, %{job | state: :failed, errors: [reason | job.errors]})
  end

  defp conclude(job, {:error, reason}, state) do
    delay = job.handler.backoff(job.attempts)
    Clock.schedule(delay, self(), {:retry, job.id})
    finish(state, %{job | state: :scheduled, errors: [reason | job.errors]})
  end

  defp finish(state, job) do
    publish(state, job)
    put_in(state.jobs[job.id], job)
  end

  defp put_waiting(state, job) do
    job = %{job | state: :queued}
    waiting = PriorityQueue.push(state.waiting, job.id, job.priority)
    %{state | waiting: waiting, jobs: Map.put(state.jobs, job.id, job)}
  end

  defp fill(state) when map_size(state.running) >= state.limit, do: state

  defp fill(state) do
    case PriorityQueue.pop(state.waiting) do
      :empty ->
        state

      {id, waiting} ->
        job = %{Map.fetch!(state.jobs, id) | state: :running}
        job = Map.update!(job, :attempts, &(&1 + 1))
        {:ok, worker} = DynamicSupervisor.start_child(Jobs.Workers, {Worker, {job, self()}})
        running = Map.put(state.running, worker, {Process.monitor(worker), id, nil})
        GenServer.cast(worker, :go)
        publish(state, job)
        fill(%{state | waiting: waiting, running: running, jobs: Map.put(state.jobs, id, job)})
    end
  end

  defp wake(%{running: running, idle_waiters: waiters} = state) when map_size(running) == 0 do
    Enum.each(waiters, &GenServer.reply(&1, :ok))
    %{state | idle_waiters: []}
  end

  defp wake(state), do: state

  defp publish(state, job) do
    for pid <- state.subscribers, do: send(pid, {:job, Clock.now(), job})
  end
end

defmodule Jobs.Supervisor do
  @moduledoc "Clock, workers, queue: when one of the first two dies, what follows starts anew."

  use Supervisor

  def start_link(opts), do: Supervisor.start_link(__MODULE__, opts, name: __MODULE__)

  @impl true
  def init(opts) do
    children = [
      Jobs.Clock,
      {DynamicSupervisor, name: Jobs.Workers, strategy: :one_for_one},
      {Jobs.Queue, opts}
    ]

    Supervisor.init(children, strategy: :rest_for_one)
  end
end

# Some handlers

defmodule Handlers.Sum do
  use Jobs.Handler

  @impl true
  def perform(numbers, _context), do: {:ok, Enum.sum(numbers)}
end

defmodule Handlers.Flaky do
  use Jobs.Handler, priority: 5

  @impl true
  def perform([succeeds_at], %{attempt: attempt}) when attempt >= succeeds_at do
    {:ok, "worked at attempt #{attempt}"}
  end

  def perform(_, %{attempt: attempt}), do: {:error, {:not_yet, attempt}}

  @impl true
  def backoff(attempt), do: Integer.pow(2, attempt) * 100
end

defmodule Handlers.Crash do
  use Jobs.Handler, priority: -1

  @impl true
  def perform([:raise], _), do: raise(ArgumentError, "bad luck")
  def perform([:exit], _), do: exit(:stopped_early)
  def perform([:match], _), do: {:ok, _} = perform([:nothing], nil)
  def perform([:nothing], _), do: :discard

  @impl true
  def backoff(_), do: super(1) + 5
end

# The play

defmodule Play do
  @moduledoc false

  def flush do
    receive do
      {:job, now, job} ->
        IO.puts("#{String.pad_leading(to_string(now), 5)}  #{job} #{job.state}")
        flush()
    after
      0 -> :ok
    end
  end

  def kill_and_watch(victim, watched) do
    ref = Process.monitor(watched)
    Process.exit(victim, :kill)

    receive do
      {:DOWN, ^ref, :process, ^watched, reason} -> reason
    end
  end

  def await_other(name, former) do
    case Process.whereis(name) do
      pid when pid in [nil, former] -> await_other(name, former)
      pid -> pid
    end
  end
end

# Crashing jobs are part of the show: their reports are not wanted on the terminal.
Logger.configure(level: :none)

{:ok, supervisor} = Jobs.Supervisor.start_link(limit: 1)
:ok = Jobs.Queue.subscribe()

IO.puts("-- priorities")
:ok = Jobs.Queue.pause()
{:ok, sum} = Jobs.Queue.enqueue("sum", Handlers.Sum, [1, 2, 3])
{:ok, flaky} = Jobs.Queue.enqueue("flaky", Handlers.Flaky, [3])
{:ok, low} = Jobs.Queue.enqueue("low", Handlers.Sum, [4, 5], priority: -10)
IO.inspect(Jobs.Queue.stats(), label: "paused")
:ok = Jobs.Queue.resume(1)
:ok = Jobs.Queue.drain()
Play.flush()
IO.inspect(Jobs.Queue.stats(), label: "drained")

for id <- [sum, flaky, low] do
  {:ok, job} = Jobs.Queue.fetch(id)
  IO.inspect({job, job.result, job.attempts, job.errors})
end

IO.puts("-- crashes")

ids =
  for kind <- [:raise, :exit, :match, :nothing], into: %{} do
    {:ok, id} = Jobs.Queue.enqueue("crash-#{kind}", Handlers.Crash, [kind], max_attempts: 2)
    {kind, id}
  end

:ok = Jobs.Queue.drain()
Play.flush()

for {kind, id} <- Enum.sort(ids) do
  {:ok, job} = Jobs.Queue.fetch(id)
  IO.puts("#{kind}: #{job.state} after #{job.attempts}: #{inspect(Enum.uniq(job.errors))} #{inspect(job.result)}")
end

IO.inspect(Jobs.Queue.fetch(999), label: "unknown")

IO.puts("-- concurrency")
:ok = Jobs.Queue.resume(4)
many = for n <- 1..50, do: Jobs.Queue.enqueue("n#{n}", Handlers.Sum, Enum.to_list(1..n)) |> elem(1)
:ok = Jobs.Queue.drain()

results =
  many
  |> Stream.map(&Jobs.Queue.fetch/1)
  |> Stream.map(fn {:ok, job} -> job.result end)
  |> Enum.sum()

IO.puts("sum of sums: #{results}")
IO.inspect(Jobs.Queue.stats())

IO.puts("-- supervision")
clock = Process.whereis(Jobs.Clock)
queue = Process.whereis(Jobs.Queue)
IO.inspect(Play.kill_and_watch(clock, queue), label: "queue ended")
IO.puts("queue is a new process: #{Play.await_other(Jobs.Queue, queue) != queue}")
IO.inspect(Jobs.Queue.stats(), label: "after the restart")
IO.inspect(Supervisor.count_children(supervisor) |> Enum.sort())

IO.puts("-- the heap on its own")
queue = for {word, index} <- Enum.with_index(~w(a b c d e f g)), into: Jobs.PriorityQueue.new(), do: {word, rem(index, 3)}
IO.inspect(Enum.to_list(queue))
IO.inspect(Enum.take(queue, 2))
IO.inspect({Enum.count(queue), "d" in queue, Enum.zip(queue, 1..3)})

try do
  Jobs.Job.new(1, "x", Handlers.Sum, colour: :red)
rescue
  error in KeyError -> IO.puts("KeyError for #{inspect(error.key)}")
end

Supervisor.stop(supervisor)
IO.puts("stopped: #{Process.whereis(Jobs.Queue) == nil}")
