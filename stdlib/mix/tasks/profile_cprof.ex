defmodule Mix.Tasks.Profile.Cprof do
  use Mix.Task
  @shortdoc "Counts the calls of a script's functions"
  @moduledoc """
  Runs code and counts how often each function is called.

      mix profile.cprof -e "Enum.sort([3, 1, 2])"
      mix profile.cprof my_script.exs --limit 10

    * `-e`, `--eval CODE`: code in place of a script
    * `-r`, `--require FILE`: required before
    * `--limit N`: only functions with at least that many calls
    * `--module M`: only functions of that module
    * `--no-compile`, `--no-start`: the project is not compiled, the application not started
  """

  @impl true
  def run(args) do
    {fun, opts} = Mix.Tasks.Profile.Shared.prepare(args, limit: :integer, module: :string)
    {_, profile} = Phial.Profile.calls(fun)
    module = opts[:module] && module(opts[:module])
    rows = for {{m, _, _}, count, _} = row <- profile.rows, count >= (opts[:limit] || 1), module in [nil, m], do: row
    modules = rows |> Enum.group_by(fn {{m, _, _}, _, _} -> m end) |> Enum.sort_by(fn {m, rows} -> {-total(rows), m} end)
    line("", "CNT")
    line("Total", total(rows))

    for {module, rows} <- modules do
      line(inspect(module), "#{total(rows)}  <--")
      for {mfa, count, _} <- rows, do: line("  " <> Phial.Profile.name(mfa), count)
    end

    Mix.shell().info("Profile done over #{length(rows)} matching functions")
  end

  defp module(":" <> name), do: String.to_atom(name)
  defp module(name), do: Module.concat([name])
  defp total(rows), do: rows |> Enum.map(&elem(&1, 1)) |> Enum.sum()

  defp line(name, count) do
    [number | rest] = String.split("#{count}", "  ", parts: 2)
    Mix.shell().info(String.trim_trailing(String.pad_trailing(name, 60) <> String.pad_leading(number, 10) <> "  " <> Enum.join(rest)))
  end
end
