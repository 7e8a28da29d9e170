# answer: 60000 1800030000 20
# group: OTP
# Task.async_stream over 60,000 items, and async/await of heavier work.
defmodule AsyncStream do
  def work(n), do: Enum.reduce(1..30, 0, fn i, acc -> acc + rem(n * i, 7) end)
end

results = 1..60_000 |> Task.async_stream(fn n -> {n, AsyncStream.work(n)} end, max_concurrency: 16) |> Enum.map(fn {:ok, {n, _}} -> n end)
tasks = for i <- 1..20, do: Task.async(fn -> Enum.reduce(1..50_000, 0, fn n, acc -> acc + rem(n, i) end) end)
IO.puts("#{length(results)} #{Enum.sum(results)} #{tasks |> Task.await_many(60_000) |> length()}")
