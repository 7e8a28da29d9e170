defmodule IEx.Server do
  @moduledoc """
  The process that owns the shell: reads input, hands it to the evaluator, watches the evaluator.

  Three processes work together. The server (registered as `:phial_shell`) holds the counter and decides what happens next. A reader
  waits for the next line, so that the server can meanwhile hear of an evaluator's death. The evaluator runs the code. Ctrl-C reaches the
  server as the message `:interrupt`: it ends a running evaluation, or discards an input that is not complete; twice at an empty
  prompt it ends the shell.
  """

  @doc "Runs the shell on the calling process; halts the system when the input ends."
  def run(options) do
    :erlang.register(:phial_shell, self())
    IO.puts(IEx.banner())
    state = %{evaluator: nil, monitor: nil, counter: 1, code: "", line: 1, reader: nil, interrupts: 0, options: options}
    state |> start_evaluator() |> load_dot_iex() |> prompt()
  end

  defp start_evaluator(state, kept \\ nil) do
    server = self()
    {pid, monitor} = :erlang.spawn_monitor(fn -> IEx.Evaluator.init(server, kept) end)
    %{state | evaluator: pid, monitor: monitor}
  end

  defp load_dot_iex(state) do
    path = Enum.find([".iex.exs", Path.join(System.user_home() || "/", ".iex.exs")], &File.regular?/1)

    if path do
      send(state.evaluator, {:eval_file, self(), path})
      wait_evaluation(state)
    else
      state
    end
  end

  defp prompt(state) do
    name = if state.code == "", do: :default_prompt, else: :continuation_prompt

    text =
      IEx.configuration()[name]
      |> String.replace("%prefix", "iex")
      |> String.replace("%counter", Integer.to_string(state.counter))

    read(state, text <> " ")
  end

  # The reader stays alive over an evaluator's death: its line then goes to the next evaluator, under the prompt that is shown again.
  defp read(%{reader: nil} = state, text) do
    server = self()
    leader = Process.group_leader()

    reader =
      spawn_link(fn ->
        send(server, {:input, self(), :io.get_line(leader, text)})
      end)

    wait_input(%{state | reader: reader})
  end

  defp read(state, text) do
    IO.write(text)
    wait_input(state)
  end

  defp wait_input(%{reader: reader, monitor: monitor, evaluator: evaluator} = state) do
    receive do
      {:input, ^reader, :eof} ->
        finish()

      {:input, ^reader, {:error, reason}} ->
        IO.puts(:stderr, "** cannot read input: #{inspect(reason)}")
        finish()

      {:input, ^reader, line} ->
        handle_line(%{state | reader: nil, interrupts: 0}, line)

      {:DOWN, ^monitor, :process, ^evaluator, reason} ->
        %{evaluator_died(state, reason) | code: "", line: 1} |> prompt()

      :interrupt ->
        interrupted_at_prompt(state)

      {:respawn, ^evaluator} ->
        respawn(state)
    end
  end

  defp interrupted_at_prompt(%{interrupts: 1}), do: finish()

  defp interrupted_at_prompt(state) do
    IO.puts("\n(interrupt again to leave the shell)")
    prompt(%{state | code: "", interrupts: 1})
  end

  defp handle_line(state, line) do
    code = state.code <> line

    case parse(code, state) do
      :incomplete ->
        prompt(%{state | code: code})

      {:ok, quoted} ->
        send(state.evaluator, {:eval, self(), quoted, code, state.counter})
        %{wait_evaluation(state) | code: ""} |> prompt()

      {:error, message} ->
        print_error(message)
        prompt(%{state | code: "", counter: state.counter + 1})
    end
  end

  # A line that begins with an operator goes on with the last result.
  defp parse(code, state) do
    trimmed = String.trim_leading(code)

    cond do
      trimmed == "" -> {:ok, nil}
      String.ends_with?(trimmed, "\n#iex:break\n") or trimmed == "#iex:break\n" -> {:error, "** (TokenMissingError) input was given up"}
      state.counter > 1 and continues_result?(trimmed) -> parse_text("v() " <> trimmed, state)
      true -> parse_text(code, state)
    end
  end

  defp continues_result?("|>" <> _), do: true
  defp continues_result?("<>" <> _), do: true
  defp continues_result?("++" <> _), do: true
  defp continues_result?("&&" <> _), do: true
  defp continues_result?("||" <> _), do: true
  defp continues_result?(_), do: false

  defp parse_text(code, state) do
    Code.string_to_quoted!(code, file: "iex", line: 1, columns: true)
  rescue
    error in [TokenMissingError] ->
      _ = error
      :incomplete

    error in [SyntaxError, MismatchedDelimiterError] ->
      {:error, Exception.format_banner(:error, error, [])}

    error ->
      _ = state
      {:error, Exception.format_banner(:error, error, [])}
  else
    quoted -> {:ok, quoted}
  end

  defp wait_evaluation(%{monitor: monitor, evaluator: evaluator} = state) do
    receive do
      {:evaluated, ^evaluator, counted?} ->
        if counted?, do: %{state | counter: state.counter + 1}, else: state

      {:DOWN, ^monitor, :process, ^evaluator, reason} ->
        evaluator_died(state, reason)

      :interrupt ->
        kept = IEx.Evaluator.take_state(evaluator)
        Process.demonitor(monitor, [:flush])
        Process.exit(evaluator, :kill)
        print_error("** (EXIT) interrupted")
        start_evaluator(%{state | counter: state.counter + 1}, kept)

      {:respawn, ^evaluator} ->
        state
    end
  end

  defp respawn(state) do
    Process.demonitor(state.monitor, [:flush])
    Process.exit(state.evaluator, :kill)
    IO.puts(IEx.banner())
    state |> start_evaluator() |> prompt()
  end

  defp evaluator_died(state, reason) do
    print_error("** (EXIT from #{inspect(state.evaluator)}) shell process exited with reason: " <> format_exit(reason))
    IO.puts("\n" <> IEx.banner())
    start_evaluator(%{state | counter: state.counter + 1})
  end

  defp format_exit({%{__exception__: true} = error, stack}) when is_list(stack) do
    "an exception was raised:\n    " <>
      indent(Exception.format_banner(:error, error, stack)) <> "\n" <> indent_stack(stack)
  end

  defp format_exit({reason, [frame | _] = stack}) when tuple_size(frame) in 2..4 do
    case Exception.normalize(:error, reason, stack) do
      %ErlangError{} -> Exception.format_exit({reason, stack})
      error -> format_exit({error, stack})
    end
  end

  defp format_exit(reason), do: Exception.format_exit(reason)

  defp indent(text), do: String.replace(text, "\n", "\n    ")
  defp indent_stack([]), do: ""
  defp indent_stack(stack), do: "        " <> String.replace(String.trim(Exception.format_stacktrace(stack)), "\n", "\n    ")

  defp print_error(text), do: IO.puts(IEx.color(:eval_error, text))

  defp finish do
    IO.puts("")
    :phial_cli.halt(0)
  end
end
