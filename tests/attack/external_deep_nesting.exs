# expect: error ArgumentError
deep = :binary.copy(<<108, 1::32>>, 1_000_000) <> <<106>> <> :binary.copy(<<106>>, 1_000_000)
is_list(:erlang.binary_to_term(<<131>> <> deep))
