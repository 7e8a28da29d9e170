defmodule Phial.Observer.Profile do
  @moduledoc """
  A sampling profile: the stacks of the processes that work, looked at every few milliseconds, as a tree that a flame graph draws.

  What works is found first, by reductions over a twentieth of a second; so a VM of a hundred thousand sleeping processes costs no more to sample.
  """

  alias Phial.Observer.Text

  @period_ms 5
  @busiest 40

  @doc "Samples for some milliseconds: all that works, or one process and nothing else."
  def take(milliseconds, pid_text \\ nil) do
    milliseconds = milliseconds |> max(50) |> min(20_000)
    pids = if pid = pid_text && Text.pid(pid_text), do: [pid], else: busiest()
    until = System.monotonic_time(:millisecond) + milliseconds
    counts = sample(pids, until, %{})
    %{samples: counts |> Map.values() |> Enum.sum(), processes: Enum.map(pids, &Text.id/1), root: tree("all", Enum.to_list(counts))}
  end

  defp busiest do
    before = Map.new(reductions())
    Process.sleep(50)

    for({pid, now} <- reductions(), pid != self(), worked = now - Map.get(before, pid, 0), worked > 0, do: {worked, pid})
    |> Enum.sort(:desc)
    |> Enum.take(@busiest)
    |> Enum.map(&elem(&1, 1))
  end

  defp reductions, do: for(pid <- Process.list(), {_, count} <- [Process.info(pid, :reductions)], do: {pid, count})

  defp sample(pids, until, counts) do
    counts =
      Enum.reduce(pids, counts, fn pid, counts ->
        case Process.info(pid, [:status, :phial_stacktrace]) do
          [status: status, phial_stacktrace: [_ | _] = stack] when status in [:running, :runnable, :garbage_collecting] ->
            Map.update(counts, stack |> Enum.reverse() |> Enum.map(&frame/1), 1, &(&1 + 1))

          _ ->
            counts
        end
      end)

    if System.monotonic_time(:millisecond) >= until do
      counts
    else
      Process.sleep(@period_ms)
      sample(pids, until, counts)
    end
  end

  defp frame({module, function, arity, _}), do: Text.mfa({module, function, arity})

  defp tree(name, stacks) do
    children =
      stacks
      |> Enum.reject(fn {frames, _} -> frames == [] end)
      |> Enum.group_by(fn {[frame | _], _} -> frame end, fn {[_ | rest], count} -> {rest, count} end)
      |> Enum.map(fn {frame, rest} -> tree(frame, rest) end)
      |> Enum.sort_by(& &1.name)

    %{name: name, value: stacks |> Enum.map(&elem(&1, 1)) |> Enum.sum(), children: children}
  end
end
