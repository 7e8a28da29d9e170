defmodule Phial.Observer do
  @moduledoc """
  The server behind `:observer.start`: it owns the listening socket, the samples over time and the running traces.

  While it is open it wakes once a second to take a sample; a request is answered by a process of its own, at low priority, so that
  what is observed goes first. The address holds a token of 128 random bits, and only names of the loopback host are answered, so that other
  pages in the same browser cannot ask.
  """
  use GenServer

  alias Phial.Observer.{Http, Metrics, Flow}

  @sample_ms 1_000

  @doc "Starts the server unless it runs; returns the page's address."
  @spec open(keyword) :: {:ok, String.t()} | {:error, term}
  def open(options \\ []) do
    case GenServer.start(__MODULE__, options, name: __MODULE__) do
      {:ok, pid} -> {:ok, GenServer.call(pid, :address)}
      {:error, {:already_started, pid}} -> {:ok, GenServer.call(pid, :address)}
      {:error, {:shutdown, reason}} -> {:error, reason}
      {:error, reason} -> {:error, reason}
    end
  end

  @doc "Answers a request of the page: from the running VM, or from the crash dump that was opened."
  @spec answer(String.t(), map) :: {200 | 400 | 404, term}
  def answer(name, parameters) do
    case :persistent_term.get({__MODULE__, :dump}, nil) do
      nil -> Phial.Observer.Api.answer(name, parameters)
      dump -> Phial.Observer.Dump.answer(dump, name, parameters)
    end
  end

  @doc "Stops the server, its socket and its traces."
  @spec close() :: :ok
  def close do
    if pid = Process.whereis(__MODULE__), do: GenServer.stop(pid)
    :ok
  end

  @doc "The samples of the last minutes, oldest first."
  def samples, do: GenServer.call(__MODULE__, :samples)

  @doc "Suspends a process until `resume/1`, or until the observer is closed."
  def suspend(pid), do: GenServer.call(__MODULE__, {:suspend, pid})

  @doc "Lets a process that `suspend/1` stopped go on."
  def resume(pid), do: GenServer.call(__MODULE__, {:resume, pid})

  @doc "Begins to record the messages of some processes; what was recorded before is dropped."
  def watch(pids), do: GenServer.call(__MODULE__, {:watch, pids})

  @doc "The recorded messages after number `since`."
  def flow(since), do: GenServer.call(__MODULE__, {:flow, since})

  @impl true
  def init(options) do
    Process.flag(:trap_exit, true)
    if options[:dump], do: :persistent_term.put({__MODULE__, :dump}, options[:dump])
    listen = [:binary, ip: {127, 0, 0, 1}, packet: :raw, active: false, reuseaddr: true, backlog: 64]

    case :gen_tcp.listen(options[:port] || 0, listen) do
      {:ok, socket} ->
        {:ok, port} = :inet.port(socket)
        token = Base.url_encode64(:crypto.strong_rand_bytes(16), padding: false)
        acceptor = spawn_link(fn -> Http.accept(socket, token) end)
        metrics = Metrics.new()
        :erlang.send_after(@sample_ms, self(), :sample)
        {:ok, %{socket: socket, acceptor: acceptor, address: "http://127.0.0.1:#{port}/#{token}/", metrics: metrics, flow: nil}}

      {:error, reason} ->
        :persistent_term.erase({__MODULE__, :dump})
        {:stop, {:shutdown, reason}}
    end
  end

  @impl true
  def handle_call(:address, _from, state), do: {:reply, state.address, state}
  def handle_call(:samples, _from, state), do: {:reply, Metrics.series(state.metrics), state}

  # The suspensions are this process's: those of a request would end with its connection.
  def handle_call({:suspend, pid}, _from, state) when pid == self() or pid == state.acceptor do
    {:reply, %{error: "the observer does not suspend itself"}, state}
  end

  def handle_call({:suspend, pid}, _from, state), do: {:reply, attempt(fn -> :erlang.suspend_process(pid, [:unless_suspending]) end), state}
  def handle_call({:resume, pid}, _from, state), do: {:reply, attempt(fn -> :erlang.resume_process(pid) end), state}

  def handle_call({:watch, pids}, _from, state) do
    if state.flow, do: Flow.stop(state.flow)
    {:reply, :ok, %{state | flow: if(pids == [], do: nil, else: Flow.start(pids))}}
  end

  def handle_call({:flow, since}, _from, state) do
    {:reply, if(state.flow, do: Flow.since(state.flow, since), else: %{watched: [], events: []}), state}
  end

  defp attempt(fun) do
    fun.()
    %{ok: true}
  rescue
    ArgumentError -> %{error: "the process has ended, or is not suspended"}
  end

  @impl true
  def handle_info(:sample, state) do
    :erlang.send_after(@sample_ms, self(), :sample)
    {:noreply, %{state | metrics: Metrics.sample(state.metrics)}}
  end

  def handle_info({:EXIT, pid, reason}, %{acceptor: pid} = state), do: {:stop, reason, state}
  def handle_info(_other, state), do: {:noreply, state}

  @impl true
  def terminate(_reason, state) do
    if state.flow, do: Flow.stop(state.flow)
    :persistent_term.erase({__MODULE__, :dump})
    :gen_tcp.close(state.socket)
  end
end
