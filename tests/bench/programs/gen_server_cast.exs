# answer: 1000000 500000500000
# group: OTP
# operations: 1000000 casts
# A million casts to a GenServer, then a call.
defmodule Adder do
  use GenServer
  def init(state), do: {:ok, state}
  def handle_cast({:add, n}, {count, sum}), do: {:noreply, {count + 1, sum + n}}
  def handle_call(:get, _from, state), do: {:reply, state, state}

  def feed(pid, n, n), do: GenServer.call(pid, :get, 60_000)
  def feed(pid, i, n) do
    GenServer.cast(pid, {:add, i + 1})
    feed(pid, i + 1, n)
  end
end

{:ok, pid} = GenServer.start_link(Adder, {0, 0})
{count, sum} = Adder.feed(pid, 0, 1_000_000)
IO.puts("#{count} #{sum}")
