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
  Compresses data, with the header of zlib.

      iex> :zlib.uncompress(:zlib.compress("abc"))
      "abc"
  """
  def compress(data)

  @doc """
  The counterpart of `compress/1`; raises `:data_error` if it is none.

      iex> :zlib.uncompress(:zlib.compress("abc"))
      "abc"
  """
  def uncompress(data)

  @doc """
  Compresses data without a header.

      iex> :zlib.unzip(:zlib.zip("abc"))
      "abc"
  """
  def zip(data)

  @doc """
  The counterpart of `zip/1`.

      iex> :zlib.unzip(:zlib.zip("abc"))
      "abc"
  """
  def unzip(data)

  @doc """
  Compresses data as gzip does.

      iex> :zlib.gunzip(:zlib.gzip("abc"))
      "abc"
  """
  def gzip(data)

  @doc """
  The counterpart of `gzip/1`.

      iex> :zlib.gunzip(:zlib.gzip("abc"))
      "abc"
  """
  def gunzip(data)

  @doc """
  A stream, for `deflateInit/1` or `inflateInit/1`.

      iex> is_reference(:zlib.open())
      true
  """
  def open()

  @doc """
  Ends a stream.

      iex> :zlib.close(:zlib.open())
      :ok
  """
  def close(stream)

  @doc """
  Makes a stream compress; a level, or all of its settings, may follow.

      iex> stream = :zlib.open()
      iex> :zlib.deflateInit(stream)
      :ok
  """
  def deflateInit(stream)

  @doc """
  Compresses a part of the data; what comes out may come later.

      iex> stream = :zlib.open()
      iex> :ok = :zlib.deflateInit(stream)
      iex> is_list(:zlib.deflate(stream, "abc"))
      true
  """
  def deflate(stream, data)

  @doc """
  The same; `:finish` ends the data.

      iex> stream = :zlib.open()
      iex> :ok = :zlib.deflateInit(stream)
      iex> stream |> :zlib.deflate("abc", :finish) |> IO.iodata_to_binary() |> :zlib.uncompress()
      "abc"
  """
  def deflate(stream, data, flush)

  @doc """
  Sets what the data is likely to hold; the checksum of it.
  """
  def deflateSetDictionary(stream, dictionary)

  @doc """
  Begins anew with the same settings.

      iex> stream = :zlib.open()
      iex> :ok = :zlib.deflateInit(stream)
      iex> :zlib.deflateReset(stream)
      :ok
  """
  def deflateReset(stream)

  @doc """
  Ends compressing; raises `:data_error` if data was not finished.

      iex> stream = :zlib.open()
      iex> :ok = :zlib.deflateInit(stream)
      iex> :zlib.deflateEnd(stream)
      :ok
  """
  def deflateEnd(stream)

  @doc """
  Makes a stream decompress; window bits may follow.

      iex> stream = :zlib.open()
      iex> :zlib.inflateInit(stream)
      :ok
  """
  def inflateInit(stream)

  @doc """
  Decompresses a part of the data.

      iex> stream = :zlib.open()
      iex> :ok = :zlib.inflateInit(stream)
      iex> stream |> :zlib.inflate(:zlib.compress("abc")) |> IO.iodata_to_binary()
      "abc"
  """
  def inflate(stream, data)

  @doc """
  Decompresses some of the data: `{:continue, output}` or `{:finished, output}`, so that no input makes an output without bounds.

      iex> stream = :zlib.open()
      iex> :ok = :zlib.inflateInit(stream)
      iex> :zlib.safeInflate(stream, :zlib.compress("abc"))
      {:finished, ["abc"]}
  """
  def safeInflate(stream, data)

  @doc """
  Sets the dictionary that the data was compressed with.
  """
  def inflateSetDictionary(stream, dictionary)

  @doc """
  Begins anew with the same settings.

      iex> stream = :zlib.open()
      iex> :ok = :zlib.inflateInit(stream)
      iex> :zlib.inflateReset(stream)
      :ok
  """
  def inflateReset(stream)

  @doc """
  Ends decompressing; raises `:data_error` if the end of the data has not come.
  """
  def inflateEnd(stream)

  @doc """
  Gives a stream to another process.
  """
  def set_controlling_process(stream, process)

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
