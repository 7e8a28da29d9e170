# answer: 250000 250000 250000 250000 1000000
# group: exceptions
# operations: 1000000 exceptions
# raise, rescue, throw, catch, after; errors of natives; through several frames.
defmodule Own do
  defexception [:number]
  def message(%{number: n}), do: "own #{n}"
end

defmodule Exceptions do
  def attempt(n) do
    try do
      {:ok, fail(rem(n, 4), n)}
    rescue
      e in Own -> {:own, e.number}
      ArithmeticError -> {:arithmetic, n}
    catch
      :throw, value -> {:thrown, value}
      :exit, reason -> {:exit, reason}
    after
      Process.put(:count, Process.get(:count, 0) + 1)
    end
  end

  defp fail(0, n), do: deep(5, fn -> raise Own, number: n end)
  defp fail(1, n), do: 1 / (n - n)
  defp fail(2, n), do: deep(3, fn -> throw(n) end)
  defp fail(3, n), do: deep(3, fn -> exit({:reason, n}) end)

  defp deep(0, f), do: f.()
  defp deep(n, f), do: [deep(n - 1, f)]

  def run(0, counts), do: counts
  def run(n, counts), do: run(n - 1, Map.update(counts, elem(attempt(n), 0), 1, &(&1 + 1)))
end

counts = Exceptions.run(1_000_000, %{})
IO.puts("#{counts.own} #{counts.arithmetic} #{counts.thrown} #{counts.exit} #{Process.get(:count)}")
