defmodule IEx.Evaluator do
  @moduledoc """
  The process that runs what is typed. It keeps the variables, the environment (aliases, imports) and the last results.
  """

  @doc "Entry of the process. `kept` is the state of an evaluator that was interrupted, or nil."
  def init(server, kept) do
    Process.put(:iex_server, server)
    state = kept || fresh()
    Process.put(:iex_history, state.history)
    loop(%{state | server: server})
  end

  defp fresh do
    {_, binding, env} = :phial_compiler.eval_string_with_env("import IEx.Helpers", [], file: "iex", line: 1)
    %{server: nil, binding: binding, env: env, history: []}
  end

  @doc "The state that an evaluator published before its last evaluation, for the one that takes over; nil if there is none."
  def take_state(pid) do
    case Process.info(pid, :dictionary) do
      {:dictionary, dictionary} -> :proplists.get_value(:iex_state, dictionary, nil)
      nil -> nil
    end
  end

  defp loop(%{server: server} = state) do
    receive do
      {:eval, ^server, nil, _code, _counter} ->
        send(server, {:evaluated, self(), false})
        loop(state)

      {:eval, ^server, quoted, _code, counter} ->
        Process.put(:iex_state, %{state | history: Process.get(:iex_history)})
        state = eval(quoted, counter, state)
        send(server, {:evaluated, self(), true})
        loop(state)

      {:eval_file, ^server, path} ->
        state = eval_file(path, state)
        send(server, {:evaluated, self(), false})
        loop(state)
    end
  end

  defp eval_file(path, state) do
    eval_quoted(Code.string_to_quoted!(File.read!(path), file: path), state) |> elem(1)
  catch
    kind, reason ->
      print_error(kind, reason, __STACKTRACE__)
      state
  end

  defp eval(quoted, counter, state) do
    {value, state} = eval_quoted(quoted, state)
    remember(counter, value)
    if value != IEx.dont_display_result(), do: IO.puts(IEx.color(:eval_result, inspect(value, IEx.inspect_opts())))
    state
  catch
    kind, reason ->
      print_error(kind, reason, __STACKTRACE__)
      state
  end

  defp eval_quoted(quoted, state) do
    {value, binding, env} = :phial_compiler.eval_quoted_with_env(quoted, state.binding, state.env)
    {value, %{state | binding: binding, env: env}}
  end

  defp remember(counter, value) do
    history = [{counter, value} | Process.get(:iex_history, [])]
    size = IEx.configuration()[:history_size]
    Process.put(:iex_history, if(size < 0, do: history, else: Enum.take(history, max(size, 1))))
  end

  defp print_error(kind, reason, stack) do
    {reason, stack} = if kind == :error, do: Exception.blame(:error, reason, stack), else: {reason, stack}
    banner = Exception.format_banner(kind, reason, stack)

    case prune(stack) do
      [] -> IO.puts(IEx.color(:eval_error, banner))
      stack -> IO.write([IEx.color(:eval_error, banner), "\n", IEx.color(:stack_info, Exception.format_stacktrace(stack))])
    end
  end

  # Frames below the input are the shell's own.
  defp prune(stack) do
    stack
    |> Enum.take_while(fn {module, _, _, _} -> module != __MODULE__ end)
    |> Enum.reject(fn {module, _, _, _} -> module in [:phial_compiler, :phial_compiler_loop] end)
  end
end
