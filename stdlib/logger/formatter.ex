defmodule Logger.Formatter do
  @moduledoc """
  Turns log events into text after a pattern.

  `new/1` makes a formatter for a handler. Its pattern is a string with `$time`, `$date`,
  `$message`, `$level`, `$node`, `$metadata` and `$levelpad`, or `{module, function}` that
  gets level, message, time and metadata. Options besides `:format`: `:metadata` (keys to print,
  or `:all`), `:colors` (a keyword list with `:enabled` and a color for each level), `:truncate` (bytes, 8096) and `:utc_log`.
  """

  @default_pattern "\n$time $metadata[$level] $message\n"
  @patterns [:message, :level, :node, :date, :time, :metadata, :levelpad]
  @replacement "�"

  defstruct [:template, :truncate, :metadata, :colors, :utc_log?]

  @type pattern :: :date | :level | :levelpad | :message | :metadata | :node | :time

  @doc """
  Makes a formatter, `{Logger.Formatter, config}`, for a handler's `:formatter`.

      iex> {Logger.Formatter, config} = Logger.Formatter.new(format: "$message!", colors: [enabled: false])
      iex> event = %{level: :info, msg: {:string, "hi"}, meta: %{time: 0}}
      iex> IO.chardata_to_string(Logger.Formatter.format(event, config))
      "hi!"
  """
  def new(options \\ []) do
    template = compile(options[:format])
    colors = colors(options[:colors] || [])
    truncate = Keyword.get(options, :truncate, 8096)
    metadata = Keyword.get(options, :metadata, [])
    utc_log? = Keyword.get(options, :utc_log, false)

    {__MODULE__,
     %__MODULE__{
       template: template,
       truncate: truncate,
       metadata: metadata,
       colors: colors,
       utc_log?: utc_log?
     }}
  end

  defp colors(colors) do
    warning = Keyword.get(colors, :warn, :yellow)

    %{
      emergency: Keyword.get(colors, :emergency, :red),
      alert: Keyword.get(colors, :alert, :red),
      critical: Keyword.get(colors, :critical, :red),
      error: Keyword.get(colors, :error, :red),
      warning: Keyword.get(colors, :warning, warning),
      notice: Keyword.get(colors, :notice, :normal),
      info: Keyword.get(colors, :info, :normal),
      debug: Keyword.get(colors, :debug, :cyan),
      enabled: Keyword.get_lazy(colors, :enabled, &IO.ANSI.enabled?/0)
    }
  end

  @doc """
  Compiles a pattern into a list of strings and pattern atoms.

      iex> Logger.Formatter.compile("$time $metadata [$level] $message\\n")
      [:time, " ", :metadata, " [", :level, "] ", :message, "\\n"]
  """
  @spec compile(binary | nil) :: [pattern | binary]
  @spec compile({module, function}) :: {module, function} when module: atom, function: atom
  def compile(pattern_or_function)
  def compile(nil), do: compile(@default_pattern)
  def compile({mod, fun}) when is_atom(mod) and is_atom(fun), do: {mod, fun}
  def compile(str) when is_binary(str), do: compile(str, "", [])

  defp compile("$" <> rest, text, acc) do
    case pattern_name(rest, "") do
      {"", rest} -> compile(rest, text <> "$", acc)
      {name, rest} -> compile(rest, "", [pattern(name) | add_text(text, acc)])
    end
  end

  defp compile(<<char::utf8, rest::binary>>, text, acc), do: compile(rest, <<text::binary, char::utf8>>, acc)
  defp compile("", text, acc), do: Enum.reverse(add_text(text, acc))

  defp add_text("", acc), do: acc
  defp add_text(text, acc), do: [text | acc]

  defp pattern_name(<<char, rest::binary>>, name) when char in ?a..?z,
    do: pattern_name(rest, <<name::binary, char>>)

  defp pattern_name(rest, name), do: {name, rest}

  for pattern <- @patterns do
    defp pattern(unquote(Atom.to_string(pattern))), do: unquote(pattern)
  end

  defp pattern(name), do: raise(ArgumentError, "$#{name} is an invalid format pattern")

  @doc "Formats an event of `:logger` with the configuration of `new/1`."
  def format(%{level: level, msg: msg, meta: meta}, %__MODULE__{} = config) do
    %{template: template, truncate: truncate, metadata: keys, colors: colors, utc_log?: utc?} = config
    message = event_message(msg, meta)
    system_time = :maps.get(:time, meta, nil) || :os.system_time(:microsecond)
    time = system_time_to_date_time_ms(system_time, utc?)
    metadata = metadata(meta, keys)

    template
    |> format(level, truncate(message, truncate), time, metadata)
    |> colorize(level, colors, meta)
  end

  @doc """
  Formats a message with a compiled pattern; `time` is `{date, {h, m, s, ms}}`.

      iex> pattern = Logger.Formatter.compile("[$level] $message")
      iex> time = {{1977, 1, 28}, {13, 29, 0, 0}}
      iex> IO.chardata_to_string(Logger.Formatter.format(pattern, :info, "hello", time, []))
      "[info] hello"
  """
  def format({mod, fun}, level, msg, time, metadata), do: apply(mod, fun, [level, msg, time, metadata])

  def format(template, level, msg, {date, time}, metadata) do
    for part <- template, do: output(part, level, msg, date, time, metadata)
  end

  defp output(:message, _, msg, _, _, _), do: msg
  defp output(:date, _, _, date, _, _), do: format_date(date)
  defp output(:time, _, _, _, time, _), do: format_time(time)
  defp output(:level, level, _, _, _, _), do: Atom.to_string(level)
  defp output(:node, _, _, _, _, _), do: Atom.to_string(node())
  defp output(:levelpad, level, _, _, _, _), do: levelpad(level)
  defp output(:metadata, _, _, _, _, metadata), do: format_metadata(metadata)
  defp output(text, _, _, _, _, _), do: text

  defp levelpad(level) when level in [:info], do: " "
  defp levelpad(_), do: ""

  defp format_metadata(metadata) do
    for {key, value} <- metadata,
        text = metadata_value(key, value),
        do: [Atom.to_string(key), ?=, text, ?\s]
  end

  defp metadata_value(:time, _), do: nil
  defp metadata_value(:gl, _), do: nil
  defp metadata_value(:report_cb, _), do: nil
  defp metadata_value(_, nil), do: nil
  defp metadata_value(_, string) when is_binary(string), do: string
  defp metadata_value(_, integer) when is_integer(integer), do: Integer.to_string(integer)
  defp metadata_value(_, float) when is_float(float), do: Float.to_string(float)
  defp metadata_value(_, pid) when is_pid(pid), do: :erlang.pid_to_list(pid)

  defp metadata_value(_, atom) when is_atom(atom) do
    case Atom.to_string(atom) do
      "Elixir." <> rest -> rest
      "nil" -> ""
      text -> text
    end
  end

  defp metadata_value(_, ref) when is_reference(ref) do
    ~c"#Ref" ++ rest = :erlang.ref_to_list(ref)
    rest
  end

  defp metadata_value(:file, file) when is_list(file), do: file

  defp metadata_value(:domain, [head | tail]) when is_atom(head) do
    Enum.map_intersperse([head | tail], ?., &Atom.to_string/1)
  end

  defp metadata_value(:mfa, {mod, fun, arity}) when is_atom(mod) and is_atom(fun) and is_integer(arity),
    do: Exception.format_mfa(mod, fun, arity)

  defp metadata_value(:initial_call, {mod, fun, arity})
       when is_atom(mod) and is_atom(fun) and is_integer(arity),
       do: Exception.format_mfa(mod, fun, arity)

  defp metadata_value(_, list) when is_list(list), do: nil

  defp metadata_value(_, other) do
    case String.Chars.impl_for(other) do
      nil -> nil
      impl -> impl.to_string(other)
    end
  end

  @doc """
  Formats a date as chardata.

      iex> IO.chardata_to_string(Logger.Formatter.format_date({2023, 1, 2}))
      "2023-01-02"
  """
  def format_date({year, month, day}),
    do: [Integer.to_string(year), ?-, pad2(month), ?-, pad2(day)]

  @doc """
  Formats a time, with milliseconds, as chardata.

      iex> IO.chardata_to_string(Logger.Formatter.format_time({1, 2, 3, 4}))
      "01:02:03.004"
  """
  def format_time({hour, minute, second, millisecond}),
    do: [pad2(hour), ?:, pad2(minute), ?:, pad2(second), ?., pad3(millisecond)]

  defp pad3(int) when int < 10, do: [?0, ?0, Integer.to_string(int)]
  defp pad3(int) when int < 100, do: [?0, Integer.to_string(int)]
  defp pad3(int), do: Integer.to_string(int)

  defp pad2(int) when int < 10, do: [?0, Integer.to_string(int)]
  defp pad2(int), do: Integer.to_string(int)

  @doc """
  Replaces what is not valid in chardata by the replacement character.

      iex> Logger.Formatter.prune([?a, 0xD800, "b"])
      [?a, "�", "b"]
  """
  def prune(binary) when is_binary(binary), do: prune_binary(binary, "")

  def prune([head | tail]) when is_integer(head) and head in 0..0x10FFFF and head not in 0xD800..0xDFFF,
    do: [head | prune(tail)]

  def prune([head | tail]) when is_integer(head), do: [@replacement | prune(tail)]
  def prune([head | tail]), do: [prune(head) | prune(tail)]
  def prune([]), do: []
  def prune(_), do: @replacement

  defp prune_binary(<<char::utf8, rest::binary>>, acc), do: prune_binary(rest, <<acc::binary, char::utf8>>)
  defp prune_binary(<<_, rest::binary>>, acc), do: prune_binary(rest, <<acc::binary, @replacement::binary>>)
  defp prune_binary("", acc), do: acc

  @doc """
  Formats the message of an event alone.

      iex> Logger.Formatter.format_event(%{level: :info, msg: {:string, "foo"}, meta: %{}}, 100)
      "foo"
  """
  def format_event(%{msg: msg, meta: meta}, truncate),
    do: IO.chardata_to_string(truncate(event_message(msg, meta), truncate))

  @doc false
  def system_time_to_date_time_ms(system_time, utc_log?) do
    micro = rem(system_time, 1_000_000)
    seconds = div(system_time, 1_000_000)
    utc = :calendar.gregorian_seconds_to_datetime(seconds + 62_167_219_200)

    {date, {hours, minutes, seconds}} = if utc_log?, do: utc, else: :erlang.universaltime_to_localtime(utc)

    {date, {hours, minutes, seconds, div(micro, 1000)}}
  end

  defp event_message({:string, string}, _meta), do: string

  defp event_message({:report, report}, %{report_cb: callback}) when is_function(callback, 1) do
    {format, args} = callback.(report)
    event_message({format, args}, %{})
  end

  defp event_message({:report, report}, %{report_cb: callback}) when is_function(callback, 2),
    do: callback.(report, %{depth: :unlimited, chars_limit: :unlimited, single_line: false})

  defp event_message({:report, %{} = report}, _meta) when not is_struct(report),
    do: inspect(Map.to_list(report))

  defp event_message({:report, report}, _meta), do: inspect(report)

  defp event_message({format, args}, _meta) do
    {format, args} = inspected(format, args)
    :io_lib.format(format, args)
  rescue
    _ -> ["FORMAT ERROR: ", inspect({format, args})]
  end

  # Terms are to be printed as the language does: `~p` and its relatives become `~ts`.
  @doc false
  def inspected(format, args) when is_binary(format), do: inspected(String.to_charlist(format), args)
  def inspected(format, args), do: inspected(format, args, [], [])

  defp inspected([?~ | rest], args, format, used), do: control(rest, [?~], args, format, used)
  defp inspected([char | rest], args, format, used), do: inspected(rest, args, [char | format], used)
  defp inspected([], rest, format, used), do: {Enum.reverse(format), Enum.reverse(used, rest)}

  defp control([?* | rest], spec, [width | args], format, used),
    do: control(rest, [?*, {:arg, width} | spec], args, format, used)

  defp control([char | rest], spec, args, format, used) when char in ~c"-.0123456789tlk",
    do: control(rest, [char | spec], args, format, used)

  defp control([char | rest], _spec, [arg | args], format, used) when char in ~c"pw",
    do: inspected(rest, args, [?s, ?t, ?~ | format], [printed(arg) | used])

  defp control([char | rest], _spec, [arg, depth | args], format, used) when char in ~c"PW",
    do: inspected(rest, args, [?s, ?t, ?~ | format], [inspect(arg, limit: depth) | used])

  defp control([char | rest], spec, args, format, used) do
    used = for({:arg, width} <- spec, do: width) ++ used
    spec = Enum.reject(spec, &is_tuple/1)
    taken = if char in ~c"n~", do: 0, else: 1
    {own, args} = Enum.split(args, taken)
    inspected(rest, args, [char | spec] ++ format, own ++ used)
  end

  defp control([], spec, args, format, used), do: inspected([], args, spec ++ format, used)

  defp printed(arg), do: inspect(arg, limit: 200)

  defp truncate(message, :infinity), do: message

  defp truncate(message, n) do
    text = to_text(message)

    if byte_size(text) <= n do
      text
    else
      [cut(text, n), " (truncated)"]
    end
  end

  defp to_text(message) when is_binary(message),
    do: if(String.valid?(message), do: message, else: prune(message))

  defp to_text(message) do
    case :unicode.characters_to_binary(message) do
      text when is_binary(text) -> text
      _ -> to_text(IO.iodata_to_binary(prune(message)))
    end
  rescue
    ArgumentError -> IO.chardata_to_string(prune(message))
  end

  # At most `n` bytes, and no half of a character.
  defp cut(text, n) do
    part = :binary.part(text, 0, n)

    case :unicode.characters_to_binary(part) do
      {:incomplete, good, _} -> good
      whole when is_binary(whole) -> whole
      _ -> part
    end
  end

  defp metadata(meta, :all), do: meta |> Map.drop([:time, :gl, :report_cb, :error_logger]) |> Map.to_list()
  defp metadata(meta, {:from, extra}), do: metadata(meta, extra)

  defp metadata(meta, keys) do
    for key <- keys, {:ok, value} <- [metadata_key(meta, key)], do: {key, value}
  end

  defp metadata_key(%{mfa: {mod, _, _}} = meta, :module),
    do: Map.fetch(Map.put_new(meta, :module, mod), :module)

  defp metadata_key(%{mfa: {_, fun, arity}} = meta, :function) do
    Map.fetch(Map.put_new(meta, :function, Atom.to_string(fun) <> "/" <> Integer.to_string(arity)), :function)
  end

  defp metadata_key(meta, key), do: Map.fetch(meta, key)

  defp colorize(data, _level, %{enabled: false}, _meta), do: data

  defp colorize(data, level, colors, meta) do
    color = Map.get(meta, :ansi_color, Map.fetch!(colors, level))
    [IO.ANSI.format_fragment(color, true), data, IO.ANSI.reset()]
  end
end
