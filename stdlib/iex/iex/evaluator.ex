defmodule IEx.Evaluator do
  @moduledoc """
  The process that runs what is typed. It keeps the variables, the environment (aliases, imports) and the last results.

  A process that is pried runs the same loop, in its own scope, until it is told to go on (`pry/3`).
  """

  @doc "Entry of the process. `kept` is the state of an evaluator that was interrupted, or nil."
  def init(server, kept) do
    Process.put(:iex_server, server)
    Process.put(:iex_colours, IEx.Broker.colours?(server))
    state = kept || fresh()
    Process.put(:iex_history, state.history)
    loop(%{state | server: server})
  end

  defp fresh do
    {_, binding, env} = :phial_compiler.eval_string_with_env("import IEx.Helpers", [], file: "iex", line: 1)
    %{server: nil, binding: binding, env: env, history: [], pry: nil}
  end

  @doc """
  Evaluates in the scope of the calling process what the shell sends, until `continue()`, `next()` or `respawn()`: gives `:continue` or `:next`.
  """
  def pry(server, binding, env) do
    kept = for key <- [:iex_server, :iex_history, :iex_state, :iex_pry, :iex_colours], do: {key, Process.get(key)}
    leader = Process.group_leader()
    if shell = IEx.Broker.leader(server), do: Process.group_leader(self(), shell)
    Process.put(:iex_server, server)
    Process.put(:iex_colours, IEx.Broker.colours?(server))
    Process.put(:iex_history, [])
    Process.put(:iex_pry, %{env: env, action: nil})
    {_, binding, env} = :phial_compiler.eval_quoted_with_env(quote(do: import(IEx.Helpers)), binding, env)
    monitor = Process.monitor(server)

    try do
      loop(%{server: server, binding: binding, env: env, history: [], pry: monitor})
    after
      Process.demonitor(monitor, [:flush])
      Process.group_leader(self(), leader)

      Enum.each(kept, fn
        {key, nil} -> Process.delete(key)
        {key, value} -> Process.put(key, value)
      end)
    end
  end

  @doc "The state that an evaluator published before its last evaluation, for the one that takes over; nil if there is none."
  def take_state(pid) do
    case Process.info(pid, :dictionary) do
      {:dictionary, dictionary} -> :proplists.get_value(:iex_state, dictionary, nil)
      nil -> nil
    end
  end

  defp loop(%{server: server, pry: pry} = state) do
    receive do
      {:eval, ^server, nil, _code, _counter} ->
        send(server, {:evaluated, self(), false})
        loop(state)

      {:eval, ^server, quoted, code, counter} ->
        Process.put(:iex_state, %{state | history: Process.get(:iex_history)})
        if IEx.configuration()[:auto_reload], do: reload()
        state = eval(quoted, code, counter, state)

        case pry && Process.get(:iex_pry).action do
          nil ->
            send(server, {:evaluated, self(), true})
            loop(state)

          action ->
            send(server, {:pry_done, self()})
            action
        end

      {:eval_file, ^server, path} ->
        state = eval_file(path, state)
        send(server, {:evaluated, self(), false})
        loop(state)

      {:complete, from, ref, text} ->
        send(from, {ref, complete(text, state)})
        loop(state)

      {:pry_leave, ^server} when pry != nil ->
        :continue

      {:DOWN, ^pry, _, _, _} when pry != nil ->
        :continue
    end
  end

  defp complete(text, state) do
    IEx.Completion.complete(text, state.binding, state.env)
  catch
    _, _ -> {"", []}
  end

  # Loads the modules again whose files have changed since the last input.
  defp reload do
    now = System.os_time(:second)
    last = Process.put(:iex_reloaded, now) || now

    for {module, path} when is_list(path) <- :code.all_loaded(),
        {:ok, %{mtime: mtime}} <- [File.stat(List.to_string(path), time: :posix)],
        mtime >= last,
        do: IEx.Helpers.l(module)
  end

  defp eval_file(path, state) do
    eval_quoted(Code.string_to_quoted!(File.read!(path), file: path), state) |> elem(1)
  catch
    kind, reason ->
      print_error(kind, reason, __STACKTRACE__)
      state
  end

  defp eval(quoted, code, counter, state) do
    IEx.Source.remember(quoted, code)
    {value, state} = eval_quoted(quoted, state, code)
    remember(counter, value)
    if value != IEx.dont_display_result(), do: IO.puts(IEx.show(value))
    state
  catch
    kind, reason ->
      print_error(kind, reason, __STACKTRACE__, code)
      state
  end

  # The lines of an input stand in no file: messages about it have them from here. In a pried process the environment's file is another.
  defp eval_quoted(quoted, state, code \\ "") do
    code = if state.env.file == "iex", do: code, else: ""
    {value, binding, env} = :phial_compiler.eval_quoted_with_env(quoted, state.binding, state.env, code)
    {value, %{state | binding: binding, env: env}}
  end

  defp remember(counter, value) do
    history = [{counter, value} | Process.get(:iex_history, [])]
    size = IEx.configuration()[:history_size]
    Process.put(:iex_history, if(size < 0, do: history, else: Enum.take(history, max(size, 1))))
  end

  defp print_error(kind, reason, stack, code \\ nil) do
    {reason, stack} = IEx.Source.blame(kind, reason, stack)
    banner = Exception.format_banner(kind, reason, stack)

    case prune(stack) do
      [] -> IO.puts(IEx.color(:eval_error, banner))
      stack ->
        excerpt = IEx.Source.excerpt(stack, code) || ""
        IO.write([IEx.color(:eval_error, banner), "\n", IEx.color(:stack_info, Exception.format_stacktrace(stack)), excerpt])
    end
  end

  # Frames below the input are the shell's own.
  defp prune(stack) do
    stack
    |> Enum.take_while(fn {module, _, _, _} -> module != __MODULE__ end)
    |> Enum.reject(fn {module, _, _, _} -> module in [:phial_compiler, :phial_compiler_loop] end)
  end
end
