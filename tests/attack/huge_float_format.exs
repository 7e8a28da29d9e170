# expect: error ArgumentError
:erlang.float_to_binary(1.0e300, decimals: 2_000_000_000)
