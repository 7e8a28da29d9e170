# What the browser looks at: fifty thousand idle processes, a supervision tree, tables, a pair that talks, one that works.
defmodule Shop.Stock do
  use GenServer
  def start_link(name), do: GenServer.start_link(__MODULE__, %{item: name, left: 42}, name: name)
  def init(state), do: {:ok, state}
  def handle_info({:take, n}, state), do: {:noreply, %{state | left: state.left - n}}
end

defmodule Shop do
  use Supervisor
  def start_link, do: Supervisor.start_link(__MODULE__, [], name: __MODULE__)

  def init(_) do
    stocks = for name <- [:apples, :pears, :plums], do: Supervisor.child_spec({Shop.Stock, name}, id: name)
    inner = %{id: Shop.Shelves, type: :supervisor, start: {Supervisor, :start_link, [stocks, [strategy: :one_for_one, name: Shop.Shelves]]}}
    Supervisor.init([{Agent, fn -> %{visitors: 0} end}, {Registry, keys: :unique, name: Shop.Registry}, inner], strategy: :one_for_one)
  end
end

defmodule Talk do
  def ping(pong) do
    send(pong, {:ping, self(), "how are you?"})
    receive do: ({:pong, _} -> Process.sleep(100))
    ping(pong)
  end

  def pong do
    receive do: ({:ping, from, _} -> send(from, {:pong, "well"}))
    pong()
  end
end

defmodule Work do
  def run(n), do: run(fib(16 + rem(n, 3)))
  def fib(n) when n < 2, do: n
  def fib(n), do: fib(n - 1) + fib(n - 2)
end

big = spawn(fn -> Process.register(self(), :big_heap); list = Enum.to_list(1..200_000); Process.sleep(:infinity); length(list) end)
for _ <- 1..7, do: send(big, {:unread, "mail"})
{:ok, _} = Shop.start_link()
:ets.new(:fruit_prices, [:named_table, :public]) |> :ets.insert(for n <- 1..500, do: {:"fruit_#{n}", n * 1.5, "a note about fruit #{n}"})
pong = spawn(fn -> Process.register(self(), :pong); Talk.pong() end)
spawn(fn -> Process.register(self(), :ping); Talk.ping(pong) end)
spawn(fn -> Process.register(self(), :worker); Work.run(1) end)
Process.send_after(self(), {:late, :message}, 3_600_000)
_port = Port.open({:spawn, "cat"}, [:binary])
# A dump of what there is, for the page to open later.
if path = System.get_env("DUMP"), do: :ok = Phial.CrashDump.write(path, slogan: "taken for the test")
for n <- 1..50_000, do: spawn(fn -> Process.put(:number, n); Process.sleep(:infinity) end)
:observer.start()
Process.sleep(:infinity)
