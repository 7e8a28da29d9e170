defmodule :logger_formatter do
  @moduledoc """
  The plain formatter of handlers that name no other: time, level and message in a line.
  """

  @doc "Formats an event as chardata."
  def format(%{level: level, msg: msg, meta: meta}, config) do
    text = message(msg, meta, config)

    text =
      if :maps.get(:single_line, config, true),
        do: :lists.join(~c", ", :string.lexemes(text, ~c"\n")),
        else: text

    [
      time(:maps.get(:time, meta, :logger.timestamp())),
      ~c" ",
      :erlang.atom_to_binary(level),
      ~c": ",
      text,
      ~c"\n"
    ]
  end

  @doc "Checks a formatter's configuration."
  def check_config(config) when is_map(config), do: :ok

  defp message({:string, string}, _meta, _config), do: :unicode.characters_to_list(string)

  defp message({:report, report}, %{report_cb: callback}, _config) when is_function(callback, 1) do
    {format, args} = callback.(report)
    :lists.flatten(:io_lib.format(format, args))
  end

  defp message({:report, report}, %{report_cb: callback}, _config) when is_function(callback, 2),
    do:
      :unicode.characters_to_list(
        callback.(report, %{depth: :unlimited, chars_limit: :unlimited, single_line: true})
      )

  defp message({:report, report}, _meta, _config) do
    {format, args} = :logger.format_report(report)
    :lists.flatten(:io_lib.format(format, args))
  end

  defp message({format, args}, _meta, _config), do: :lists.flatten(:io_lib.format(format, args))

  defp time(microseconds) do
    :calendar.system_time_to_rfc3339(microseconds, unit: :microsecond)
  end
end
