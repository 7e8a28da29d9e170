defmodule IO.StreamError do
  @moduledoc """
  Raised when a device fails while a stream reads from it.
  """
  defexception [:reason]

  @impl true
  def message(%{reason: reason}) do
    case :file.format_error(reason) do
      ~c"unknown POSIX error" -> "error during streaming: #{inspect(reason)}"
      text -> "error during streaming: #{text}"
    end
  end
end

defmodule IO.Stream do
  @moduledoc """
  A device as an enumerable and a collectable: what `IO.stream/2` and `IO.binstream/2` return.

  `device` is the device, `raw` whether it gives bytes, `line_or_bytes` the size of an element. A device is
  read once: the stream goes on where the last one stopped.
  """
  defstruct device: nil, raw: true, line_or_bytes: :line

  @type t :: %__MODULE__{device: IO.device(), raw: boolean, line_or_bytes: :line | pos_integer}

  @doc false
  def __build__(device, raw, line_or_bytes),
    do: %IO.Stream{device: device, raw: raw, line_or_bytes: line_or_bytes}

  defimpl Collectable do
    def into(%{device: device, raw: raw} = stream) do
      {:ok, into(stream, device, raw)}
    end

    defp into(stream, device, raw) do
      fn
        :ok, {:cont, data} when raw -> IO.binwrite(device, data)
        :ok, {:cont, data} -> IO.write(device, data)
        :ok, :done -> stream
        :ok, :halt -> :ok
      end
    end
  end

  defimpl Enumerable do
    def reduce(%{device: device, raw: raw, line_or_bytes: size}, acc, fun) do
      next = if raw, do: &IO.each_binstream(&1, size), else: &IO.each_stream(&1, size)
      Stream.resource(fn -> device end, next, & &1).(acc, fun)
    end

    def count(_), do: {:error, __MODULE__}
    def member?(_, _), do: {:error, __MODULE__}
    def slice(_), do: {:error, __MODULE__}
  end
end
