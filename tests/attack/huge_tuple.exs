# expect: error SystemLimitError | error ArgumentError
Tuple.duplicate(0, 16_000_000)
