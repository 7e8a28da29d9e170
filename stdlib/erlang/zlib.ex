defmodule :zlib do
  @moduledoc """
  Compression: of whole data (`compress/1`, `gzip/1`, `zip/1` and their counterparts) and by streams (`open/0`, `deflateInit/1`,
  `deflate/3`, `inflateInit/1`, `inflate/2` and the rest), which are native. Here are the functions over them, among them those of
  earlier releases.

      iex> :zlib.uncompress(:zlib.compress("abc"))
      "abc"
      iex> stream = :zlib.open()
      iex> :ok = :zlib.inflateInit(stream)
      iex> :erlang.iolist_to_binary(:zlib.inflate(stream, :zlib.compress("abc")))
      "abc"
  """

  @doc """
  The CRC-32 checksum of data. The stream has no part in it.

      iex> :zlib.crc32(:zlib.open(), "abc") == :erlang.crc32("abc")
      true
  """
  def crc32(stream, data) when is_reference(stream), do: :erlang.crc32(data)

  @doc """
  Goes on with a checksum.

      iex> :zlib.crc32(:zlib.open(), :erlang.crc32("ab"), "c") == :erlang.crc32("abc")
      true
  """
  def crc32(stream, checksum, data) when is_reference(stream), do: :erlang.crc32(checksum, data)

  @doc """
  The checksum of two pieces of data from theirs and the size of the second.

      iex> :zlib.crc32_combine(:zlib.open(), :erlang.crc32("ab"), :erlang.crc32("c"), 1) == :erlang.crc32("abc")
      true
  """
  def crc32_combine(stream, first, second, size) when is_reference(stream), do: :erlang.crc32_combine(first, second, size)

  @doc """
  The Adler-32 checksum of data. The stream has no part in it.

      iex> :zlib.adler32(:zlib.open(), "abc") == :erlang.adler32("abc")
      true
  """
  def adler32(stream, data) when is_reference(stream), do: :erlang.adler32(data)

  @doc """
  Goes on with a checksum.

      iex> :zlib.adler32(:zlib.open(), :erlang.adler32("ab"), "c") == :erlang.adler32("abc")
      true
  """
  def adler32(stream, checksum, data) when is_reference(stream), do: :erlang.adler32(checksum, data)

  @doc """
  The checksum of two pieces of data from theirs and the size of the second.

      iex> :zlib.adler32_combine(:zlib.open(), :erlang.adler32("ab"), :erlang.adler32("c"), 1) == :erlang.adler32("abc")
      true
  """
  def adler32_combine(stream, first, second, size) when is_reference(stream), do: :erlang.adler32_combine(first, second, size)

  @doc """
  Inflates a part of the data: `{:more, output}` when there is more to come by `inflateChunk/1`, else the output.

      iex> stream = :zlib.open()
      iex> :ok = :zlib.inflateInit(stream)
      iex> {:more, first} = :zlib.inflateChunk(stream, :zlib.compress(String.duplicate("a", 100_000)))
      iex> rest = :zlib.inflateChunk(stream)
      iex> :erlang.iolist_size([first, rest])
      100_000
  """
  def inflateChunk(stream, data) do
    case :zlib.safeInflate(stream, data) do
      {:continue, output} -> {:more, output}
      {:finished, output} -> output
    end
  end

  @doc """
  Goes on with what `inflateChunk/2` left.
  """
  def inflateChunk(stream), do: inflateChunk(stream, [])
end
