# What random programs use, and the loop that runs a batch of them: support.exs FILE...
defmodule S do
  defstruct x: 0, y: nil, z: []
end

defmodule P.Own do
  defexception n: 0
  def message(%{n: n}), do: "own #{n}"
end

defmodule P do
  def options, do: [charlists: :as_lists, limit: :infinity, printable_limit: :infinity, width: 1_000_000]

  # Functions print as what they are: their names differ between implementations. Processes do, too.
  def plain(f) when is_function(f), do: {:function, :erlang.fun_info(f, :arity)}
  def plain([head | tail]), do: [plain(head) | plain(tail)]
  def plain(tuple) when is_tuple(tuple), do: tuple |> Tuple.to_list() |> Enum.map(&plain/1) |> List.to_tuple()
  def plain(%S{} = s), do: %S{x: plain(s.x), y: plain(s.y), z: plain(s.z)}
  def plain(map) when is_map(map) and not is_struct(map), do: Map.new(map, fn {k, v} -> {plain(k), plain(v)} end)
  def plain(other), do: other

  def text(value), do: inspect(plain(value), options())

  def print(f), do: IO.puts(attempt(f))

  def attempt(f) do
    try do
      text(f.())
    catch
      kind, reason -> show(kind, reason)
    end
  end

  # Class and message of what was raised, thrown or exited with. Messages that show functions or are known to differ by version are left out.
  def show(:error, reason) do
    e = Exception.normalize(:error, reason)
    name = inspect(e.__struct__)

    case e do
      %module{} when module in [FunctionClauseError, ArithmeticError, RuntimeError, P.Own] -> name <> ": " <> Exception.message(e)
      %CaseClauseError{term: term} -> name <> ": " <> text(term)
      %WithClauseError{term: term} -> name <> ": " <> text(term)
      %MatchError{term: term} -> name <> ": " <> text(term)
      %KeyError{key: key, term: term} -> name <> ": " <> text({key, term})
      %BadMapError{term: term} -> name <> ": " <> text(term)
      %BadBooleanError{term: term, operator: operator} -> name <> ": " <> text({operator, term})
      %TryClauseError{term: term} -> name <> ": " <> text(term)
      %{message: message} when is_binary(message) -> name <> ": " <> message
      _ -> name
    end
  end

  def show(kind, {reason, {module, function, _}}) when kind == :exit, do: "exit in #{inspect(module)}.#{function}: #{down(reason)}"
  def show(kind, reason), do: "#{kind} " <> down(reason)

  def down({%_{} = e, [_ | _]}), do: show(:error, e)
  def down({:nocatch, value}), do: "nocatch " <> text(value)
  def down({{:nocatch, value}, [_ | _]}), do: "nocatch " <> text(value)
  def down({reason, [frame | _]}) when is_tuple(frame), do: show(:error, reason)
  def down(reason), do: text(reason)

  # The last result of many calls. How many is the environment's affair: enough to have code compiled, or few.
  def hot(f) do
    times = String.to_integer(System.get_env("REPEAT", "1")) * 21
    IO.puts(repeat(times, f, ""))
  end

  defp repeat(0, _f, last), do: last
  defp repeat(n, f, _last), do: repeat(n - 1, f, quietly(fn -> f.(n) end))

  # Output of inner parts is dropped: how often they run depends on how often this does.
  defp quietly(f) do
    leader = Process.group_leader()
    Process.group_leader(self(), :persistent_term.get(:silence))
    result = attempt(f)
    Process.group_leader(self(), leader)
    result
  end

  def in_process(f) do
    {pid, ref} = spawn_monitor(fn -> exit({:value, f.()}) end)

    receive do
      {:DOWN, ^ref, _, ^pid, {:value, value}} -> value
      {:DOWN, ^ref, _, ^pid, reason} -> throw(down(reason))
    end
  end

  def monitored(f) do
    {pid, ref} = spawn_monitor(fn -> exit({:value, f.()}) end)

    receive do
      {:DOWN, ^ref, _, ^pid, {:value, value}} -> {:ok, value}
      {:DOWN, ^ref, _, ^pid, reason} -> {:down, down(reason)}
    end
  end

  # OTP 25's compiler drops an update of a map that fails where its result is not used: here it is.
  def same(map), do: map

  def key(i), do: elem({:a, :b, :c, :d, :e, :f, :g, :k3, :k33}, rem(i, 9))

  def silence do
    receive do
      {:io_request, from, reference, _} ->
        send(from, {:io_reply, reference, :ok})
        silence()
    end
  end

  def run(path) do
    IO.puts("=== " <> path)

    try do
      [{module, _} | _] = Code.compile_string(File.read!(path), "program")
      {pid, ref} = spawn_monitor(fn -> module.main() end)

      receive do
        {:DOWN, ^ref, _, _, :normal} -> IO.puts("--- done")
        {:DOWN, ^ref, _, _, reason} -> IO.puts("--- died: " <> down(reason))
      after
        20_000 ->
          Process.exit(pid, :kill)
          IO.puts("--- slow")
      end

      :code.purge(module)
      :code.delete(module)
    rescue
      e ->
        IO.puts(:stderr, Exception.message(e))
        IO.puts("--- does not compile")
    end
  end
end

:persistent_term.put(:silence, spawn(&P.silence/0))
Logger.configure(level: :none)
Code.compiler_options(ignore_module_conflict: true)
System.argv() |> Enum.each(&P.run/1)
