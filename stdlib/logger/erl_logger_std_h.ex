defmodule :logger_std_h do
  @moduledoc """
  The handler that prints: events are formatted and written, in the process that logs, to
  the device of its configuration (`:standard_io`, `:standard_error` or `{:file, path}`).
  """

  @doc false
  def adding_handler(config) do
    own = :maps.merge(%{type: :standard_io}, :maps.get(:config, config, %{}))

    own =
      case own do
        %{file: file} -> :maps.put(:type, {:file, file}, own)
        _ -> own
      end

    {:ok, :maps.put(:config, own, config)}
  end

  @doc false
  def changing_config(_how, _old, new), do: {:ok, new}

  @doc "Formats and writes an event."
  def log(event, %{config: own, formatter: {module, formatter_config}}) do
    text = module.format(event, formatter_config)

    case own do
      %{type: :standard_error} -> :io.put_chars(:standard_error, text)
      %{type: {:file, file}} -> append(file, text)
      %{type: {:file, file, _modes}} -> append(file, text)
      %{type: {:device, device}} -> :io.put_chars(device, text)
      _ -> :io.put_chars(standard_device(), text)
    end

    :ok
  end

  # Logs must not go to a group leader that captures output or belongs to another shell.
  defp standard_device do
    case :erlang.whereis(:user) do
      :undefined -> :erlang.group_leader()
      pid -> pid
    end
  end

  defp append(file, text) do
    bytes = :unicode.characters_to_binary(text)
    :prim_file.write_file(file, bytes, [:append])
  end

  @doc "Waits until everything is written, which it always is."
  def filesync(_handler), do: :ok
end
