# expect: error ArgumentError
is_tuple(:erlang.binary_to_term(<<131>> <> :binary.copy(<<104, 1>>, 2_000_000) <> <<106>>))
