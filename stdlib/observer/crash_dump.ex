defmodule Phial.CrashDump do
  @moduledoc """
  Crash dumps: what a VM was, in a file that the observer's page can open (`phial observer DUMP`, `:observer.start(dump: path)`).

  One is written on demand (`write/2`), and when the program ends with a slogan (`System.halt("out of luck")`, `System.halt(:abort)`). When the VM itself
  faults, the program writes a shorter one, without the heaps. It goes to `phial_crash.dump` in the working directory, or to where the
  environment's `PHIAL_CRASH_DUMP` says; `PHIAL_CRASH_DUMP=off` writes none. A program that embeds Phial writes one only where that variable is set, or if it asks.

  The file is lines of JSON: the first has the slogan, the time and the VM's figures, each other one process, ETS table, module, name, port or timer.
  Nobody but the owner can read it, for it holds messages and dictionaries.
  """

  alias Phial.Observer.{Api, Metrics, Processes, Text, Tree}

  @fatal_ms 30_000

  @doc """
  Writes a dump of the running VM.

      iex> path = Path.join(System.tmp_dir!(), "phial-doc-\#{System.pid()}.dump")
      iex> Phial.CrashDump.write(path, slogan: "a look")
      :ok
      iex> {:ok, dump} = Phial.CrashDump.read(path)
      iex> File.rm!(path)
      iex> dump.slogan
      "a look"
  """
  @spec write(Path.t(), keyword) :: :ok | {:error, File.posix()}
  def write(path, options \\ []) do
    # In a process of its own, so that the stack of the caller is the caller's.
    asker = self()
    leader = Process.group_leader()
    path = Path.expand(path)

    {pid, monitor} =
      spawn_monitor(fn ->
        Process.group_leader(self(), leader)
        exit({:written, write_for(asker, path, options)})
      end)

    receive do
      {:DOWN, ^monitor, _, ^pid, {:written, result}} -> result
      {:DOWN, ^monitor, _, ^pid, reason} -> exit(reason)
    end
  end

  defp write_for(asker, path, options) do
    until = if limit = options[:milliseconds], do: System.monotonic_time(:millisecond) + limit, else: :infinity

    with {:ok, file} <- :file.open(path, [:write, :raw, {:delayed_write, 65_536, 2_000}]),
         _ = :file.change_mode(path, 0o600) do
      result = write_lines(file, Keyword.get(options, :slogan, "on demand"), asker, until)
      closed = :file.close(file)
      if result == :ok, do: closed, else: result
    end
  end

  defp write_lines(file, slogan, asker, until) do
    head = %{phial_crash_dump: 1, slogan: slogan, time: System.system_time(:second), os_pid: String.to_integer(System.pid()), running: Text.id(asker), overview: Metrics.overview()}

    with :ok <- line(file, head),
         :ok <- lines(file, List.delete(Process.list(), self()), until, fn pid -> if details = details(pid), do: %{process: details} end),
         :ok <- lines(file, :ets.all(), until, fn table -> if row = Api.table(table), do: %{table: row} end),
         :ok <- lines(file, Api.modules(""), until, &%{module: &1}),
         :ok <- lines(file, Api.names(), until, &%{name: &1}),
         :ok <- lines(file, :erlang.ports(), until, &%{port: Api.port(&1)}),
         :ok <- lines(file, Api.timers(), until, &%{timer: &1}) do
      line(file, %{end: true})
    end
  end

  defp lines(file, items, until, fun) do
    Enum.reduce_while(items, :ok, fn item, :ok ->
      cond do
        until != :infinity and System.monotonic_time(:millisecond) > until -> {:halt, :ok}
        entry = fun.(item) -> file |> line(entry) |> then(&if(&1 == :ok, do: {:cont, :ok}, else: {:halt, &1}))
        true -> {:cont, :ok}
      end
    end)
  end

  defp line(file, term), do: :file.write(file, [JSON.encode_to_iodata!(term), ?\n])

  defp details(pid) do
    with %{} = details <- Processes.details(pid) do
      Map.merge(details, %{ancestors: Enum.map(Tree.ancestors(pid), &Text.id/1), dictionary_words: :erts_debug.flat_size(dictionary(pid))})
    end
  end

  defp dictionary(pid) do
    case Process.info(pid, :dictionary) do
      {:dictionary, dictionary} -> dictionary
      nil -> []
    end
  end

  @doc false
  # Called by the program: its dumps go to a file of the working directory if nothing else is said.
  def program, do: :persistent_term.put({__MODULE__, :program}, true)

  @doc false
  # The program ends with this slogan. Never raises.
  def fatal(slogan) do
    if path = fatal_path() do
      case write(path, slogan: slogan, milliseconds: @fatal_ms) do
        :ok -> say("crash dump: #{path}")
        {:error, reason} -> say("no crash dump: #{path}: #{:file.format_error(reason)}")
      end
    end
  catch
    kind, reason -> say("no crash dump: #{Exception.format_banner(kind, reason)}")
  end

  defp say(text), do: :phial_io.write(2, ["phial: ", text, ?\n])

  defp fatal_path do
    case System.get_env("PHIAL_CRASH_DUMP") do
      nil -> if :persistent_term.get({__MODULE__, :program}, false), do: Path.expand("phial_crash.dump")
      word when word in ["", "off"] -> nil
      path -> Path.expand(path)
    end
  end

  @doc """
  Reads a dump: its head, and of each process what the table shows with the place of the rest in the file.

  What a dump of a fault does not have is empty. `complete` is false of one that was cut off.
  """
  @spec read(Path.t()) :: {:ok, map} | {:error, File.posix() | :not_a_dump}
  def read(path) do
    path = Path.expand(path)

    with {:ok, text} <- :file.read_file(path),
         [first | _] <- :binary.split(text, "\n"),
         {:ok, %{"phial_crash_dump" => 1} = head} <- JSON.decode(first) do
      dump = %{
        path: path,
        slogan: head["slogan"],
        time: head["time"],
        head: head,
        processes: [],
        tables: [],
        modules: [],
        names: [],
        ports: [],
        timers: [],
        complete: false
      }

      {:ok, entries(text, byte_size(first) + 1, dump)}
    else
      {:error, reason} when reason in [:enoent, :eacces, :eisdir, :enotdir, :enomem] -> {:error, reason}
      _ -> {:error, :not_a_dump}
    end
  end

  @doc "What an error of `read/1` means."
  def format_error(:not_a_dump), do: "it is no crash dump of Phial"
  def format_error(reason), do: List.to_string(:file.format_error(reason))

  @doc "The details of one process of a dump, as the page wants them."
  def process(dump, {at, size}) do
    with {:ok, file} <- :file.open(dump.path, [:read, :raw, :binary]) do
      line = :file.pread(file, at, size)
      :file.close(file)

      with {:ok, line} <- line, {:ok, %{"process" => process}} <- JSON.decode(line) do
        defaults = %{
          "name" => "", "label" => "", "initial" => "", "current" => "", "priority" => "", "trap_exit" => "", "group_leader" => "", "parent" => "",
          "reductions" => 0, "memory" => 0, "heap_words" => 0, "young_words" => 0, "stack_words" => 0, "collections" => [], "links" => [],
          "monitors" => [], "monitored_by" => [], "queue" => 0, "messages" => [], "dictionary" => [], "stack" => []
        }

        {:ok, defaults |> Map.merge(process) |> Map.put("otp", false)}
      end
    end
  end

  defp entries(text, at, dump) when at >= byte_size(text), do: ordered(dump)

  defp entries(text, at, dump) do
    size =
      case :binary.match(text, "\n", scope: {at, byte_size(text) - at}) do
        {stop, 1} -> stop - at
        :nomatch -> byte_size(text) - at
      end

    dump =
      case JSON.decode(binary_part(text, at, size)) do
        {:ok, entry} -> entry(entry, {at, size}, dump)
        # The line that was being written when the writer died.
        {:error, _} -> dump
      end

    entries(text, at + size + 1, dump)
  end

  defp entry(%{"process" => p}, place, dump) do
    stack = Map.get(p, "stack", [])

    row = %{
      pid: p["pid"],
      number: number(p["pid"]),
      name: Map.get(p, "name", ""),
      initial: Map.get(p, "initial", ""),
      current: Map.get(p, "current") || List.first(stack, ""),
      memory: Map.get(p, "memory", 0),
      reductions: Map.get(p, "reductions", 0),
      queue: Map.get(p, "queue", 0),
      status: Map.get(p, "status", ""),
      supervisor: Map.get(p, "children", false),
      ancestors: Map.get(p, "ancestors", []),
      links: Map.get(p, "links", []),
      monitors: Map.get(p, "monitors", []),
      place: place
    }

    %{dump | processes: [row | dump.processes]}
  end

  defp entry(%{"table" => row}, _, dump), do: %{dump | tables: [row | dump.tables]}
  defp entry(%{"module" => row}, _, dump), do: %{dump | modules: [row | dump.modules]}
  defp entry(%{"name" => row}, _, dump), do: %{dump | names: [row | dump.names]}
  defp entry(%{"port" => row}, _, dump), do: %{dump | ports: [row | dump.ports]}
  defp entry(%{"timer" => row}, _, dump), do: %{dump | timers: [row | dump.timers]}
  defp entry(%{"end" => true}, _, dump), do: %{dump | complete: true}
  defp entry(_, _, dump), do: dump

  defp ordered(dump) do
    Enum.reduce([:processes, :tables, :modules, :names, :ports, :timers], dump, fn key, dump -> Map.update!(dump, key, &Enum.reverse/1) end)
  end

  defp number("<0." <> rest) do
    case Integer.parse(rest) do
      {number, _} -> number
      :error -> 0
    end
  end

  defp number(_), do: 0
end
