# answer: 500000
# group: OTP
# operations: 500000 calls
# Half a million calls of a GenServer.
defmodule Counter do
  use GenServer
  def init(n), do: {:ok, n}
  def handle_call(:next, _from, n), do: {:reply, n + 1, n + 1}
end

{:ok, pid} = GenServer.start_link(Counter, 0)
IO.puts(Enum.reduce(1..500_000, 0, fn _, _ -> GenServer.call(pid, :next) end))
