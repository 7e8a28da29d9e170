# answer: 600000 380897231520 59729000 1600000
# group: binaries and bit syntax
# Packets parsed with bit syntax: fields of odd widths, lengths inside, all-integer loops.
defmodule BitsMatch do
  def packets(n), do: for(i <- 1..n, into: <<>>, do: <<4::4, 5::4, rem(i, 64)::6, 0::2, 12::16, i::32, 1::1, rem(i, 128)::7, i::little-16, "data">>)

  def parse(<<4::4, 5::4, _dscp::6, _::2, length::16, _id::32, flag::1, ttl::7, port::little-16, body::binary-size(4), rest::binary>>, count, sum)
      when length == 12 and body == "data" do
    parse(rest, count + flag, sum + ttl * port)
  end

  def parse(<<>>, count, sum), do: {count, sum}

  def bits(<<1::1, rest::bitstring>>, n), do: bits(rest, n + 1)
  def bits(<<0::1, rest::bitstring>>, n), do: bits(rest, n)
  def bits(<<>>, n), do: n

  def sum16(<<x::16, rest::binary>>, sum), do: sum16(rest, rem(sum + x, 65521))
  def sum16(_, sum), do: sum
end

packets = BitsMatch.packets(20_000)
{count, fields} = Enum.reduce(1..30, {0, 0}, fn _, {count, sum} -> BitsMatch.parse(packets, count, sum) end)
text = for i <- 1..500, into: <<>>, do: <<i::16>>
sum = Enum.reduce(1..1000, 0, fn _, sum -> sum + BitsMatch.sum16(text, 0) end)
ones = BitsMatch.bits(:binary.copy(<<0b10110010>>, 400_000), 0)
IO.puts("#{count} #{fields} #{sum} #{ones}")
