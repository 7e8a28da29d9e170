defmodule :cprof do
  @moduledoc """
  Counts how often each function is called, in all processes. It slows calls down a little and measures no time.

      iex> :cprof.start(List, :first)
      iex> List.first([1, 2])
      iex> {List, 2, [{{List, :first, 1}, 1}, {{List, :first, 2}, 1}]} = :cprof.analyse(List)
      iex> :cprof.stop() > 0
      true
  """

  @flags [:call_count]

  @doc "Counts the calls of these functions (of all) from zero; how many functions there are."
  def start, do: pattern({:_, :_, :_}, true) + pattern(:on_load, true)
  def start({_, _, _} = mfa), do: pattern(mfa, true)
  def start(module), do: pattern({module, :_, :_}, true)
  def start(module, function), do: pattern({module, function, :_}, true)
  def start(module, function, arity), do: pattern({module, function, arity}, true)

  @doc "Counts no more and forgets the counts."
  def stop, do: pattern({:_, :_, :_}, false) + pattern(:on_load, false)
  def stop({_, _, _} = mfa), do: pattern(mfa, false)
  def stop(module), do: pattern({module, :_, :_}, false)
  def stop(module, function), do: pattern({module, function, :_}, false)
  def stop(module, function, arity), do: pattern({module, function, arity}, false)

  @doc "Keeps the counts as they are."
  def pause, do: pattern({:_, :_, :_}, :pause) + pattern(:on_load, false)
  def pause({_, _, _} = mfa), do: pattern(mfa, :pause)
  def pause(module), do: pattern({module, :_, :_}, :pause)
  def pause(module, function), do: pattern({module, function, :_}, :pause)
  def pause(module, function, arity), do: pattern({module, function, arity}, :pause)

  @doc "Counts again from zero what was counted."
  def restart, do: pattern({:_, :_, :_}, :restart)
  def restart({_, _, _} = mfa), do: pattern(mfa, :restart)
  def restart(module), do: pattern({module, :_, :_}, :restart)
  def restart(module, function), do: pattern({module, function, :_}, :restart)
  def restart(module, function, arity), do: pattern({module, function, arity}, :restart)

  @doc "All counts: `{sum, [{module, sum, [{{module, function, arity}, count}]}]}`, the largest first."
  def analyse, do: analyse(1)

  @doc "The counts of a module, `{module, sum, list}`, or all that reach a limit."
  def analyse(limit) when is_integer(limit) do
    modules =
      for {module, counts} <- Enum.group_by(counts(), fn {{module, _, _}, _} -> module end), do: {module, sum(counts), largest(counts, limit)}

    {modules |> Enum.map(&elem(&1, 1)) |> Enum.sum(), Enum.sort_by(modules, &{-elem(&1, 1), elem(&1, 0)})}
  end

  def analyse(module) when is_atom(module), do: analyse(module, 1)

  def analyse(module, limit) do
    counts = Enum.filter(counts(), fn {{m, _, _}, _} -> m == module end)
    {module, sum(counts), largest(counts, limit)}
  end

  # What this module does to count is not counted.
  defp counts, do: for({m, f, a, count, _} <- :phial_trace.measured(), count > 0, m not in [:cprof, :phial_trace], do: {{m, f, a}, count})
  defp sum(counts), do: counts |> Enum.map(&elem(&1, 1)) |> Enum.sum()
  defp largest(counts, limit), do: counts |> Enum.filter(&(elem(&1, 1) >= limit)) |> Enum.sort_by(&{-elem(&1, 1), elem(&1, 0)})

  defp pattern(what, change), do: :erlang.trace_pattern(what, change, @flags)
end
