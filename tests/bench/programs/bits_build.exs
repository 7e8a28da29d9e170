# answer: 8000000 1333332 3000000
# group: binaries and bit syntax
# Binaries built: appended in a loop, from comprehensions, base 64 by hand, fields packed.
defmodule BitsBuild do
  def append(0, acc), do: acc
  def append(n, acc), do: append(n - 1, <<acc::binary, n::32>>)

  @alphabet List.to_tuple(Enum.concat([?A..?Z, ?a..?z, ?0..?9, [?+, ?/]]))
  def base64(<<a::6, b::6, c::6, d::6, rest::binary>>, acc),
    do: base64(rest, <<acc::binary, elem(@alphabet, a), elem(@alphabet, b), elem(@alphabet, c), elem(@alphabet, d)>>)
  def base64(_, acc), do: acc

  def pack(list), do: for({a, b, c} <- list, into: <<>>, do: <<a::3, b::13, c::float-32>>)
end

text = BitsBuild.append(2_000_000, <<>>)
coded = BitsBuild.base64(binary_part(text, 0, 1_000_000), <<>>)
packed = Enum.reduce(1..10, 0, fn _, size -> size + byte_size(BitsBuild.pack(for i <- 1..50_000, do: {rem(i, 8), i, i / 2})) end)
IO.puts("#{byte_size(text)} #{byte_size(coded)} #{packed}")
