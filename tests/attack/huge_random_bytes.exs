# expect: error ArgumentError
:crypto.strong_rand_bytes(1_000_000_000_000)
