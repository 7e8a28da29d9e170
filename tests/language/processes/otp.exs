# case: otp: GenServer call and cast
defmodule St do
  use GenServer
  def init(s), do: {:ok, s}
  def handle_call(:pop, _, [h | t]), do: {:reply, h, t}
  def handle_cast({:push, x}, s), do: {:noreply, [x | s]}
end
{:ok, p} = GenServer.start_link(St, [1])
GenServer.cast(p, {:push, 2})
IO.inspect {GenServer.call(p, :pop), GenServer.call(p, :pop)}
# expect: {2, 1}

# case: otp: GenServer handle_info and continue
defmodule Hi do
  use GenServer
  def init(to), do: {:ok, to, {:continue, :go}}
  def handle_continue(:go, to) do
    send(to, :continued)
    {:noreply, to}
  end
  def handle_info(m, to) do
    send(to, {:info, m})
    {:noreply, to}
  end
end
{:ok, p} = GenServer.start_link(Hi, self())
send(p, :x)
for _ <- 1..2, do: (receive do: (m -> IO.inspect m))
# expect: :continued
# expect: {:info, :x}

# case: otp: GenServer timeout and names
defmodule To do
  use GenServer
  def init(_), do: {:ok, nil}
  def handle_call(:slow, _, s) do
    Process.sleep(100)
    {:reply, :ok, s}
  end
end
{:ok, _} = GenServer.start_link(To, nil, name: Named)
IO.inspect(try do
  GenServer.call(Named, :slow, 10)
catch
  :exit, {:timeout, _} -> :timeout
end)
IO.inspect is_pid(GenServer.whereis(Named))
# expect: :timeout
# expect: true

# case: otp: GenServer stop and terminate
defmodule Te do
  use GenServer
  def init(to) do
    Process.flag(:trap_exit, true)
    {:ok, to}
  end
  def terminate(r, to), do: send(to, {:terminated, r})
end
{:ok, p} = GenServer.start_link(Te, self())
GenServer.stop(p)
receive do: (m -> IO.inspect m)
IO.inspect Process.alive?(p)
# expect: {:terminated, :normal}
# expect: false

# case: otp: GenServer.reply from elsewhere
defmodule Re do
  use GenServer
  def init(s), do: {:ok, s}
  def handle_call(:later, from, s) do
    spawn(fn -> GenServer.reply(from, :replied) end)
    {:noreply, s}
  end
end
{:ok, p} = GenServer.start_link(Re, 0)
IO.inspect GenServer.call(p, :later)
# expect: :replied

# case: otp: Agent
{:ok, a} = Agent.start_link(fn -> 1 end)
Agent.update(a, &(&1 + 1))
IO.inspect {Agent.get(a, & &1), Agent.get_and_update(a, &{&1, &1 * 10}), Agent.get(a, & &1)}
Agent.stop(a)
# expect: {2, 2, 20}

# case: otp: Task
t = Task.async(fn -> 1 + 1 end)
IO.inspect Task.await(t)
IO.inspect Enum.map(1..3, &Task.async(fn -> &1 * 2 end)) |> Task.await_many()
# expect: 2
# expect: [2, 4, 6]

# case: otp: Task yield and shutdown
t = Task.async(fn -> Process.sleep(:infinity) end)
IO.inspect Task.yield(t, 10)
IO.inspect Task.shutdown(t, :brutal_kill)
# expect: nil
# expect: nil

# case: otp: Task.async_stream
IO.inspect Task.async_stream(1..4, fn x -> x * x end) |> Enum.to_list()
IO.inspect Task.async_stream([3, 1], fn x -> x end, max_concurrency: 1) |> Enum.map(&elem(&1, 1))
# expect: [ok: 1, ok: 4, ok: 9, ok: 16]
# expect: [3, 1]

# case: otp: Supervisor restarts
defmodule W do
  use GenServer
  def start_link(n), do: GenServer.start_link(__MODULE__, n, name: n)
  def init(n), do: {:ok, n}
  def handle_cast(:die, _), do: exit(:shutdown)
end
{:ok, s} = Supervisor.start_link([{W, :w1}], strategy: :one_for_one)
p = Process.whereis(:w1)
GenServer.cast(:w1, :die)
Process.sleep(50)
IO.inspect Process.whereis(:w1) != p and is_pid(Process.whereis(:w1))
IO.inspect Supervisor.count_children(s)
# expect: true
# expect: %{active: 1, specs: 1, supervisors: 0, workers: 1}

# case: otp: DynamicSupervisor
{:ok, s} = DynamicSupervisor.start_link(strategy: :one_for_one)
{:ok, p} = DynamicSupervisor.start_child(s, {Agent, fn -> 5 end})
IO.inspect Agent.get(p, & &1)
IO.inspect DynamicSupervisor.count_children(s).active
IO.inspect DynamicSupervisor.terminate_child(s, p)
# expect: 5
# expect: 1
# expect: :ok

# case: otp: Registry
{:ok, _} = Registry.start_link(keys: :unique, name: Reg)
{:ok, _} = Registry.register(Reg, :k, :v)
IO.inspect Registry.lookup(Reg, :k) == [{self(), :v}]
{:ok, a} = Agent.start_link(fn -> 1 end, name: {:via, Registry, {Reg, :agent}})
IO.inspect Agent.get({:via, Registry, {Reg, :agent}}, & &1)
IO.inspect Registry.lookup(Reg, :agent) == [{a, nil}]
# expect: true
# expect: 1
# expect: true

# case: otp: GenServer crash reaches the caller
defmodule Cr do
  use GenServer
  def init(s), do: {:ok, s}
  def handle_call(:crash, _, _), do: exit(:crashed)
end
Logger.configure(level: :none)
{:ok, p} = GenServer.start(Cr, 0)
IO.inspect(try do
  GenServer.call(p, :crash)
catch
  :exit, {r, _} -> r
end)
# expect: :crashed

# case: otp: sys.get_state
{:ok, a} = Agent.start_link(fn -> %{a: 1} end)
IO.inspect :sys.get_state(a)
:sys.replace_state(a, fn _ -> 2 end)
IO.inspect Agent.get(a, & &1)
# expect: %{a: 1}
# expect: 2

# case: otp: gen_statem
defmodule Sm do
  @behaviour :gen_statem
  def callback_mode, do: :handle_event_function
  def init(_), do: {:ok, :off, 0}
  def handle_event({:call, from}, :flip, :off, n), do: {:next_state, :on, n + 1, [{:reply, from, :on}]}
  def handle_event({:call, from}, :flip, :on, n), do: {:next_state, :off, n, [{:reply, from, {:off, n}}]}
end
{:ok, p} = :gen_statem.start_link(Sm, [], [])
IO.inspect {:gen_statem.call(p, :flip), :gen_statem.call(p, :flip)}
# expect: {:on, {:off, 1}}


# case: requests to event handlers gather in a collection of ids
defmodule Echo do
  @behaviour :gen_event
  def init(_), do: {:ok, nil}
  def handle_event(_, state), do: {:ok, state}
  def handle_call(request, state), do: {:ok, {:echo, request}, state}
end

{:ok, manager} = :gen_event.start_link()
:ok = :gen_event.add_handler(manager, Echo, [])
ids = :gen_event.send_request(manager, Echo, 1, :first, :gen_event.reqids_new())
ids = :gen_event.send_request(manager, Echo, 2, :second, ids)
IO.inspect(:gen_event.reqids_size(ids))               # expect: 2
{one, :first, ids} = :gen_event.receive_response(ids, 1000, true)
{two, :second, ids} = :gen_event.wait_response(ids, 1000, true)
IO.inspect({one, two, :gen_event.reqids_size(ids)})   # expect: {{:reply, {:echo, 1}}, {:reply, {:echo, 2}}, 0}
IO.inspect(:gen_event.receive_response(ids, 1000, true))   # expect: :no_request
id = :gen_event.send_request(manager, Echo, 3)
IO.inspect(:gen_event.wait_response(id))              # expect: {:reply, {:echo, 3}}
IO.inspect(:gen_event.receive_response(:gen_event.send_request(manager, Other, 3)))   # expect: {:reply, {:error, :bad_module}}

# case: the library's applications tell their modules
modules = Application.spec(:elixir, :modules)
IO.inspect({Enum in modules, GenServer in modules, ExUnit.Case in modules, :lists in modules})   # expect: {true, true, false, false}
IO.inspect({:lists in Application.spec(:stdlib, :modules), :application in Application.spec(:kernel, :modules)})   # expect: {true, true}
IO.inspect(:application.get_key(:no_such, :modules))  # expect: :undefined

# case: a registry starts by its former function as well
{:ok, _} = apply(Registry, :start_link, [:unique, Former])
{:ok, _} = Registry.register(Former, :key, 1)
IO.inspect(Registry.values(Former, :key, self()))     # expect: [1]
