# Each request has a reference of its own.
server =
  spawn(fn ->
    Stream.repeatedly(fn ->
      receive do
        {from, ref, n} ->
          Process.sleep(10)
          send(from, {ref, n})
      end
    end)
    |> Stream.run()
  end)

ask = fn n ->
  ref = make_ref()
  send(server, {self(), ref, n})

  receive do
    {^ref, value} -> value
  after
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
