# answer: 2000000
# group: processes
# operations: 2000000 round trips
# Two million round trips between two processes.
defmodule PingPong do
  def run(count) do
    pid = spawn(fn -> pong() end)
    ping(pid, count, 0)
  end

  defp ping(_pid, 0, done), do: done

  defp ping(pid, left, done) do
    send(pid, {self(), left})

    receive do
      ^left -> ping(pid, left - 1, done + 1)
    end
  end

  defp pong do
    receive do
      {from, n} ->
        send(from, n)
        pong()
    end
  end
end

IO.puts(PingPong.run(2_000_000))
