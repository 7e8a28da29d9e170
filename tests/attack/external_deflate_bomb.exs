# expect: error ArgumentError
zeros = :zlib.compress(:binary.copy(<<97, 1>>, 8_000_000))
:erlang.binary_to_term(<<131, 80, 3_000_000_000::32>> <> zeros)
