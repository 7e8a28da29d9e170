# expect: error ArgumentError
for size <- [0xffffffff, 0x7fffffff, 0, 1], do: :erlang.binary_to_term(<<131, 80, size::32>> <> :zlib.compress(<<106, 106>>))
