# expect: error SystemLimitError
items = 40_000_000
plain = <<108, items::32>> <> :binary.copy(<<106>>, items + 1)
:erlang.binary_to_term(<<131, 80, byte_size(plain)::32>> <> :zlib.compress(plain)) |> length()
