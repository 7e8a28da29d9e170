defmodule ExUnit.CaptureLog do
  @moduledoc """
  Captures what is logged.

      import ExUnit.CaptureLog
      require Logger

      assert capture_log(fn -> Logger.error("log msg") end) =~ "log msg"

  Logs of other processes in the meantime are captured too. With `@tag :capture_log` the logs of a test are shown
  only when it fails.
  """

  @doc """
  Returns what is logged while `fun` runs. Options: `:level`, and those of `Logger.Formatter.new/1`.
  """
  @spec capture_log(keyword, (() -> any)) :: String.t()
  def capture_log(opts \\ [], fun) do
    {_result, log} = with_log(opts, fun)
    log
  end

  @doc """
  Like `capture_log/2`; returns `{result, log}`.
  """
  @spec with_log(keyword, (() -> any)) :: {any, String.t()}
  def with_log(opts \\ [], fun) when is_list(opts) do
    {level, formatter_opts} = Keyword.pop(opts, :level)

    if level != nil and level not in [:all, :none | Logger.levels()] do
      raise ArgumentError, "invalid log level: #{inspect(level)}"
    end

    {:ok, string_io} = StringIO.open("")

    formatter =
      Logger.default_formatter(
        Keyword.put_new(formatter_opts, :colors, Application.get_env(:ex_unit, :log_colors, enabled: false))
      )

    ref = ExUnit.CaptureServer.log_capture_on(self(), string_io, level: level, formatter: formatter)

    try do
      result = fun.()
      Logger.flush()
      ExUnit.CaptureServer.log_capture_off(ref)
      {:ok, {_input, output}} = StringIO.close(string_io)
      {result, output}
    catch
      kind, reason ->
        ExUnit.CaptureServer.log_capture_off(ref)
        :erlang.raise(kind, reason, __STACKTRACE__)
    end
  end
end
