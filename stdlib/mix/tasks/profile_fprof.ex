defmodule Mix.Tasks.Profile.Fprof do
  use Mix.Task
  @shortdoc "Measures time with and without callees"
  @moduledoc """
  Runs code and measures how long each function takes, itself and with all that it calls. The slowest and most exact of the profilers.

      mix profile.fprof -e "Enum.sort(Enum.to_list(1..100))"

    * `-e`, `--eval CODE`: code in place of a script
    * `-r`, `--require FILE`: required before
    * `--sort acc|own`: the order of the rows (acc)
    * `--no-compile`, `--no-start`: the project is not compiled, the application not started
  """

  @impl true
  def run(args) do
    {fun, opts} = Mix.Tasks.Profile.Shared.prepare(args, sort: :string)
    sort = opts[:sort] || "acc"
    if sort not in ["acc", "own"], do: Mix.raise("profile.fprof: --sort is acc or own, not #{sort}")
    :fprof.apply(fun, [])
    :fprof.profile()
    rows = :fprof.rows()
    rows = if sort == "own", do: Enum.sort_by(rows, &(-elem(&1, 3))), else: rows
    Mix.shell().info(String.pad_trailing("", 60) <> "       CNT    ACC (ms)    OWN (ms)")

    for {mfa, count, acc, own} <- rows do
      numbers = [{"#{count}", 10}, {ms(acc), 12}, {ms(own), 12}]
      Mix.shell().info(String.pad_trailing(Phial.Profile.name(mfa), 60) <> Enum.map_join(numbers, fn {text, width} -> String.pad_leading(text, width) end))
    end

    :fprof.stop()
    :ok
  end

  defp ms(nanoseconds), do: :erlang.float_to_binary(nanoseconds / 1_000_000, decimals: 3)
end
