# answer: {266668, true, true, 3072943774}
# group: binaries and bit syntax
# Base64 both ways in clauses of the language, six bits at a time.
defmodule B64 do
  @alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" |> String.to_charlist()
  for {c, i} <- Enum.with_index(@alphabet) do
    defp enc(unquote(i)), do: unquote(c)
    defp dec(unquote(c)), do: unquote(i)
  end

  def encode(bin), do: encode(bin, "")
  defp encode(<<a::6, b::6, c::6, d::6, rest::binary>>, acc), do: encode(rest, acc <> <<enc(a), enc(b), enc(c), enc(d)>>)
  defp encode(<<a::6, b::6, c::4>>, acc), do: acc <> <<enc(a), enc(b), enc(c * 4), ?=>>
  defp encode(<<a::6, b::2>>, acc), do: acc <> <<enc(a), enc(b * 16), ?=, ?=>>
  defp encode(<<>>, acc), do: acc
  def decode(bin), do: decode(bin, [])
  defp decode(<<a, b, ?=, ?=>>, acc), do: fin([<<dec(a)::6, div(dec(b), 16)::2>> | acc])
  defp decode(<<a, b, c, ?=>>, acc), do: fin([<<dec(a)::6, dec(b)::6, div(dec(c), 4)::4>> | acc])
  defp decode(<<a, b, c, d, rest::binary>>, acc), do: decode(rest, [<<dec(a)::6, dec(b)::6, dec(c)::6, dec(d)::6>> | acc])
  defp decode(<<>>, acc), do: fin(acc)
  defp fin(acc), do: acc |> Enum.reverse() |> IO.iodata_to_binary()
end

data = for i <- 1..200_001, into: "", do: <<rem(i * 7919, 256)>>
enc = Enum.reduce(1..20, "", fn _, _ -> B64.encode(data) end)
dec = Enum.reduce(1..10, "", fn _, _ -> B64.decode(enc) end)
IO.inspect({byte_size(enc), dec == data, Base.encode64(data) == enc, :erlang.crc32(enc)})
