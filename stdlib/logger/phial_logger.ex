defmodule :phial_logger do
  @moduledoc """
  What the machine calls to have its own events logged.
  """

  @doc """
  Reports a plain process that ended with an error or an uncaught throw.

  `reason` is the error's reason or `{:nocatch, value}`; `meta` is a map of metadata of the
  process (group leader, time), which may be empty.
  """
  def process_crashed(pid, reason, stacktrace, meta) do
    {reason, stacktrace} = split(reason, stacktrace)

    :logger.log_event(%{
      level: :error,
      msg: {~c"Error in process ~p with exit value:~n~p~n", [pid, {reason, stacktrace}]},
      meta:
        :maps.merge(
          %{pid: pid, error_logger: %{tag: :error, emulator: true}},
          if(is_map(meta), do: meta, else: %{})
        )
    })
  end

  defp split({reason, [entry | _] = stacktrace}, []) when is_tuple(entry), do: {reason, stacktrace}
  defp split(reason, stacktrace), do: {reason, stacktrace}
end
