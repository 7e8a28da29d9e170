defmodule Mix.Tasks.Profile.Eprof do
  use Mix.Task
  @shortdoc "Measures the time of a script's functions"
  @moduledoc """
  Runs code and measures how long each function takes itself.

      mix profile.eprof -e "Enum.sort(Enum.to_list(1..1000))"
      mix profile.eprof my_script.exs --sort calls

    * `-e`, `--eval CODE`: code in place of a script
    * `-r`, `--require FILE`: required before
    * `--sort time|calls|mfa`: the order of the rows (time)
    * `--calls N`, `--time MICROSECONDS`: only functions with at least that much
    * `--no-compile`, `--no-start`: the project is not compiled, the application not started
  """

  @impl true
  def run(args) do
    {fun, opts} = Mix.Tasks.Profile.Shared.prepare(args, sort: :string, calls: :integer, time: :integer)
    sort = opts[:sort] || "time"
    if sort not in ["time", "calls", "mfa"], do: Mix.raise("profile.eprof: --sort is time, calls or mfa, not #{sort}")

    case :eprof.profile(fun) do
      {:ok, _} -> :ok
      {:error, reason} -> Mix.raise("profile.eprof: the code failed: #{inspect(reason)}")
    end

    :eprof.analyze(:total, sort: String.to_atom(sort), filter: [calls: opts[:calls] || 0, time: opts[:time] || 0])
    :eprof.stop()
    :ok
  end
end
