# answer: ok
# A hundred thousand processes allocate on all cores; an echo process of high priority is asked every other millisecond. The 99.9th percentile of its
# answers is printed, and has to be below 5 ms.
defmodule Tail do
  def worker(list) do
    receive do
      :stop -> :ok
    after
      10 -> worker(Enum.map(1..50, &{&1, list && length(list)}) |> Enum.map(&elem(&1, 0)))
    end
  end

  def echo do
    receive do
      {from, n} -> send(from, n) && echo()
    end
  end

  def ask(_echo, 0, times), do: times

  def ask(echo, n, times) do
    Process.sleep(2)
    start = System.monotonic_time(:microsecond)
    send(echo, {self(), n})

    receive do
      ^n -> ask(echo, n - 1, [System.monotonic_time(:microsecond) - start | times])
    end
  end
end

Process.flag(:priority, :high)
workers = for _ <- 1..100_000, do: :erlang.spawn_opt(Tail, :worker, [nil], priority: :normal)
echo = :erlang.spawn_opt(Tail, :echo, [], priority: :high)
times = Enum.sort(Tail.ask(echo, 1500, []))
worst = Enum.at(times, div(length(times) * 999, 1000))
IO.puts("median #{Enum.at(times, div(length(times), 2))} us, 99.9th percentile #{worst} us")
Enum.each(workers, &send(&1, :stop))
IO.puts(if worst <= 5000, do: "ok", else: "too slow")
