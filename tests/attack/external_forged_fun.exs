# expect: error ArgumentError
:erlang.binary_to_term(<<131, 112, 0, 0, 0, 50, 0>> <> :binary.copy(<<0>>, 45))
