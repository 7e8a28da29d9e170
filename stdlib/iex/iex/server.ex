defmodule IEx.Server do
  @moduledoc """
  The process that owns the shell: reads input, hands it to the evaluator, watches the evaluator.

  The server (registered as `:phial_shell`) holds the counter and decides what happens next. The evaluator runs the code. On a terminal the
  server gets whole inputs from `IEx.Terminal`; elsewhere a reader waits for the next line, so that the server can meanwhile hear of an
  evaluator's death. Ctrl-C reaches the server as the message `:interrupt`: it ends a running evaluation, or discards an input that is
  not complete; twice at an empty prompt it ends the shell.

  A process that calls `IEx.pry/0` sends `{:take_over, pid, ref, text}`. While it is pried it is the evaluator of a shell inside the shell: a
  call of `prompt/1` that returns when that process goes on or dies.
  """

  @doc """
  Runs the shell on the calling process. The shell of the program halts the system when its input ends; with `device:` (a remote `IEx.Device`) it
  returns.
  """
  def run(options) do
    device = Keyword.get(options, :device, :local)
    if device == :local, do: :erlang.register(:phial_shell, self())

    state = %{
      device: device,
      evaluator: nil,
      monitor: nil,
      prefix: "iex",
      counter: 1,
      code: "",
      reader: nil,
      terminal: nil,
      input: nil,
      interrupts: 0,
      ended: false
    }

    state = open_terminal(state)
    IEx.Broker.join(IEx.color?())
    greet(device)
    state |> start_evaluator() |> load_dot_iex() |> prompt()
  end

  defp greet(:local), do: IO.puts(IEx.banner())
  defp greet(_), do: IO.puts([IEx.banner(), "\nAttached to the VM of OS process #{System.pid()} (Ctrl+D detaches)"])

  defp open_terminal(%{device: device} = state) do
    set_colours(device)

    with true <- IEx.Device.terminal?(device), {:ok, terminal} <- IEx.Terminal.start(self(), device) do
      Process.monitor(terminal)
      %{state | terminal: terminal}
    else
      false ->
        state

      {:error, reason} ->
        IO.puts(:stderr, "warning: the terminal cannot be used for editing: #{inspect(reason)}")
        state
    end
  end

  # The program's own terminal decides for all that prints in the VM; an attached one for its shell alone.
  defp set_colours(:local) do
    if IEx.Device.terminal?(:local) and :application.get_env(:elixir, :ansi_enabled) == :undefined,
      do: Application.put_env(:elixir, :ansi_enabled, System.get_env("NO_COLOR") in [nil, ""])
  end

  defp set_colours(device), do: Process.put(:iex_colours, device.colours?)

  defp start_evaluator(state, kept \\ nil) do
    server = self()
    {pid, monitor} = :erlang.spawn_monitor(fn -> IEx.Evaluator.init(server, kept) end)
    if state.device != :local, do: spawn(fn -> end_with(server, pid) end)
    %{state | evaluator: pid, monitor: monitor}
  end

  # What an attached shell evaluates ends with it, however it ends.
  defp end_with(server, evaluator) do
    on_server = Process.monitor(server)
    on_evaluator = Process.monitor(evaluator)

    receive do
      {:DOWN, ^on_server, _, _, _} -> Process.exit(evaluator, :kill)
      {:DOWN, ^on_evaluator, _, _, _} -> :ok
    end
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

  ## Input

  defp prompt(%{ended: true} = state), do: state

  defp prompt(%{terminal: nil} = state) do
    read(state, if(state.code == "", do: prompt_text(:default_prompt, state), else: prompt_text(:continuation_prompt, state)))
  end

  defp prompt(state) do
    options = %{
      prompt: prompt_text(:default_prompt, state),
      continuation: prompt_text(:continuation_prompt, state),
      check: fn text -> if parse(text, state, false) == :incomplete, do: :incomplete, else: :complete end
    }

    wait_input(%{state | input: IEx.Terminal.edit(state.terminal, options)})
  end

  defp prompt_text(name, state) do
    text =
      IEx.configuration()[name]
      |> String.replace("%prefix", state.prefix)
      |> String.replace("%counter", Integer.to_string(state.counter))
      |> String.replace("%node", Atom.to_string(node()))

    text <> " "
  end

  # The reader stays alive over an evaluator's death: its line then goes to the next evaluator, under the prompt that is shown again.
  defp read(%{reader: nil} = state, text) do
    server = self()
    leader = Process.group_leader()
    reader = spawn_link(fn -> send(server, {:input, self(), :io.get_line(leader, text)}) end)
    wait_input(%{state | reader: reader})
  end

  defp read(state, text) do
    IO.write(text)
    wait_input(state)
  end

  defp wait_input(%{reader: reader, monitor: monitor, evaluator: evaluator, terminal: terminal, input: input} = state) do
    receive do
      {:input, ^reader, :eof} ->
        finish(state)

      {:input, ^reader, {:error, reason}} ->
        IO.puts(:stderr, "** cannot read input: #{inspect(reason)}")
        finish(state)

      {:input, ^reader, line} ->
        handle_line(%{state | reader: nil, interrupts: 0}, line)

      {:terminal_input, ^input, {:text, text}} ->
        handle_line(%{state | interrupts: 0}, text <> "\n")

      {:terminal_input, ^input, :eof} ->
        finish(state)

      {:terminal_input, ^input, {:interrupted, true}} ->
        interrupted_at_prompt(state)

      {:terminal_input, ^input, {:interrupted, false}} ->
        prompt(%{state | interrupts: 0})

      {:complete, from, ref, text} ->
        send(evaluator, {:complete, from, ref, text})
        wait_input(state)

      {:DOWN, _, :process, ^terminal, reason} ->
        IO.puts(:stderr, "** the line editor has failed: #{Exception.format_exit(reason)}")
        prompt(%{state | terminal: nil, input: nil})

      {:DOWN, ^monitor, :process, ^evaluator, reason} ->
        state |> drop_edit() |> evaluator_died(reason) |> prompt()

      {:take_over, pid, ref, where} ->
        state |> drop_edit() |> take_over(pid, ref, where) |> prompt()

      :interrupt ->
        state |> drop_edit() |> interrupted_at_prompt()

      {:respawn, ^evaluator} ->
        respawn(state)
    end
  end

  # An edit is given up with what was typed.
  defp drop_edit(%{terminal: nil} = state), do: %{state | code: ""}

  defp drop_edit(state) do
    send(state.terminal, {:terminal_cancel, self()})
    %{state | code: "", input: nil}
  end

  defp interrupted_at_prompt(%{interrupts: 1} = state), do: finish(state)

  defp interrupted_at_prompt(state) do
    IO.puts([if(state.terminal, do: "", else: "\n"), "(interrupt again to leave the shell)"])
    prompt(%{state | code: "", interrupts: 1})
  end

  defp handle_line(state, line) do
    code = state.code <> line

    case if(String.valid?(line), do: parse(code, state), else: {:error, "** (UnicodeConversionError) the input is not valid UTF-8"}) do
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
  # Warnings are for the time when it is run: what only looks whether it is complete may not print.
  defp parse(code, state, warn? \\ true) do
    trimmed = String.trim_leading(code)

    cond do
      trimmed == "" -> {:ok, nil}
      String.ends_with?(trimmed, "\n#iex:break\n") or trimmed == "#iex:break\n" -> {:error, "** (TokenMissingError) input was given up"}
      state.counter > 1 and continues_result?(trimmed) -> parse_text("v() " <> trimmed, warn?)
      true -> parse_text(code, warn?)
    end
  end

  defp continues_result?("|>" <> _), do: true
  defp continues_result?("<>" <> _), do: true
  defp continues_result?("++" <> _), do: true
  defp continues_result?("&&" <> _), do: true
  defp continues_result?("||" <> _), do: true
  defp continues_result?(_), do: false

  defp parse_text(code, warn?) do
    Code.string_to_quoted!(code, file: "iex", line: 1, columns: true, emit_warnings: warn?)
  rescue
    _ in TokenMissingError -> :incomplete
    error -> {:error, Exception.format_banner(:error, error, [])}
  else
    quoted -> {:ok, quoted}
  end

  ## Evaluation

  defp wait_evaluation(%{monitor: monitor, evaluator: evaluator} = state) do
    receive do
      {:evaluated, ^evaluator, counted?} ->
        if counted?, do: %{state | counter: state.counter + 1}, else: state

      {:pry_done, ^evaluator} ->
        Process.demonitor(monitor, [:flush])
        %{state | ended: true}

      {:DOWN, ^monitor, :process, ^evaluator, reason} ->
        evaluator_died(state, reason)

      {:take_over, pid, ref, where} ->
        state |> take_over(pid, ref, where) |> wait_evaluation()

      :interrupt ->
        interrupt(state)

      {:respawn, ^evaluator} ->
        # The evaluation that asked for it ends as well: its answer must not be taken for that of what is pried.
        if state.prefix == "pry" do
          receive do
            {:evaluated, ^evaluator, _} -> :ok
            {:DOWN, ^monitor, :process, ^evaluator, _} -> :ok
          end
        end

        restart(state)
    end
  end

  defp interrupt(state) do
    kept = IEx.Evaluator.take_state(state.evaluator)
    stop_evaluator(state)
    print_error("** (EXIT) interrupted")
    if state.prefix == "pry", do: %{state | ended: true}, else: start_evaluator(%{state | counter: state.counter + 1}, kept)
  end

  defp stop_evaluator(state) do
    Process.demonitor(state.monitor, [:flush])
    Process.exit(state.evaluator, :kill)
    forget_reads(state)
  end

  # What the evaluator waited for is no longer waited for.
  defp forget_reads(state) do
    send(Process.group_leader(), {:phial_forget, state.evaluator})
  end

  defp respawn(state), do: state |> drop_edit() |> restart() |> prompt()

  # Of a process that is pried, only the shell in it ends.
  defp restart(%{prefix: "pry"} = state) do
    send(state.evaluator, {:pry_leave, self()})
    Process.demonitor(state.monitor, [:flush])
    %{state | ended: true}
  end

  defp restart(state) do
    stop_evaluator(state)
    IO.puts(IEx.banner())
    start_evaluator(%{state | counter: 1})
  end

  defp evaluator_died(%{prefix: "pry"} = state, reason) do
    print_error("** (EXIT from #{inspect(state.evaluator)}) the process that was pried exited with reason: " <> format_exit(reason))
    forget_reads(state)
    %{state | ended: true}
  end

  defp evaluator_died(state, reason) do
    forget_reads(state)
    print_error("** (EXIT from #{inspect(state.evaluator)}) shell process exited with reason: " <> format_exit(reason))
    IO.puts("\n" <> IEx.banner())
    start_evaluator(%{state | counter: state.counter + 1})
  end

  ## Pry

  # The evaluator may stop in its own code at once; of others the user is asked.
  defp take_over(state, pid, ref, where) do
    IO.puts(where)
    {allowed?, state} = if pid == state.evaluator, do: {true, state}, else: ask(state, "Allow? [Yn] ")

    if allowed? do
      send(pid, {ref, :accepted})
      inner = %{state | evaluator: pid, monitor: Process.monitor(pid), prefix: "pry", counter: 1, code: "", input: nil, interrupts: 0, ended: false}
      inner = prompt(inner)
      %{state | reader: inner.reader, terminal: inner.terminal, input: nil, interrupts: 0}
    else
      send(pid, {ref, :refused})
      state
    end
  end

  defp ask(%{terminal: nil} = state, text) do
    IO.write(text)

    reader =
      state.reader ||
        (
          server = self()
          leader = Process.group_leader()
          spawn_link(fn -> send(server, {:input, self(), :io.get_line(leader, "")}) end)
        )

    receive do
      {:input, ^reader, answer} -> {yes?(answer), %{state | reader: nil}}
    end
  end

  defp ask(%{terminal: terminal} = state, text) do
    ref = IEx.Terminal.edit(terminal, %{prompt: text})

    receive do
      {:terminal_input, ^ref, {:text, answer}} -> {yes?(answer), state}
      {:terminal_input, ^ref, _} -> {false, state}
      {:DOWN, _, :process, ^terminal, _} = down -> send(self(), down) && {false, state}
      :interrupt -> {false, drop_edit(state)}
    end
  end

  defp yes?(answer) when is_binary(answer), do: String.trim(answer) in ["", "y", "Y", "yes", "Yes", "YES"]
  defp yes?(_), do: false

  ## Messages

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

  defp finish(state) do
    if state.terminal, do: IEx.Terminal.stop(state.terminal), else: IO.puts("")
    if state.device == :local, do: :phial_cli.halt(0), else: exit(:normal)
  end
end
