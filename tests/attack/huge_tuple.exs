# expect: error SystemLimitError
Tuple.duplicate(0, 16_000_000)
