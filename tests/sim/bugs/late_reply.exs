# Timeout against a late reply: the reply to a request that was given up is taken for that of the next.
server =
  spawn(fn ->
    Stream.repeatedly(fn ->
      receive do
        {from, n} ->
          Process.sleep(10)
          send(from, {:answer, n})
      end
    end)
    |> Stream.run()
  end)

ask = fn n ->
  send(server, {self(), n})

  receive do
    {:answer, value} -> value
  after
    # The server sleeps 10 ms: time enough for it, as a rule.
    12 -> :timeout
  end
end

for n <- 1..3 do
  case ask.(n) do
    :timeout -> :ok
    ^n -> :ok
    other -> raise "asked for #{n}, got #{other}"
  end
end
