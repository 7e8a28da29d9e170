defmodule File.Stream do
  @moduledoc """
  A file as an enumerable of lines or of blocks of bytes, and a collectable: what `File.stream!/3` returns.

  The file is opened when the enumeration begins and closed when it ends, so a stream can be run again.
  """

  defstruct path: nil, modes: [], line_or_bytes: :line, raw: true, node: nil

  @type t :: %__MODULE__{}

  # Blocks in which lines are read.
  @block 65_536

  @doc false
  def __build__(path, line_or_bytes, modes) do
    raw = :lists.keyfind(:encoding, 1, modes) == false
    modes = if raw and not :lists.member(:raw, modes), do: [:raw | modes], else: modes
    %File.Stream{path: path, modes: modes, raw: raw, line_or_bytes: line_or_bytes, node: node()}
  end

  @doc false
  def __open__(%File.Stream{path: path, modes: modes}, extra) do
    case :file.open(path, open_modes(extra ++ modes)) do
      {:ok, device} -> device
      {:error, reason} -> raise File.Error, reason: reason, action: "stream", path: path
    end
  end

  defp open_modes(modes), do: for(mode <- modes, mode != :trim_bom, do: mode)

  @doc false
  # Calls fun with each element: the core of the enumeration.
  def __reduce__(%File.Stream{} = stream, acc, fun) do
    start = fn ->
      device = __open__(stream, [:read])
      if :lists.member(:trim_bom, stream.modes), do: trim_bom(device, stream.raw)
      {device, ""}
    end

    Stream.resource(start, next(stream), fn {device, _} -> :file.close(device) end).(acc, fun)
  end

  defp next(%File.Stream{raw: true, line_or_bytes: :line} = stream), do: &next_lines(&1, stream)

  defp next(%File.Stream{raw: true, line_or_bytes: bytes} = stream) do
    fn {device, _} = state ->
      case :file.read(device, bytes) do
        {:ok, data} -> {[data], state}
        :eof -> {:halt, state}
        {:error, reason} -> raise File.Error, reason: reason, action: "stream", path: stream.path
      end
    end
  end

  defp next(%File.Stream{line_or_bytes: line_or_chars} = stream) do
    fn {device, _} = state ->
      case IO.read(device, line_or_chars) do
        :eof -> {:halt, state}
        {:error, reason} -> raise File.Error, reason: reason, action: "stream", path: stream.path
        data -> {[data], state}
      end
    end
  end

  # All the lines of a block at once; the rest of the last one waits for the next block.
  defp next_lines({device, rest}, stream) do
    case :file.read(device, @block) do
      {:ok, block} ->
        {lines, rest} = lines(rest <> block)
        {lines, {device, rest}}

      :eof when rest == "" ->
        {:halt, {device, ""}}

      :eof ->
        {[rest], {device, ""}}

      {:error, reason} ->
        raise File.Error, reason: reason, action: "stream", path: stream.path
    end
  end

  defp lines(text) do
    cut(:binary.matches(text, "\n"), text, 0)
  end

  defp cut([{at, 1} | more], text, from) do
    line =
      if at > from and :binary.at(text, at - 1) == ?\r do
        binary_part(text, from, at - 1 - from) <> "\n"
      else
        binary_part(text, from, at + 1 - from)
      end

    {lines, rest} = cut(more, text, at + 1)
    {[line | lines], rest}
  end

  defp cut([], text, from), do: {[], binary_part(text, from, byte_size(text) - from)}

  # A byte order mark at the start of the file is passed over.
  defp trim_bom(device, true) do
    size =
      case :file.read(device, 4) do
        {:ok, bytes} -> bom_size(bytes)
        _ -> 0
      end

    {:ok, _} = :file.position(device, size)
  end

  defp trim_bom(device, false) do
    case IO.read(device, 1) do
      "\uFEFF" -> :ok
      _ -> {:ok, _} = :file.position(device, 0)
    end
  end

  defp bom_size(<<0xEF, 0xBB, 0xBF, _::binary>>), do: 3
  defp bom_size(<<0, 0, 0xFE, 0xFF>>), do: 4
  defp bom_size(<<0xFF, 0xFE, 0, 0>>), do: 4
  defp bom_size(<<0xFE, 0xFF, _::binary>>), do: 2
  defp bom_size(<<0xFF, 0xFE, _::binary>>), do: 2
  defp bom_size(_), do: 0

  @doc false
  def __count__(%File.Stream{raw: true, line_or_bytes: :line} = stream) do
    device = __open__(stream, [:read])

    try do
      count_lines(device, 0, "\n")
    after
      :file.close(device)
    end
  end

  defp count_lines(device, count, last) do
    case :file.read(device, @block) do
      {:ok, block} ->
        count_lines(
          device,
          count + length(:binary.matches(block, "\n")),
          binary_part(block, byte_size(block), -1)
        )

      _ when last == "\n" ->
        count

      _ ->
        count + 1
    end
  end

  defimpl Enumerable do
    def reduce(stream, acc, fun), do: File.Stream.__reduce__(stream, acc, fun)

    def count(%File.Stream{raw: true, modes: modes, line_or_bytes: :line} = stream) do
      if :lists.member(:trim_bom, modes), do: {:error, __MODULE__}, else: {:ok, File.Stream.__count__(stream)}
    end

    def count(%File.Stream{raw: true, modes: modes, path: path, line_or_bytes: bytes}) do
      case :file.read_file_info(path) do
        {:ok, info} when is_integer(bytes) ->
          if :lists.member(:trim_bom, modes),
            do: {:error, __MODULE__},
            else: {:ok, div(elem(info, 1) + bytes - 1, bytes)}

        {:error, reason} ->
          raise File.Error, reason: reason, action: "stream", path: path
      end
    end

    def count(_), do: {:error, __MODULE__}
    def member?(_, _), do: {:error, __MODULE__}
    def slice(_), do: {:error, __MODULE__}
  end

  defimpl Collectable do
    def into(%File.Stream{raw: raw, modes: modes} = stream) do
      modes = for mode <- modes, mode not in [:read], do: mode
      device = File.Stream.__open__(%{stream | modes: modes}, [:write])
      {:ok, collector(device, stream, raw)}
    end

    defp collector(device, stream, raw) do
      fn
        :ok, {:cont, data} when raw ->
          case :file.write(device, data) do
            :ok -> :ok
            {:error, reason} -> raise File.Error, reason: reason, action: "stream", path: stream.path
          end

        :ok, {:cont, data} ->
          IO.write(device, data)

        :ok, :done ->
          :ok = :file.close(device)
          stream

        :ok, :halt ->
          :file.close(device)
          :ok
      end
    end
  end
end
