# answer: 435951783 1676209752 d8418dc5
# group: binaries and bit syntax
# CRC-32 and Adler-32 written out, byte by byte.
defmodule Checksums do
  import Bitwise
  @table List.to_tuple(for n <- 0..255, do: Enum.reduce(1..8, n, fn _, c -> if((c &&& 1) == 1, do: bxor(0xEDB88320, c >>> 1), else: c >>> 1) end))

  def crc(binary), do: bxor(crc(binary, 0xFFFFFFFF), 0xFFFFFFFF)
  defp crc(<<b, rest::binary>>, c), do: crc(rest, bxor(elem(@table, bxor(c, b) &&& 0xFF), c >>> 8))
  defp crc(<<>>, c), do: c

  def adler(binary), do: adler(binary, 1, 0)
  defp adler(<<x, rest::binary>>, a, b) do
    a = rem(a + x, 65521)
    adler(rest, a, rem(b + a, 65521))
  end
  defp adler(<<>>, a, b), do: b <<< 16 ||| a

  def fnv(binary), do: fnv(binary, 0x811C9DC5)
  defp fnv(<<x, rest::binary>>, h), do: fnv(rest, (bxor(h, x) * 0x01000193) &&& 0xFFFFFFFF)
  defp fnv(<<>>, h), do: h
end

data = for i <- 1..1_000_000, into: <<>>, do: <<rem(i * 131, 256)>>
crc = Enum.reduce(1..20, 0, fn _, _ -> Checksums.crc(data) end)
adler = Enum.reduce(1..20, 0, fn _, _ -> Checksums.adler(data) end)
fnv = Enum.reduce(1..20, 0, fn _, _ -> Checksums.fnv(data) end)
true = crc == :erlang.crc32(data) and adler == :erlang.adler32(data)
IO.puts("#{crc} #{adler} #{fnv |> Integer.to_string(16) |> String.downcase()}")
