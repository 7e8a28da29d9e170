defmodule :error_logger do
  @moduledoc """
  The logging functions of old, over `:logger`.
  """

  @doc "Logs an error."
  def error_msg(format), do: error_msg(format, [])
  def error_msg(format, args), do: log_format(:error, {format, args}, :error)

  @doc "Logs an error in a given format."
  def format(format, args), do: error_msg(format, args)

  @doc "Logs a warning."
  def warning_msg(format), do: warning_msg(format, [])
  def warning_msg(format, args), do: log_format(:warning, {format, args}, :warning_msg)

  @doc "Logs information."
  def info_msg(format), do: info_msg(format, [])
  def info_msg(format, args), do: log_format(:notice, {format, args}, :info_msg)

  @doc "Logs an error report."
  def error_report(report), do: error_report(:std_error, report)
  def error_report(type, report), do: report(:error, type, report, :error_report)

  @doc "Logs a warning report."
  def warning_report(report), do: warning_report(:std_warning, report)
  def warning_report(type, report), do: report(:warning, type, report, :warning_report)

  @doc "Logs an information report."
  def info_report(report), do: info_report(:std_info, report)
  def info_report(type, report), do: report(:notice, type, report, :info_report)

  defp log_format(level, {format, args}, tag),
    do: :logger.log(level, format, args, %{error_logger: %{tag: tag}})

  defp report(level, type, report, tag) do
    :logger.log(level, %{label: {:error_logger, tag}, report: report}, %{
      error_logger: %{tag: tag, type: type},
      report_cb: &:error_logger.report_to_format/1
    })
  end

  @doc false
  def report_to_format(%{label: {:error_logger, _}, report: report}) when is_list(report) or is_map(report),
    do: :logger.format_report(report)

  def report_to_format(%{label: {:error_logger, _}, report: report}), do: {~c"~tp", [report]}

  @doc "Turns the default handler on or off."
  def tty(true) do
    case :logger.get_handler_config(:default) do
      {:ok, _} -> :ok
      _ -> :logger.add_handler(:default, :logger_std_h, :logger_config.default_handler([]))
    end

    :ok
  end

  def tty(false) do
    :logger.remove_handler(:default)
    :ok
  end

  @doc "Adds a handler of `:gen_event`'s kind, which gets old-style events such as `{:error, leader, {pid, format, args}}`."
  def add_report_handler(module), do: add_report_handler(module, [])

  def add_report_handler(module, args) do
    case :gen_event.start({:local, :error_logger}) do
      {:ok, _} -> :logger.add_handler(:error_logger, :error_logger, %{})
      {:error, {:already_started, _}} -> :ok
    end

    :gen_event.add_handler(:error_logger, module, args)
  end

  @doc "Removes a handler."
  def delete_report_handler(module), do: :gen_event.delete_handler(:error_logger, module, [])

  @doc "Returns the handlers."
  def which_report_handlers do
    if :erlang.whereis(:error_logger) == :undefined, do: [], else: :gen_event.which_handlers(:error_logger)
  end

  # The logger's handler that feeds the event manager.
  @doc false
  def log(%{level: level, msg: msg, meta: meta}, _config) do
    pid = :maps.get(:pid, meta, self())
    leader = :maps.get(:gl, meta, :erlang.group_leader())
    defaults = :maps.get(:error_logger, meta, %{})

    event =
      case msg do
        {:report, %{report: report}} ->
          {report_tag(level), leader, {pid, :maps.get(:type, defaults, type(level)), report}}

        {:report, report} ->
          {report_tag(level), leader, {pid, :maps.get(:type, defaults, type(level)), report}}

        {:string, string} ->
          {tag(level), leader, {pid, ~c"~ts", [string]}}

        {format, args} ->
          {tag(level), leader, {pid, format, args}}
      end

    :gen_event.notify(:error_logger, event)
  end

  defp tag(:warning), do: :warning_msg
  defp tag(level) when level in [:notice, :info, :debug], do: :info_msg
  defp tag(_level), do: :error

  defp report_tag(:warning), do: :warning_report
  defp report_tag(level) when level in [:notice, :info, :debug], do: :info_report
  defp report_tag(_level), do: :error_report

  defp type(:warning), do: :std_warning
  defp type(level) when level in [:notice, :info, :debug], do: :std_info
  defp type(_level), do: :std_error
end
