defmodule :phial_host_log do
  @moduledoc """
  The Logger's handler in a program that takes the messages itself (`log` of the embedding API's configuration). It stands in place of the
  handler that prints; levels, filters and translators have done their work before.
  """

  @doc false
  def adding_handler(config), do: {:ok, config}

  @doc false
  def changing_config(_how, _old, new), do: {:ok, new}

  @doc "Hands an event's level, text and metadata to the host."
  def log(%{level: level, meta: meta} = event, _config) do
    text = Logger.Formatter.format_event(event, :infinity)
    :erlang.apply(:phial_host_log_sink, :write, [level, :unicode.characters_to_binary(text), meta])
    :ok
  end

  @doc "Whether the host takes the messages."
  def wanted?, do: :erlang.function_exported(:phial_host_log_sink, :write, 3)
end
