defmodule :phial_cli do
  @moduledoc """
  The `phial` program in the language: runs what the command line asks for and halts the system with the right status.

  The program (repl/main.cpp) reads the command line and starts `main/1` with a keyword list: `steps` (`{:eval, code}` and
  `{:require, file}` in order), `file` (a script), `script` (a program of the library), `argv`, `no_halt`, `listen` (the path of a
  socket) and `simulation` (`{first seed, last seed, flags that repeat the faults}`).
  """

  @doc "Entry of the program: never returns."
  def main(options) do
    :phial_host.boot()
    user = :erlang.whereis(:user)
    if user != :undefined, do: :erlang.group_leader(user, self())
    System.argv(:proplists.get_value(:argv, options, []))
    if :proplists.get_value(:no_halt, options, false), do: System.no_halt(true)
    if :proplists.get_value(:dbg, options) == "pry", do: Application.put_env(:elixir, :dbg_callback, {IEx.Pry, :dbg, []})
    Phial.CrashDump.program()
    listen(:proplists.get_value(:listen, options))

    case jobs(options) do
      [] -> shell()
      jobs ->
        simulate(options)
        run(jobs, shell?(:lists.last(jobs)))
    end
  end

  # `--sim SEED` and `--sim FIRST..LAST`. `phial test` simulates its tests one by one, when it is ready for them.
  defp simulate(options) do
    case :proplists.get_value(:simulation, options, nil) do
      nil ->
        :ok

      {first, last, flags} ->
        words = [:proplists.get_value(:file, options, "") | System.argv()]
        :phial_sim.start(first, last, fn seed -> Enum.join(["phial --sim #{seed}" <> flags | Enum.filter(words, &(&1 != ""))], " ") end)
    end
  end

  defp listen(:undefined), do: :ok

  defp listen(path) do
    case Phial.Shell.listen(path) do
      {:ok, listener} ->
        System.at_exit(fn _ -> Phial.Shell.close(listener) end)

      {:error, reason} ->
        error(["phial: cannot listen at ", path, ": ", Phial.Shell.format_error(reason), "\n"])
        halt(1)
    end
  end

  # The program ends with its shell, however that ends.
  defp shell do
    IEx.Server.run([])
  catch
    kind, reason ->
      error([Exception.format(kind, reason, __STACKTRACE__), "\n"])
      halt(1)
  end

  # `-S mix` without a task opens a shell in the project.
  defp shell?({:script, "mix"}), do: System.argv() == []
  defp shell?(_), do: false

  # Words that stand for tasks where there is no file of that name.
  @tasks ~w(new run test compile format)

  # `phial observer DUMP` shows a crash dump.
  defp file_job("observer"), do: if(File.regular?("observer"), do: {:file, "observer"}, else: :observer)

  # `phial profile [OPTIONS] SCRIPT` runs a script and shows where it spends its time.
  defp file_job("profile"), do: if(File.regular?("profile"), do: {:file, "profile"}, else: :profile)

  # `phial trace record|show ...`: logs of messages.
  defp file_job("trace"), do: if(File.regular?("trace"), do: {:file, "trace"}, else: :trace)

  defp file_job("mix"), do: if(File.regular?("mix"), do: {:file, "mix"}, else: {:task, []})

  defp file_job(word) when word in @tasks,
    do: if(File.regular?(word), do: {:file, word}, else: {:task, [word]})

  defp file_job(file), do: {:file, file}

  defp jobs(options) do
    steps = :proplists.get_value(:steps, options, [])

    last =
      case {:proplists.get_value(:script, options), :proplists.get_value(:file, options)} do
        {:undefined, :undefined} -> []
        {:undefined, file} -> [file_job(file)]
        {script, _} -> [{:script, script}]
      end

    :lists.append(steps, last)
  end

  # The jobs run in a process of their own, so that its death, however it comes, ends the program with a message and a status.
  defp run(jobs, shell?) do
    parent = self()
    if System.no_halt(), do: :phial_sim.allow_idling()

    {pid, monitor} =
      :erlang.spawn_monitor(fn ->
        :phial_sim.spare(self())
        send(parent, {:phial_status, self(), run_all(jobs)})
        # What is linked to this process lives until the program ends.
        receive do: (:phial_never -> :ok)
      end)

    status =
      receive do
        {:phial_status, ^pid, status} ->
          status

        {:DOWN, ^monitor, :process, ^pid, reason} ->
          error(["** (EXIT from ", inspect(pid), ") ", Exception.format_exit(reason), "\n"])
          1
      end

    cond do
      status == 0 and shell? -> shell()
      status == 0 and System.no_halt() -> receive do: (:phial_never -> :ok)
      true -> halt(status)
    end
  end

  defp run_all([]), do: 0

  defp run_all([job | rest]) do
    case run_one(job) do
      0 -> run_all(rest)
      status -> status
    end
  end

  defp run_one(job) do
    do_job(job)
    0
  catch
    :exit, {:phial_halt, status} ->
      status

    :exit, reason when reason in [:normal, :shutdown] ->
      0

    :exit, {:shutdown, status} when is_integer(status) ->
      status

    :exit, {:shutdown, _} ->
      0

    kind, reason ->
      {reason, stack} = blame(kind, reason, __STACKTRACE__)
      error([Exception.format_banner(kind, reason, stack), "\n", format_stack(prune(stack))])
      1
  end

  defp blame(:error, reason, stack), do: Exception.blame(:error, reason, stack)
  defp blame(_kind, reason, stack), do: {reason, stack}

  defp do_job({:eval, code}), do: Code.eval_string(code, [], file: "nofile")

  defp do_job({:require, file}) do
    case File.regular?(file) do
      true -> Code.require_file(file)
      false -> :erlang.error(Code.LoadError.exception(file: Path.expand(file), reason: :enoent))
    end
  end

  defp do_job({:file, file}) do
    case File.exists?(file) and not File.dir?(file) do
      true ->
        Code.require_file(file)

      false ->
        error(["No file named ", file, "\n"])
        :erlang.exit({:phial_halt, 1})
    end
  end

  defp do_job({:script, "mix"}) do
    case System.argv() do
      [] -> Mix.CLI.shell()
      arguments -> Mix.CLI.main(arguments)
    end
  end

  defp do_job(:observer) do
    case System.argv() do
      [path | _] ->
        case :observer.start(dump: path) do
          :ok -> receive do: (:phial_never -> :ok)
          {:error, _} -> :erlang.exit({:phial_halt, 1})
        end

      [] ->
        error("phial observer DUMP shows a crash dump in the browser; of a running VM :observer.start does\n")
        :erlang.exit({:phial_halt, 1})
    end
  end

  defp do_job(:profile) do
    case Phial.Profile.main(System.argv()) do
      0 -> :ok
      status -> :erlang.exit({:phial_halt, status})
    end
  end

  defp do_job(:trace) do
    case Phial.Trace.main(System.argv()) do
      0 -> :ok
      status -> :erlang.exit({:phial_halt, status})
    end
  end

  defp do_job({:task, words}), do: Mix.CLI.main(words ++ System.argv())

  defp do_job({:script, name}) do
    error(["Could not find the program ", name, " (mix is the one that comes with Phial)\n"])
    :erlang.exit({:phial_halt, 1})
  end

  defp error(text), do: :io.put_chars(:standard_error, text)

  # The frames of this module and of the evaluator say nothing to the program's author.
  defp prune(stack) do
    Enum.reject(stack, fn
      {module, _, _, _} -> module in [:phial_cli, :phial_host, :phial_compiler_loop, :phial_compiler]
      _ -> false
    end)
  end

  defp format_stack([]), do: []
  defp format_stack(stack), do: Exception.format_stacktrace(stack)

  @doc "Runs what was registered with `System.at_exit/1`, writes what is buffered, and halts."
  def halt(status) do
    status = System.__run_at_exit__(status)
    flush()
    :erlang.halt(if is_integer(status), do: status, else: 1)
  end

  # An answered request means that everything before it has been written.
  defp flush do
    for name <- [:user, :standard_error], pid = :erlang.whereis(name), is_pid(pid) do
      :io.put_chars(name, "")
    end
  end
end
