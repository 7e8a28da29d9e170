# answer: 100000 1000 40000
# group: processes
# Calls answered while 40,000 other messages wait; receive by reference skips them, and by pattern walks.
defmodule Selective do
  def server do
    receive do
      {:call, from, ref, n} ->
        send(from, {ref, n + 1})
        server()

      {:plain, from, n} ->
        send(from, {:answer, n})
        server()
    end
  end

  def calls(_server, 0, n), do: n
  def calls(server, left, n) do
    ref = make_ref()
    send(server, {:call, self(), ref, n})

    receive do
      {^ref, m} -> calls(server, left - 1, m)
    end
  end

  def walks(_server, 0, n), do: n
  def walks(server, left, n) do
    send(server, {:plain, self(), n + 1})

    receive do
      {:answer, m} -> walks(server, left - 1, m)
    end
  end

  def drain(n) do
    receive do
      {:noise, _} -> drain(n + 1)
    after
      0 -> n
    end
  end
end

server = spawn(fn -> Selective.server() end)
for i <- 1..40_000, do: send(self(), {:noise, i})
calls = Selective.calls(server, 100_000, 0)
walks = Selective.walks(server, 1_000, 0)
IO.puts("#{calls} #{walks} #{Selective.drain(0)}")
