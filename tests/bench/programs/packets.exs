# answer: {21290695, 21272312, 21264545}
# group: binaries and bit syntax
# Packets with flags and checksums, and numbers of variable length, both ways.
defmodule Packet do
  defstruct [:version, :type, :flags, :seq, :payload, :crc]

  def encode(%Packet{} = p) do
    body = <<p.version::4, p.type::4, encode_flags(p.flags)::bitstring, p.seq::24, byte_size(p.payload)::16, p.payload::binary>>
    <<body::binary, :erlang.crc32(body)::32>>
  end

  defp encode_flags(flags), do: <<b(flags, :ack)::1, b(flags, :syn)::1, b(flags, :fin)::1, 0::5>>
  defp b(flags, k), do: if(k in flags, do: 1, else: 0)

  def decode(
        <<v::4, t::4, ack::1, syn::1, fin::1, _::5, seq::24, len::16, payload::binary-size(len), crc::32, rest::binary>> = all
      ) do
    body = binary_part(all, 0, 7 + len)

    if :erlang.crc32(body) == crc do
      flags = for {1, f} <- [{ack, :ack}, {syn, :syn}, {fin, :fin}], do: f
      {:ok, %Packet{version: v, type: t, flags: flags, seq: seq, payload: payload, crc: crc}, rest}
    else
      {:error, :crc}
    end
  end

  def decode(<<>>), do: :done

  def all(bin, acc),
    do:
      (case decode(bin) do
         {:ok, p, r} -> all(r, [p | acc])
         :done -> Enum.reverse(acc)
       end)
end

defmodule Varint do
  import Bitwise
  def enc(n) when n < 128, do: <<n>>
  def enc(n), do: <<1::1, n &&& 127::7, enc(n >>> 7)::binary>>
  def dec(bin), do: dec(bin, 0, 0)
  defp dec(<<1::1, n::7, r::binary>>, s, acc), do: dec(r, s + 7, acc ||| n <<< s)
  defp dec(<<0::1, n::7, r::binary>>, s, acc), do: {acc ||| n <<< s, r}
  def dec_all(<<>>, acc), do: acc

  def dec_all(b, acc),
    do:
      (
        {n, r} = dec(b)
        dec_all(r, acc + n)
      )
end

defmodule Main do
  def run do
    ps =
      for i <- 1..60_000,
          do: %Packet{
            version: rem(i, 16),
            type: rem(i, 5),
            flags: Enum.at([[], [:ack], [:syn, :ack], [:fin]], rem(i, 4)),
            seq: i,
            payload: String.duplicate("x", rem(i, 40))
          }

    bin = for p <- ps, into: <<>>, do: Packet.encode(p)
    dec = Packet.all(bin, [])

    IO.inspect(
      {byte_size(bin), length(dec), dec |> Enum.map(& &1.seq) |> Enum.sum(),
       dec |> Enum.flat_map(& &1.flags) |> Enum.frequencies()}
    )

    v = 1..300_000 |> Enum.map(&Varint.enc(&1 * 37)) |> IO.iodata_to_binary()
    IO.inspect({byte_size(v), Varint.dec_all(v, 0)})

    bits =
      for <<b::1 <- binary_part(bin, 0, 150_000)>>, b == 1, reduce: 0 do
        n -> n + 1
      end

    IO.inspect(bits)

    IO.inspect(
      for <<r::8, g::8, b::8 <- binary_part(bin, 0, 600_000)>>, reduce: {0, 0, 0} do
        {x, y, z} -> {x + r, y + g, z + b}
      end
    )
  end
end

Main.run()
