defmodule :phial_sim do
  @moduledoc """
  What the program does around simulated runs: trials of a script over many seeds, and the report of a deadlock.

  The functions of the schedule itself (`begin/1`, `trials/3`, ...) are native: vm/native/sim_natives.cpp.
  """

  @deadlock 97
  @trial_ms 60_000

  @doc """
  Starts the schedule of what the command line asks for: of one seed, or of each in a range, until one fails.

  Returns in the process that goes on with a seed. With a range that is a forked one; the first one prints how it went and halts.
  """
  def start(seed, seed, _repeat) do
    prepare()
    :phial_sim.begin(seed)
  end

  def start(first, last, repeat) do
    prepare()

    case :phial_sim.trials(first, last, @trial_ms) do
      {:trial, _seed} ->
        :phial_sim.crashes_count()

      {:passed, count} ->
        :io.put_chars(:standard_error, ["phial: no failure under ", Integer.to_string(count), " seeds\n"])
        finish(0)

      {:failed, seed, status, output} ->
        :io.put_chars(:user, output)

        :io.put_chars(:standard_error, [
          "phial: seed #{seed} of #{first}..#{last}: #{reason(status)}\nTo repeat it: #{repeat.(seed)}\n"
        ])

        finish(if is_integer(status) and status < 128, do: status, else: 1)
    end
  end

  @doc "What the status of a failed trial means."
  def reason(:timeout), do: "it did not end in #{div(@trial_ms, 1000)} seconds"
  def reason(96), do: "it does not end"
  def reason(@deadlock), do: "deadlock"
  def reason(98), do: "a process crashed"
  def reason(status) when status > 128, do: "the program ended by signal #{status - 128}"
  def reason(status), do: "exit status #{status}"

  @doc "Writes what is buffered and halts, without the callbacks of `System.at_exit/1`."
  def finish(status) do
    for name <- [:user, :standard_error], is_pid(:erlang.whereis(name)), do: :io.put_chars(name, "")
    :erlang.halt(status)
  end

  @doc "Lets the other processes run until none can: what they had to do before a trial is done."
  def settle do
    :erlang.yield()
    if :erlang.statistics(:run_queue) > 0, do: settle(), else: :ok
  end

  # Modules that nearly every program uses are loaded once, not in each trial.
  defp prepare do
    for module <- [Agent, Agent.Server, Enum, GenServer, IO, Inspect, Kernel, Keyword, List, Map, Process, Range, Registry, String, Supervisor, System, Task,
                   Task.Supervised, Task.Supervisor, Code, Macro, Module, Inspect.Algebra, String.Chars, Enumerable, Collectable, Stream, :ets, :gen,
                   :gen_server, :lists, :maps, :proc_lib, :supervisor, :sys, Exception, Logger, DynamicSupervisor, :rand, Access, :logger],
        do: :code.ensure_loaded(module)

    settle()
  end

  # The machine calls it when no process can ever run again.
  @doc false
  def report_deadlock do
    waiting = for pid <- :erlang.processes(), pid != self(), line = describe(pid), do: line
    :io.put_chars(:standard_error, ["phial: deadlock: every process waits for ever\n" | waiting])
    finish(@deadlock)
  end

  # Those of the program: what was there before waits for ever by profession.
  defp describe(pid) do
    with {:current_stacktrace, stack} <- :erlang.process_info(pid, :current_stacktrace),
         [entry | _] <- Enum.reject(stack, &library?/1) do
      {_, name} = with [] <- :erlang.process_info(pid, :registered_name), do: {:registered_name, nil}
      {_, length} = :erlang.process_info(pid, :message_queue_len)
      named = if name, do: " (#{inspect(name)})", else: ""
      ["  ", inspect(pid), named, ", ", Integer.to_string(length), " messages, in ", Exception.format_stacktrace_entry(entry), "\n"]
    else
      _ -> nil
    end
  end

  defp library?({module, _, _, _}) do
    module in [:phial_cli, :phial_host, :phial_compiler_loop, :phial_compiler] or
      :code.which(module) in [:preloaded, :non_existing] or match?(~c"/phial/lib/" ++ _, :code.which(module))
  end
end
