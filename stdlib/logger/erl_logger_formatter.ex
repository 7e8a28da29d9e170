defmodule :logger_formatter do
  @moduledoc """
  The plain formatter of handlers that name no other.

  Configuration: `:template` (a list of texts, `:msg`, keys of the metadata, paths of keys, and `{key, parts_if_there, parts_if_not}`),
  `:single_line` (true), `:chars_limit`, `:max_size`, `:depth`, `:legacy_header`, `:report_cb`, `:time_designator`, `:time_offset`.
  """

  @doc """
  Formats an event as chardata.

      iex> event = %{level: :info, msg: {:string, "started"}, meta: %{time: 0, app: :shop}}
      iex> to_string(:logger_formatter.format(event, %{template: [:level, " ", :app, ": ", :msg]}))
      "info shop: started"
  """
  def format(%{level: level, msg: msg, meta: meta}, config) do
    single_line? = :maps.get(:single_line, config, true)
    meta = Map.put_new_lazy(meta, :time, &:logger.timestamp/0)
    text = lazily(fn -> message(msg, meta, config, single_line?) end)
    limit = :maps.get(:max_size, config, :unlimited)
    limited(:lists.map(&part(&1, level, text, meta, config), template(config, single_line?)), limit)
  end

  defp lazily(fun), do: fun

  defp template(%{template: template}, _single_line?), do: template
  defp template(%{legacy_header: true}, _single_line?), do: ["=", :header, "====\n", :msg, "\n"]
  defp template(_config, true), do: [:time, " ", :level, ": ", :msg, "\n"]
  defp template(_config, false), do: [:time, " ", :level, ":\n", :msg, "\n"]

  defp part(:level, level, _text, _meta, _config), do: :erlang.atom_to_binary(level)
  defp part(:msg, _level, text, _meta, _config), do: text.()
  defp part(:header, level, _text, meta, config), do: [String.upcase(to_string(level)), " REPORT==== ", time(meta.time, config)]
  defp part(key, _level, _text, meta, config) when is_atom(key), do: value(key, meta, config)

  defp part({key, present, absent}, level, text, meta, config) do
    parts = if key in [:msg, :level] or fetch(key, meta) != :error, do: present, else: absent
    :lists.map(&part(&1, level, text, meta, config), parts)
  end

  defp part(key, _level, _text, meta, config) when is_list(key) do
    if :lists.all(&is_atom/1, key) and key != [], do: value(key, meta, config), else: key
  end

  defp part(text, _level, _text, _meta, _config), do: text

  defp fetch(path, meta) when is_list(path) do
    Enum.reduce_while(path, {:ok, meta}, fn key, {:ok, map} ->
      case map do
        %{^key => value} -> {:cont, {:ok, value}}
        _ -> {:halt, :error}
      end
    end)
  end

  defp fetch(key, meta), do: Map.fetch(meta, key)

  defp value(key, meta, config) do
    case fetch(key, meta) do
      {:ok, value} -> shown(key, value, config)
      :error -> ""
    end
  end

  defp shown(:time, value, config) when is_integer(value), do: time(value, config)
  defp shown(:mfa, {module, function, arity}, _config) when is_integer(arity), do: :io_lib.format("~w:~tw/~w", [module, function, arity])
  defp shown(_key, value, _config) when is_pid(value), do: :erlang.pid_to_list(value)
  defp shown(_key, value, _config) when is_reference(value), do: :erlang.ref_to_list(value)
  defp shown(_key, value, _config) when is_atom(value), do: :erlang.atom_to_binary(value)

  defp shown(_key, value, _config) do
    if is_binary(value) or (is_list(value) and :io_lib.printable_unicode_list(value)),
      do: value,
      else: :io_lib.format(~c"~0tp", [value])
  end

  @doc "Checks a formatter's configuration."
  def check_config(config) when is_map(config) do
    checks = %{
      single_line: &is_boolean/1,
      legacy_header: &is_boolean/1,
      template: &is_list/1,
      chars_limit: &limit?/1,
      max_size: &limit?/1,
      depth: &limit?/1,
      report_cb: &(is_function(&1, 1) or is_function(&1, 2)),
      time_offset: &(is_integer(&1) or is_binary(&1) or is_list(&1)),
      time_designator: &(is_integer(&1) and &1 in 0..255)
    }

    Enum.find_value(:lists.sort(Map.to_list(config)), :ok, fn {key, value} ->
      case checks do
        %{^key => check} -> if check.(value), do: nil, else: {:error, {:invalid_formatter_config, :logger_formatter, {key, value}}}
        _ -> {:error, {:invalid_formatter_config, :logger_formatter, {key, value}}}
      end
    end)
  end

  defp limit?(value), do: value == :unlimited or (is_integer(value) and value > 0)

  ## The message

  defp message(msg, meta, config, single_line?) do
    text = :unicode.characters_to_binary(chars(msg, meta, config, single_line?))
    text = String.trim_trailing(text, "\n")
    text = if single_line?, do: text |> String.trim_leading() |> String.replace(~r/,?\r?\n\s*/, ", "), else: text
    limited(text, :maps.get(:chars_limit, config, :unlimited))
  end

  defp chars({:string, string}, _meta, _config, _single_line?), do: string

  defp chars({:report, report}, meta, config, single_line?) do
    case :maps.get(:report_cb, config, :maps.get(:report_cb, meta, &:logger.format_otp_report/1)) do
      callback when is_function(callback, 1) ->
        {format, args} = callback.(report)
        formatted(format, args, config, single_line?)

      callback ->
        depth = :maps.get(:depth, config, :unlimited)
        callback.(report, %{depth: depth, chars_limit: :maps.get(:chars_limit, config, :unlimited), single_line: single_line?})
    end
  end

  defp chars({format, args}, _meta, config, single_line?), do: formatted(format, args, config, single_line?)

  # On one line, terms are not broken; with a depth they are cut.
  defp formatted(format, args, config, single_line?) do
    depth = :maps.get(:depth, config, :unlimited)

    parts =
      for part <- :io_lib.scan_format(format, args) do
        case part do
          %{control_char: char} when char in ~c"pPwW" -> part |> unbroken(single_line?) |> cut(depth)
          other -> other
        end
      end

    :io_lib.build_text(parts)
  end

  defp unbroken(%{control_char: char} = part, true) when char in ~c"pP", do: %{part | width: 0}
  defp unbroken(part, _single_line?), do: part

  defp cut(part, :unlimited), do: part
  defp cut(%{control_char: ?p, args: [term]} = part, depth), do: %{part | control_char: ?P, args: [term, depth]}
  defp cut(%{control_char: ?w, args: [term]} = part, depth), do: %{part | control_char: ?W, args: [term, depth]}
  defp cut(%{args: [term, own]} = part, depth), do: %{part | args: [term, min(own, depth)]}

  defp limited(chars, :unlimited), do: chars

  defp limited(chars, limit) do
    text = :unicode.characters_to_binary(chars)
    if String.length(text) > limit, do: String.slice(text, 0, max(limit - 3, 0)) <> "...", else: text
  end

  ## Time

  defp time(microseconds, config) do
    offset = :maps.get(:time_offset, config, "")
    options = [unit: :microsecond, time_designator: :maps.get(:time_designator, config, ?T)]
    options = if offset in ["", ~c""], do: options, else: [{:offset, if(is_binary(offset), do: :erlang.binary_to_list(offset), else: offset)} | options]
    :calendar.system_time_to_rfc3339(microseconds, options)
  end
end
