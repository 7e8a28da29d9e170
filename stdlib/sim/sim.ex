defmodule Phial.Sim do
  @moduledoc """
  Simulated runs: one thread, a virtual clock, and a schedule that depends on a seed alone.

  A program that was started with `phial --sim SEED`, or a test under `phial test --sim N`, runs in a simulation. The same seed gives the same run;
  other seeds give other interleavings of its processes. Sleeping costs no time.
  """

  @type failure :: %{seed: non_neg_integer, reason: String.t(), output: String.t()}

  @doc """
  Tells whether this program is simulated.

      iex> is_boolean(Phial.Sim.simulated?())
      true
  """
  @spec simulated?() :: boolean
  def simulated?, do: :phial_sim.state() != nil

  @doc """
  Returns the seed of the present run, `nil` where nothing is simulated.

      iex> Phial.Sim.seed() == nil or Phial.Sim.simulated?()
      true
  """
  @spec seed() :: non_neg_integer | nil
  def seed do
    case :phial_sim.state() do
      {seed, _} -> seed
      _ -> nil
    end
  end

  @doc """
  Returns how many steps the run has taken so far: sends, table reads and other effects at which the schedule could choose. 0 where nothing is simulated.

      iex> Phial.Sim.steps() >= 0
      true
  """
  @spec steps() :: non_neg_integer
  def steps do
    case :phial_sim.state() do
      {_, steps} -> steps
      _ -> 0
    end
  end

  @doc """
  Keeps a process out of the reach of `--sim-kill`. Returns the pid.

      iex> Phial.Sim.spare(self()) == self()
      true
  """
  @spec spare(pid) :: pid
  def spare(pid) do
    :phial_sim.spare(pid)
    pid
  end

  @doc """
  Runs the function under many seeds, each in a fork of this program, until it fails: raises, exits, deadlocks or crashes the machine.

  Options: `:seeds`, a number or a range (default 100), and `:timeout` of one run in milliseconds of real time (default 60,000). Returns `{:ok, number of
  seeds}`, or `{:error, failure}` with the seed, the reason and what the run wrote. Only in a program that was started with `--sim`; nothing that the
  function changes is seen by the caller.

      iex> if Phial.Sim.simulated?(), do: Phial.Sim.run(fn -> 1 + 1 end, seeds: 3), else: {:ok, 3}
      {:ok, 3}
  """
  @spec run((-> any), keyword) :: {:ok, non_neg_integer} | {:error, failure}
  def run(fun, options \\ []) when is_function(fun, 0) do
    if not simulated?(), do: raise("Phial.Sim.run/2 works in a simulated program only: start it with phial --sim SEED")
    first..last//_ = range(Keyword.get(options, :seeds, 100))
    :phial_sim.settle()

    case :phial_sim.trials(first, last, Keyword.get(options, :timeout, 60_000)) do
      {:passed, count} -> {:ok, count}
      {:failed, seed, status, output} -> {:error, %{seed: seed, reason: :phial_sim.reason(status), output: output}}
      {:trial, _seed} -> trial(fun)
    end
  end

  defp range(first..last//1), do: first..last//1
  defp range(count) when is_integer(count) and count > 0, do: 1..count//1

  defp trial(fun) do
    Phial.Sim.spare(self())
    fun.()
    :phial_sim.finish(0)
  catch
    kind, reason ->
      :io.put_chars(:standard_error, [Exception.format(kind, reason, __STACKTRACE__), "\n"])
      :phial_sim.finish(1)
  end
end
