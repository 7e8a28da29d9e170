defmodule Logger.Filter do
  @moduledoc false
  # The primary filters that Elixir's logger needs: levels per process, and the translation
  # of OTP's reports.

  @process_level {Logger, :level}

  def process_level(%{level: level}, _extra) do
    case Process.get(@process_level) do
      nil -> :ignore
      process_level -> if :logger.compare_levels(level, process_level) == :lt, do: :stop, else: :ignore
    end
  end

  def translate(%{meta: %{domain: [:otp, :sasl | _]}}, %{sasl: false}), do: :stop
  def translate(%{meta: %{domain: [:supervisor_report | _]}}, %{sasl: false}), do: :stop
  def translate(%{msg: {:string, _}}, _config), do: :ignore

  def translate(%{msg: msg, level: level} = event, config) do
    %{level: min_level} = :logger.get_primary_config()

    case run(config.translators, min_level, level, msg, config) do
      {:ok, chardata, meta} ->
        %{event | msg: {:string, chardata}, meta: :maps.merge(event.meta, :maps.from_list(meta))}

      {:ok, chardata} ->
        %{event | msg: {:string, chardata}}

      :skip ->
        :stop

      :none ->
        :ignore
    end
  end

  defp run(_, _, _, {:report, %{label: {:application_controller, _}}}, %{otp: false}), do: :skip

  defp run(translators, min_level, level, {:report, %{label: label, report: report} = full}, config)
       when map_size(full) == 2 do
    run(translators, min_level, level, :report, {label, report}, config)
  end

  defp run(translators, min_level, level, {:report, %{label: label} = report}, config) do
    run(translators, min_level, level, :report, {label, :maps.remove(:label, report)}, config)
  end

  defp run(translators, min_level, level, {:report, report}, config) do
    run(translators, min_level, level, :report, {:logger, report}, config)
  end

  defp run(translators, min_level, level, {format, args}, config) do
    run(translators, min_level, level, :format, {format, args}, config)
  end

  defp run([{module, function} | rest], min_level, level, kind, message, config) do
    case apply(module, function, [min_level, level, kind, message]) do
      :none -> run(rest, min_level, level, kind, message, config)
      other -> other
    end
  end

  defp run([], _, _, _, _, _), do: :none
end
