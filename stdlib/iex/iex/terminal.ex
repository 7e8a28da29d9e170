defmodule IEx.Terminal do
  @moduledoc """
  The process that has the terminal while a shell runs on one.

  It reads keys, edits (`IEx.Editor`), draws, and writes what others print: an output that comes while a line is edited goes above
  that line. `:phial_user` stays the I/O server of all programs; it writes and reads through this process once it is told `{:phial_terminal, pid}`.

  Messages that it serves:

    * `{:terminal_write, from, ref, data}`: writes; answers `{ref, :ok}`
    * `{:terminal_edit, from, ref, options}`: lets the user edit an input; answers `{:terminal_input, ref, result}`, where result is
      `{:text, text}`, `:eof` or `{:interrupted, empty?}`; the options are `prompt`, `continuation`, `check` (a function of the text that
      tells `:complete` or `:incomplete`, for the shell's own inputs) and `hidden` (a password)
    * `{:terminal_cancel, from}`: the edits of that process are given up
    * `{:terminal_stop, from, ref}`: puts the terminal's mode back and ends

  For Tab it asks the owner of the edit: `{:complete, pid, ref, text}`, to be answered `{ref, {insert, lines}}`. Ctrl-C goes to the owner of
  the shell's edit as its result, else to `:phial_shell` as `:interrupt`. What is typed while nothing is edited waits for the next edit.
  """

  alias IEx.{Device, Editor, History, Keys, Screen}

  @doc "Starts the process and lets the I/O servers of the device go through it: `{:ok, pid}` or `{:error, reason}`."
  def start(shell, device) do
    ref = make_ref()
    parent = self()
    pid = spawn(fn -> init(parent, ref, shell, device) end)
    monitor = Process.monitor(pid)

    receive do
      {^ref, :ok} ->
        Process.demonitor(monitor, [:flush])
        send(Process.group_leader(), {:phial_terminal, pid})
        if device == :local and :phial_io.terminal?(2), do: send(:standard_error, {:phial_terminal, pid})
        {:ok, pid}

      {^ref, error} ->
        Process.demonitor(monitor, [:flush])
        error

      {:DOWN, ^monitor, _, _, reason} ->
        {:error, reason}
    end
  end

  @doc "Asks for an edited input; the answer comes as `{:terminal_input, ref, result}`."
  def edit(pid, options) do
    ref = make_ref()
    send(pid, {:terminal_edit, self(), ref, options})
    ref
  end

  @doc "Puts the terminal back as it was, once all that was printed is on it."
  def stop(pid) do
    ref = Process.monitor(pid)
    send(pid, {:terminal_stop, self(), ref})

    receive do
      {^ref, :ok} -> Process.demonitor(ref, [:flush])
      {:DOWN, ^ref, _, _, _} -> :ok
    end

    :ok
  end

  defp init(parent, ref, shell, device) do
    # The process draws on one device all its life.
    Process.put(:device, device)

    case Device.raw(device) do
      :ok ->
        Process.flag(:trap_exit, true)
        path = History.path()
        {history, message} = History.load(path)
        send(parent, {ref, :ok})
        Process.monitor(shell)
        Device.watch_size(device)
        server = self()

        state = %{
          reader: spawn_link(fn -> reader(server, device) end),
          shell: shell,
          edit: nil,
          queue: [],
          keys: [],
          bytes: "",
          partial: "",
          history: history,
          path: path,
          window: window(),
          stopped: false
        }

        state |> warn(message) |> loop()

      error ->
        send(parent, {ref, error})
    end
  end

  defp reader(server, device) do
    data = Device.read(device)
    send(server, {:terminal_bytes, self(), data})
    if is_binary(data), do: reader(server, device)
  end

  defp window do
    case Device.window(Process.get(:device)) do
      {columns, rows} when is_integer(columns) and columns > 1 and rows > 0 -> {columns, rows}
      _ -> {80, 24}
    end
  end

  defp loop(%{stopped: true}), do: :ok

  defp loop(%{reader: reader, shell: shell} = state) do
    receive do
      {:terminal_write, from, ref, data} ->
        state = print(data, state)
        send(from, {ref, :ok})
        loop(state)

      {:terminal_bytes, ^reader, data} when is_binary(data) ->
        state |> take_bytes(data) |> work() |> loop()

      {:terminal_bytes, ^reader, _eof_or_error} ->
        %{state | keys: state.keys ++ [:hangup], reader: nil} |> work() |> loop()

      {:terminal_lone_escape, "\e" <> _ = bytes} when bytes == :erlang.map_get(:bytes, state) ->
        # Nothing followed in time: the key was Escape itself.
        %{state | bytes: "", keys: state.keys ++ [:escape]} |> work() |> loop()

      {:terminal_edit, from, ref, options} ->
        %{state | queue: state.queue ++ [{from, ref, options}]} |> next_edit() |> work() |> loop()

      {:terminal_cancel, from} ->
        state |> cancel(from) |> next_edit() |> work() |> loop()

      {:terminal_resized} ->
        state |> resized() |> loop()

      {:terminal_stop, from, ref} ->
        state = if state.edit, do: give_up(state), else: state
        restore()
        send(from, {ref, :ok})
        loop(%{state | stopped: true})

      {:DOWN, _, _, ^shell, _} ->
        restore()

      _ ->
        loop(state)
    end
  end

  defp restore do
    Device.forget_size(Process.get(:device))
    Device.cooked(Process.get(:device))
  end

  ## Input

  defp take_bytes(state, data) do
    {keys, rest} = Keys.decode(state.bytes <> data)
    if String.starts_with?(rest, "\e") and byte_size(rest) < 6, do: Process.send_after(self(), {:terminal_lone_escape, rest}, 60)
    add_keys(%{state | bytes: rest}, keys)
  end

  # While a program runs, Ctrl-C is for it, and what was typed before it is forgotten.
  defp add_keys(%{edit: nil} = state, keys) do
    case Enum.split_while(Enum.reverse(keys), &(&1 != {:ctrl, ?c})) do
      {_, []} ->
        %{state | keys: state.keys ++ keys}

      {after_it, _} ->
        send(state.shell, :interrupt)
        %{state | keys: Enum.reverse(after_it)}
    end
  end

  defp add_keys(state, keys), do: %{state | keys: state.keys ++ keys}

  # Keys that lie before one another are done at once, and the screen is drawn after the last.
  defp work(state), do: state |> work(false)

  defp work(%{edit: nil} = state, _), do: state
  defp work(%{keys: []} = state, draw?), do: if(draw?, do: draw(state), else: state)

  defp work(%{keys: [:hangup | _]} = state, _), do: finish(state, :eof)

  defp work(%{keys: [key | keys], edit: edit} = state, draw?) do
    state = %{state | keys: keys}

    case {simple(key, state), draw?} do
      {text, false} when is_binary(text) and keys == [] ->
        # The usual key: a character at the end of a row that has room.
        write(text)
        {:ok, editor} = Editor.key(edit.editor, key)
        work(%{state | edit: %{edit | editor: editor, column: edit.column + byte_size(text)}}, false)

      _ ->
        {action, editor} = Editor.key(edit.editor, key)
        act(action, %{state | edit: %{edit | editor: editor}}, draw?)
    end
  end

  defp simple({:text, text}, %{edit: %{editor: %{right: [], search: nil}, column: column, options: options}, window: {columns, _}}) do
    if column + byte_size(text) < columns and options[:hidden] != true and text =~ ~r/\A[ -~]+\z/, do: text
  end

  defp simple(_, _), do: nil

  defp act(:ok, state, _), do: work(state, true)

  defp act(:bell, state, _) do
    write("\a")
    work(state, true)
  end

  defp act(:enter, %{edit: edit} = state, _) do
    text = Editor.text(edit.editor)

    if edit.options[:check] == nil or edit.options[:check].(text <> "\n") == :complete do
      state |> finish({:text, text}) |> work()
    else
      work(%{state | edit: %{edit | editor: Editor.insert(edit.editor, "\n")}}, true)
    end
  end

  defp act(:eof, state, _), do: state |> finish(:eof) |> work()

  defp act(:interrupt, %{edit: edit} = state, _) do
    empty? = Editor.text(edit.editor) == ""

    if edit.options[:check] do
      state |> finish({:interrupted, empty?}) |> work()
    else
      send(state.shell, :interrupt)
      work(%{state | keys: []}, true)
    end
  end

  defp act(:clear, state, _) do
    write("\e[H\e[2J")
    work(%{state | edit: %{state.edit | row: 0}}, true)
  end

  defp act(:suspend, state, _) do
    state = erase(state)
    write("\e[?2004l")
    Device.suspend(Process.get(:device))
    write("\e[?2004h")
    work(%{state | window: window()}, true)
  end

  defp act(:complete, %{edit: edit} = state, _) do
    before = Editor.before(edit.editor)

    cond do
      edit.options[:check] == nil or before == "" or before =~ ~r/\n[ \t]*\z/ ->
        work(%{state | edit: %{edit | editor: Editor.insert(edit.editor, "  ")}}, true)

      true ->
        ref = make_ref()
        send(edit.owner, {:complete, self(), ref, before})

        receive do
          {^ref, {"", []}} -> act(:bell, state, true)
          {^ref, {insert, []}} -> work(%{state | edit: %{edit | editor: Editor.insert(edit.editor, insert)}}, true)
          {^ref, {insert, lines}} -> work(show_candidates(state, insert, lines), true)
        after
          3000 -> act(:bell, state, true)
        end
    end
  end

  # The candidates stay on the screen above the input, as in a shell of the system.
  defp show_candidates(%{edit: edit, window: {columns, rows}} = state, insert, lines) do
    state = draw(%{state | edit: %{edit | editor: Editor.to_end(edit.editor)}})
    shown = table(lines, columns)
    limit = max(rows - 3, 5)
    {first, more} = Enum.split(shown, limit)
    more = if more == [], do: [], else: ["... and #{length(more)} more lines\r\n"]
    write(["\r\n", Enum.map(first, &[&1, "\r\n"]), more])
    %{state | edit: %{state.edit | editor: Editor.insert(edit.editor, insert), row: 0}}
  end

  @doc """
  Texts in as many columns as fit, filled from left to right.

      iex> IEx.Terminal.table(["a", "b", "c"], 8)
      ["a   b", "c"]
  """
  def table(texts, columns) do
    width = Enum.max(Enum.map(texts, &Screen.text_width/1)) + 3

    texts
    |> Enum.chunk_every(max(div(columns, width), 1))
    |> Enum.map(fn row ->
      row |> Enum.map_join(fn text -> text <> String.duplicate(" ", width - Screen.text_width(text)) end) |> String.trim_trailing()
    end)
  end

  ## Edits

  defp next_edit(%{edit: nil, queue: [{from, ref, options} | queue]} = state) do
    history = if options[:check], do: state.history, else: []
    prompt = state.partial <> (options[:prompt] || "")

    edit = %{
      owner: from,
      ref: ref,
      options: options,
      prompt: prompt,
      continuation: options[:continuation] || "",
      editor: Editor.new(history),
      row: 0,
      column: 0
    }

    write("\e[?2004h")
    draw(%{state | edit: edit, queue: queue, partial: "", window: window()})
  end

  defp next_edit(state), do: state

  defp cancel(state, from) do
    state = %{state | queue: Enum.reject(state.queue, fn {owner, _, _} -> owner == from end)}
    if state.edit && state.edit.owner == from, do: give_up(state), else: state
  end

  defp give_up(state) do
    state = draw(%{state | edit: %{state.edit | editor: Editor.to_end(state.edit.editor)}})
    write("\r\n\e[?2004l")
    %{state | edit: nil}
  end

  defp finish(%{edit: edit} = state, result) do
    state = draw(%{state | edit: %{edit | editor: Editor.to_end(%{edit.editor | search: nil})}})
    mark = if match?({:interrupted, false}, result), do: "^C", else: ""
    write([mark, "\r\n\e[?2004l"])
    send(edit.owner, {:terminal_input, edit.ref, result})
    state = %{state | edit: nil}
    state = if match?({:text, _}, result) and edit.options[:check], do: add_history(state, elem(result, 1)), else: state
    state = next_edit(state)
    if state.edit, do: state, else: add_keys(%{state | keys: []}, state.keys)
  end

  defp add_history(%{history: history} = state, text) do
    if String.trim(text) == "" or match?([^text | _], history) do
      state
    else
      state = %{state | history: [text | history]}

      case History.add(state.path, text) do
        :ok -> state
        {:error, message} -> warn(%{state | path: nil}, message)
      end
    end
  end

  defp warn(state, nil), do: state
  defp warn(state, message), do: print("warning: " <> message <> "\n", %{state | path: nil})

  ## The screen

  defp write(data), do: Device.write(Process.get(:device), data)

  defp print(data, %{edit: nil} = state) do
    write(data)
    %{state | partial: partial(state.partial, data)}
  end

  defp print(data, state) do
    data = IO.iodata_to_binary(data)

    if data == "" do
      state
    else
      state = erase(state)
      write([data, if(String.ends_with?(data, "\n"), do: "", else: "\r\n")])
      draw(state)
    end
  end

  # What stands on the last row of the screen. It belongs to the prompt of the edit that comes next.
  defp partial(before, data) do
    data = IO.iodata_to_binary(data)

    last =
      case :binary.matches(data, ["\n", "\r"]) do
        [] -> before <> data
        matches -> matches |> List.last() |> then(fn {at, 1} -> binary_part(data, at + 1, byte_size(data) - at - 1) end)
      end

    last = if byte_size(last) > 4096, do: "", else: last
    last = if String.valid?(last), do: last, else: ""
    Regex.replace(~r/\e\[[0-9;?]*[A-Za-ln-z]|[\x00-\x08\x0b-\x1a\x1c-\x1f]/, last, "")
  end

  defp erase(%{edit: edit} = state) do
    write([up(edit.row), "\r\e[J"])
    %{state | edit: %{edit | row: 0}}
  end

  defp draw(%{edit: edit, window: {columns, height}} = state) do
    {prompt, left, right} = shown(edit)
    {rows, row, column, end_column} = Screen.layout(prompt, edit.continuation, left, right, columns)
    count = length(rows)
    # Of an input that is higher than the screen, the rows about the cursor are shown.
    first = if count <= height, do: 0, else: min(max(row - height + 1, 0), count - height)
    visible = rows |> Enum.drop(first) |> Enum.take(height)
    last = first + length(visible) - 1
    back = if last == row and column == end_column and last == count - 1, do: [], else: [up(last - row), "\r", right(column)]
    write([up(edit.row), "\r\e[J", join(visible), back])
    %{state | edit: %{edit | row: row - first, column: column}}
  end

  defp join([{row, _}]), do: row
  # The row after a full one begins where the terminal goes on by itself.
  defp join([{row, :soft}, {[], _} = empty | rest]), do: [row, " \r", join([empty | rest])]
  defp join([{row, :soft} | rest]), do: [row, join(rest)]
  defp join([{row, :hard} | rest]), do: [row, "\r\n", join(rest)]

  defp shown(%{editor: %{search: nil} = editor} = edit) do
    if edit.options[:hidden], do: {edit.prompt, [], []}, else: {edit.prompt, editor.left, editor.right}
  end

  defp shown(%{editor: %{search: search} = editor}), do: {"(search)'#{search.text}': ", editor.left, editor.right}

  defp up(0), do: ""
  defp up(rows), do: "\e[#{rows}A"
  defp right(0), do: ""
  defp right(columns), do: "\e[#{columns}C"

  # Terminals fold the rows that they show anew: the cursor is where the new layout has it.
  defp resized(%{edit: nil} = state), do: %{state | window: window()}

  defp resized(%{edit: edit} = state) do
    {columns, height} = window()
    {prompt, left, right} = shown(edit)
    {rows, row, _, _} = Screen.layout(prompt, edit.continuation, left, right, columns)
    draw(%{state | window: {columns, height}, edit: %{edit | row: min(row, min(length(rows), height) - 1)}})
  end
end

defmodule IEx.Terminal.Resize do
  @moduledoc """
  The handler of `:erl_signal_server` that tells the terminal's process of a new window size.
  """

  @doc false
  def init(terminal), do: {:ok, terminal}

  @doc false
  def handle_event(:sigwinch, terminal) do
    send(terminal, {:terminal_resized})
    {:ok, terminal}
  end

  def handle_event(_, terminal), do: {:ok, terminal}

  @doc false
  def handle_info(_, terminal), do: {:ok, terminal}

  @doc false
  def handle_call(_, terminal), do: {:ok, :ok, terminal}

  @doc false
  def terminate(_, _), do: :ok
end
