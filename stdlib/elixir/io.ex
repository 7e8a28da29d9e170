defmodule IO do
  @moduledoc """
  Reading from and writing to devices.

  A device is a process that speaks the I/O protocol, given by pid or name; `:stdio` is the caller's group
  leader, `:stderr` the standard error. Functions take chardata (strings, codepoints, nested lists of them);
  those named `bin...` take and give raw bytes and belong with files opened without an encoding.

  Errors of reading are returned; errors of writing are raised.
  """

  @type device :: atom | pid
  @type nodata :: {:error, term} | :eof
  @type chardata :: String.t() | maybe_improper_list(char | chardata, String.t() | [])

  ## Reading

  @doc """
  Reads characters: `:line`, `:eof` (all that is left), or a number of them. Returns data, `:eof` at the end,
  or `{:error, reason}`.

      iex> {:ok, device} = StringIO.open("ab\\ncd")
      iex> IO.read(device, :line)
      "ab\\n"
      iex> IO.read(device, :eof)
      "cd"
      iex> IO.read(device, 1)
      :eof
  """
  @spec read(device, :eof | :line | non_neg_integer) :: chardata | nodata
  def read(device \\ :stdio, line_or_chars)

  def read(device, :all) do
    case read(device, :eof) do
      :eof -> ""
      other -> other
    end
  end

  def read(device, :eof), do: read_all(map_dev(device), [])
  def read(device, :line), do: :io.get_line(map_dev(device), "")

  def read(device, count) when is_integer(count) and count >= 0,
    do: :io.get_chars(map_dev(device), "", count)

  defp read_all(device, acc) do
    case :io.get_chars(device, "", 65_536) do
      :eof when acc == [] -> :eof
      :eof -> chardata_to_string(:lists.reverse(acc))
      {:error, _} = error -> error
      data -> read_all(device, [data | acc])
    end
  end

  @doc """
  Reads bytes: `:line`, `:eof` (all that is left), or a number of them.

      iex> {:ok, device} = StringIO.open("abc", encoding: :latin1)
      iex> IO.binread(device, 2)
      "ab"
  """
  @spec binread(device, :eof | :line | non_neg_integer) :: iodata | nodata
  def binread(device \\ :stdio, line_or_chars)

  def binread(device, :all) do
    case binread(device, :eof) do
      :eof -> ""
      other -> other
    end
  end

  def binread(device, :eof), do: binread_all(map_dev(device), [])

  def binread(device, :line) do
    case :file.read_line(map_dev(device)) do
      {:ok, data} -> data
      other -> other
    end
  end

  def binread(device, count) when is_integer(count) and count >= 0 do
    case :file.read(map_dev(device), count) do
      {:ok, data} -> data
      other -> other
    end
  end

  defp binread_all(device, acc) do
    case :file.read(device, 65_536) do
      {:ok, data} -> binread_all(device, [data | acc])
      :eof when acc == [] -> :eof
      :eof -> iodata_to_binary(:lists.reverse(acc))
      other -> other
    end
  end

  @doc """
  Reads a line, showing `prompt` before it.

      iex> {:ok, device} = StringIO.open("Ada\\n")
      iex> IO.gets(device, "Who? ")
      "Ada\\n"
  """
  @spec gets(device, chardata | String.Chars.t()) :: chardata | nodata
  def gets(device \\ :stdio, prompt), do: :io.get_line(map_dev(device), to_chardata(prompt))

  @doc """
  Reads `count` characters, showing `prompt` before.

      iex> {:ok, device} = StringIO.open("abc")
      iex> IO.getn(device, "? ", 2)
      "ab"
  """
  @spec getn(chardata | String.Chars.t() | device, pos_integer | chardata | String.Chars.t()) ::
          chardata | nodata
  def getn(prompt, count \\ 1)
  def getn(prompt, count) when is_integer(count) and count > 0, do: getn(:stdio, prompt, count)
  def getn(device, prompt) when not is_integer(prompt), do: getn(device, prompt, 1)

  @doc """
  Reads `count` characters from the device, showing `prompt` before.

      iex> {:ok, device} = StringIO.open("abc")
      iex> IO.getn(device, "", 3)
      "abc"
  """
  @spec getn(device, chardata | String.Chars.t(), pos_integer) :: chardata | nodata
  def getn(device, prompt, count) when is_integer(count) and count > 0,
    do: :io.get_chars(map_dev(device), to_chardata(prompt), count)

  ## Writing

  @doc """
  Writes `chardata`, or anything that `to_string/1` knows, to the device.

      iex> {:ok, device} = StringIO.open("")
      iex> IO.write(device, ["a", ?b, 1])
      :ok
      iex> StringIO.flush(device)
      <<?a, ?b, 1>>
  """
  @spec write(device, chardata | String.Chars.t()) :: :ok
  def write(device \\ :stdio, chardata), do: :io.put_chars(map_dev(device), to_chardata(chardata))

  @doc """
  Writes bytes to the device.

      iex> {:ok, device} = StringIO.open("", encoding: :latin1)
      iex> IO.binwrite(device, ["a", <<0>>])
      :ok
      iex> StringIO.flush(device)
      <<?a, 0>>
  """
  @spec binwrite(device, iodata) :: :ok
  def binwrite(device \\ :stdio, iodata), do: :file.write(map_dev(device), iodata)

  @doc """
  Writes `item` and a line feed to the device.

      iex> {:ok, device} = StringIO.open("")
      iex> IO.puts(device, :hello)
      :ok
      iex> StringIO.flush(device)
      "hello\\n"
  """
  @spec puts(device, chardata | String.Chars.t()) :: :ok
  def puts(device \\ :stdio, item), do: :io.put_chars(map_dev(device), [to_chardata(item), ?\n])

  @doc """
  Writes what `inspect/2` makes of `item` and a line feed, and returns `item`. `:label` is text to put before
  it; the other options are those of `inspect/2`.

      iex> {:ok, device} = StringIO.open("")
      iex> IO.inspect(device, 1..3, label: "range")
      1..3
      iex> StringIO.flush(device)
      "range: 1..3\\n"
  """
  @spec inspect(item, keyword) :: item when item: var
  def inspect(item, opts \\ []), do: inspect(:stdio, item, opts)

  @doc """
  Inspects to the device: see `inspect/2`.

      iex> {:ok, device} = StringIO.open("")
      iex> IO.inspect(device, "a", [])
      "a"
      iex> StringIO.flush(device)
      "\\"a\\"\\n"
  """
  @spec inspect(device, item, keyword) :: item when item: var
  def inspect(device, item, opts) when is_list(opts) do
    {label, opts} = Keyword.pop(opts, :label)
    text = Kernel.inspect(item, Keyword.put(opts, :pretty, true))

    case label do
      nil -> puts(device, text)
      label -> puts(device, [to_chardata(label), ": ", text])
    end

    item
  end

  ## Warnings

  @doc """
  Writes a warning with the caller's stacktrace to standard error.
  """
  @spec warn(chardata | String.Chars.t()) :: :ok
  def warn(message) do
    {:current_stacktrace, stacktrace} = Process.info(self(), :current_stacktrace)
    warn(message, :lists.nthtail(min(2, length(stacktrace)), stacktrace))
  end

  @doc """
  Writes a warning to standard error, with its place: a stacktrace, a `Macro.Env`, or a keyword list of
  `:file`, `:line`, `:column`, `:module` and `:function`. An empty list shows no place.

      iex> ExUnit.CaptureIO.capture_io(:stderr, fn -> IO.warn("too hot", []) end) =~ "warning: too hot"
      true
  """
  @spec warn(chardata | String.Chars.t(), keyword | Exception.stacktrace() | map) :: :ok
  def warn(message, stacktrace_info)

  def warn(message, %{__struct__: Macro.Env} = env) do
    diagnosed(message, env.file, env.line, Macro.Env.stacktrace(env), fn ->
      warn_at(:warning, message, env.file, env.line, nil, where(env.module, env.function))
    end)
  end

  def warn(message, [{key, _} | _] = place) when key in [:file, :line, :column, :module, :function] do
    file = Keyword.get(place, :file)
    line = Keyword.get(place, :line)

    if file == nil do
      warn_plain(message, "")
    else
      where = where(Keyword.get(place, :module), Keyword.get(place, :function))
      column = Keyword.get(place, :column)
      position = if column, do: {line || 0, column}, else: line || 0
      diagnosed(message, file, position, [], fn -> warn_at(:warning, message, file, line || 0, column, where) end)
    end
  end

  def warn(message, stacktrace) when is_list(stacktrace) do
    {file, line} = trace_place(stacktrace)

    diagnosed(message, file, line, stacktrace, fn ->
      warn_plain(message, Enum.map(stacktrace, &["  ", Exception.format_stacktrace_entry(&1), ?\n]))
    end)
  end

  defp trace_place([{_, _, _, location} | _]) when is_list(location) do
    file = Keyword.get(location, :file)
    {file && Path.expand(List.to_string(file)), Keyword.get(location, :line, 0)}
  end

  defp trace_place(_stacktrace), do: {nil, 0}

  # Inside Code.with_diagnostics/2 the warning is collected.
  defp diagnosed(message, file, position, stacktrace, print) do
    collected = %{
      severity: :warning,
      message: chardata_to_string(to_chardata(message)),
      file: file,
      source: file,
      position: position,
      span: nil,
      stacktrace: stacktrace
    }

    if not Code.Diagnostics.collecting?() or Code.Diagnostics.collect(collected), do: print.(), else: :ok
  end

  @doc false
  def __print_diagnostic__(%{severity: severity, message: message, file: file, position: position}, snippet?) do
    {line, column} = if is_tuple(position), do: {elem(position, 0), elem(position, 1)}, else: {position, nil}

    cond do
      file == nil -> write(:stderr, [label(severity), indent(message, "  "), "\n\n"])
      snippet? -> warn_at(severity, message, file, line || 0, column, "")
      true -> write(:stderr, [label(severity), indent(message, "  "), ?\n, "  ", place(file, line, column), "\n\n"])
    end
  end

  defp place(file, line, column), do: [Path.relative_to_cwd(file), ?:, Integer.to_string(line || 0), if(column, do: [?:, Integer.to_string(column)], else: "")]

  @doc false
  def warn_once(key, message, stacktrace_drop_levels) do
    if :persistent_term.get({IO, :warned, key}, false) do
      :ok
    else
      :persistent_term.put({IO, :warned, key}, true)
      {:current_stacktrace, stacktrace} = Process.info(self(), :current_stacktrace)
      message = if is_function(message, 0), do: message.(), else: message
      warn(message, Enum.drop(stacktrace, stacktrace_drop_levels))
    end
  end

  defp where(nil, _), do: ""
  defp where(module, {name, arity}), do: [": ", Exception.format_mfa(module, name, arity)]
  defp where(module, _), do: [": ", Kernel.inspect(module), " (module)"]

  defp warn_plain(message, rest),
    do: write(:stderr, [warning(), indent(to_chardata(message), "  "), ?\n, rest, ?\n])

  # The layout of the compiler's diagnostics: message, the source line with a mark, the place.
  defp warn_at(severity, message, file, line, column, where) do
    number = Integer.to_string(line)
    margin = String.duplicate(" ", max(byte_size(number), 2) + 2)
    path = Path.relative_to_cwd(file)
    column_text = if column, do: [?:, Integer.to_string(column)], else: ""

    write(:stderr, [
      [margin, label(severity), indent(to_chardata(message), margin), ?\n],
      snippet(source_line(file, line), number, column, margin),
      [margin, "└─ ", path, ?:, number, column_text, where, "\n\n"]
    ])
  end

  defp label(:error), do: if(IO.ANSI.enabled?(), do: [IO.ANSI.red(), "error:", IO.ANSI.reset(), " "], else: "error: ")
  defp label(_severity), do: warning()

  defp warning do
    if IO.ANSI.enabled?(), do: [IO.ANSI.yellow(), "warning:", IO.ANSI.reset(), " "], else: "warning: "
  end

  defp indent(message, margin) do
    message |> chardata_to_string() |> String.replace("\n", "\n" <> margin)
  end

  defp source_line(_, line) when line < 1, do: nil

  defp source_line(file, line) do
    with {:ok, source} <- File.read(file) do
      source |> String.split(["\r\n", "\n"]) |> Enum.at(line - 1)
    else
      _ -> nil
    end
  end

  defp snippet(nil, _, _, _), do: []

  defp snippet(text, number, column, margin) do
    trimmed = String.trim_leading(text)
    lead = String.length(text) - String.length(trimmed)

    mark =
      if column,
        do: String.duplicate(" ", max(column - 1, 0)) <> "~",
        else: String.duplicate(" ", lead) <> String.duplicate("~", String.length(String.trim(trimmed)))

    [
      [margin, "│\n"],
      [String.pad_leading(number, byte_size(margin) - 1), " │ ", text, ?\n],
      [margin, "│ ", mark, ?\n],
      [margin, "│\n"]
    ]
  end

  ## Streams

  @doc """
  Turns a device into an `IO.Stream`: enumerating reads lines (or so many characters a piece), collecting
  writes.

      iex> {:ok, device} = StringIO.open("a\\nb\\n")
      iex> Enum.to_list(IO.stream(device, :line))
      ["a\\n", "b\\n"]
  """
  @spec stream(device, :line | pos_integer) :: Enumerable.t()
  def stream(device \\ :stdio, line_or_codepoints \\ :line)
      when line_or_codepoints == :line or (is_integer(line_or_codepoints) and line_or_codepoints > 0) do
    IO.Stream.__build__(map_dev(device), false, line_or_codepoints)
  end

  @doc """
  Turns a device into an `IO.Stream` of bytes.

      iex> {:ok, device} = StringIO.open("abc", encoding: :latin1)
      iex> Enum.to_list(IO.binstream(device, 2))
      ["ab", "c"]
  """
  @spec binstream(device, :line | pos_integer) :: Enumerable.t()
  def binstream(device \\ :stdio, line_or_bytes \\ :line)
      when line_or_bytes == :line or (is_integer(line_or_bytes) and line_or_bytes > 0) do
    IO.Stream.__build__(map_dev(device), true, line_or_bytes)
  end

  @doc false
  def each_stream(device, line_or_codepoints) do
    case read(device, line_or_codepoints) do
      :eof -> {:halt, device}
      {:error, reason} -> raise IO.StreamError, reason: reason
      data -> {[data], device}
    end
  end

  @doc false
  def each_binstream(device, line_or_bytes) do
    case binread(device, line_or_bytes) do
      :eof -> {:halt, device}
      {:error, reason} -> raise IO.StreamError, reason: reason
      data -> {[data], device}
    end
  end

  ## Chardata and iodata

  @doc """
  Turns chardata into a string; raises `UnicodeConversionError` if it is not valid.

      iex> IO.chardata_to_string([0x00E6, 0x00DF])
      "æß"
      iex> IO.chardata_to_string(["a", [?b | "c"]])
      "abc"
  """
  @spec chardata_to_string(chardata) :: String.t()
  def chardata_to_string(string) when is_binary(string), do: string

  def chardata_to_string(list) when is_list(list), do: List.to_string(list)

  @doc """
  Turns iodata into a binary.

      iex> IO.iodata_to_binary([1, 2 | <<3, 4>>])
      <<1, 2, 3, 4>>
  """
  @spec iodata_to_binary(iodata) :: binary
  def iodata_to_binary(iodata), do: :erlang.iolist_to_binary(iodata)

  @doc """
  Returns how many bytes iodata has.

      iex> IO.iodata_length([1, 2 | <<3, 4>>])
      4
  """
  @spec iodata_length(iodata) :: non_neg_integer
  def iodata_length(iodata), do: :erlang.iolist_size(iodata)

  defp map_dev(:stdio), do: :standard_io
  defp map_dev(:stderr), do: :standard_error
  defp map_dev(other) when is_atom(other) or is_pid(other) or is_tuple(other), do: other

  defp to_chardata(list) when is_list(list), do: list
  defp to_chardata(binary) when is_binary(binary), do: binary
  defp to_chardata(other), do: to_string(other)
end
