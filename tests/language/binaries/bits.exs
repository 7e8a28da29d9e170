# case: bits: construction
IO.inspect(<<1, 2, 3>>)
IO.inspect(<<1::16>>)
IO.inspect(<<1::16-little>>)
IO.inspect(<<-1::8>>)
IO.inspect(<<1.5::float>>)
IO.inspect(<<3::size(2)-unit(4)>>)
# expect: <<1, 2, 3>>
# expect: <<0, 1>>
# expect: <<1, 0>>
# expect: <<255>>
# expect: <<63, 248, 0, 0, 0, 0, 0, 0>>
# expect: <<3>>

# case: bits: strings in binaries
IO.inspect(<<"abc", 0>>)
IO.inspect(<<"é"::utf8>>)
IO.inspect(<<"a"::utf16>>)
IO.inspect(<<?é::utf8>>)
# expect: <<97, 98, 99, 0>>
# expect: "é"
# expect: <<0, 97>>
# expect: "é"

# case: bits: bitstrings
IO.inspect(<<1::3>>)
IO.inspect(<<5::3, 2::5>>)
IO.inspect(bit_size(<<1::3>>))
IO.inspect(is_binary(<<1::3>>))
IO.inspect(is_bitstring(<<1::3>>))
# expect: <<1::size(3)>>
# expect: <<162>>
# expect: 3
# expect: false
# expect: true

# case: bits: nested binaries
IO.inspect((x = <<1, 2>>; <<x::binary, 3>>))
IO.inspect((x = <<1::4>>; <<x::bitstring, 2::4>>))
# expect: <<1, 2, 3>>
# expect: <<18>>

# case: bits: big integers
IO.inspect(<<256::8>>)
IO.inspect(<<0x123456789ABCDEF0::64>>)
IO.inspect(<<1::100>>)
# expect: <<0>>
# expect: <<18, 52, 86, 120, 154, 188, 222, 240>>
# expect: <<0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1::size(4)>>

# case: bits: match integers
<<a, b::16, rest::binary>> = <<1, 2, 3, 4, 5>>
IO.inspect({a, b, rest})
<<x::4, y::4>> = <<0xAB>>
IO.inspect({x, y})
<<s::signed-8>> = <<255>>
IO.inspect(s)
<<l::little-32>> = <<1, 0, 0, 0>>
IO.inspect(l)
# expect: {1, 515, <<4, 5>>}
# expect: {10, 11}
# expect: -1
# expect: 1

# case: bits: sizes bound earlier in the pattern
<<n, data::binary-size(n), rest::binary>> = <<3, "abcde">>
IO.inspect({n, data, rest})
<<n::8, x::size(n)>> = <<8, 77>>
IO.inspect(x)
# expect: {3, "abc", "de"}
# expect: 77

# case: bits: floats and utf
<<f::float-32>> = <<63, 192, 0, 0>>
IO.inspect(f)
<<c::utf8, rest::binary>> = "éa"
IO.inspect({c, rest})
# expect: 1.5
# expect: {233, "a"}

# case: bits: match fails
f = fn <<1, _::binary>> -> :one; <<_::1>> -> :bit; _ -> :other end
IO.inspect(Enum.map([<<1, 2>>, <<0::1>>, <<>>, :x], f))
# expect: [:one, :bit, :other, :other]

# case: bits: comprehension over a binary
IO.inspect(for <<x <- <<1, 2, 3>> >>, do: x * 2)
IO.inspect(for <<a::4 <- <<0xAB>> >>, do: a)
IO.inspect(for x <- [1, 2], into: <<>>, do: <<x>>)
# expect: [2, 4, 6]
# expect: ~c"\n\v"
# expect: <<1, 2>>

# case: bits: parse a header
defmodule H do
  def parse(<<"PK", v::16, len::16, name::binary-size(len), _::bits>>), do: {:ok, v, name}
  def parse(_), do: :error
end
IO.inspect(H.parse(<<"PK", 20::16, 3::16, "abcxyz">>))
IO.inspect(H.parse("nope"))
# expect: {:ok, 20, "abc"}
# expect: :error

# case: bits: loop over bytes
defmodule B do
  def sum(<<x, r::binary>>, a), do: sum(r, a + x)
  def sum(<<>>, a), do: a
end
IO.puts(B.sum(:binary.copy(<<1, 2, 3>>, 1000), 0))
# expect: 6000

# case: bits: append in a loop
IO.puts(byte_size(Enum.reduce(1..1000, <<>>, fn i, acc -> <<acc::binary, i::16>> end)))
# expect: 2000

# case: bits: :binary module
IO.inspect(:binary.split("a,b,c", ",", [:global]))
IO.inspect(:binary.match("hello", "l"))
IO.inspect(:binary.decode_unsigned(<<1, 0>>))
IO.inspect(:binary.encode_unsigned(256))
# expect: ["a", "b", "c"]
# expect: {2, 1}
# expect: 256
# expect: <<1, 0>>

# case: bits: bad construction raises
x = :a
try do
  <<x::8>>
rescue
  e in ArgumentError -> IO.inspect(e.__struct__)
end
# expect: ArgumentError

# case: floats too large for their segment become infinities
narrow = fn x -> {<<x::float-32>>, <<x::float-16>>} end
IO.inspect(narrow.(1.0e300))   # expect: {<<127, 128, 0, 0>>, <<124, 0>>}
IO.inspect(narrow.(-1.0e300))  # expect: {<<255, 128, 0, 0>>, <<252, 0>>}
IO.inspect(match?(<<_::float-32>>, <<127, 128, 0, 0>>))  # expect: false

# case: bits: parts of any length at any place, bit by bit
data = for i <- 0..40, into: <<>>, do: <<rem(i * 73 + 29, 256)>>
bits = fn text -> for <<bit::1 <- text>>, do: bit end
all = bits.(data)

wrong =
  for from <- 0..17, at <- 0..17, size <- [0, 1, 5, 8, 13, 63, 64, 71, 72, 130, 200] do
    <<_::size(from), part::bitstring-size(size), _::bitstring>> = data
    built = <<-1::size(at), part::bitstring, 5::3>>
    if bits.(built) == List.duplicate(1, at) ++ Enum.slice(all, from, size) ++ [1, 0, 1], do: nil, else: {from, at, size}
  end

IO.inspect(Enum.reject(wrong, &is_nil/1))   # expect: []

wrong =
  for size <- 1..70, at <- 0..9, value <- [0, -1, 5, -6, 0x5A5A5A5A5A5A5A, 2 ** 59 - 1, -(2 ** 59), 2 ** 64 + 3] do
    built = <<-1::size(at), value::size(size), 2::2>>
    <<head::size(at), got::size(size), tail::2>> = built
    if {head, got, tail} == {2 ** at - 1, Integer.mod(value, 2 ** size), 2}, do: nil, else: {size, at, value}
  end

IO.inspect(Enum.reject(wrong, &is_nil/1))   # expect: []
