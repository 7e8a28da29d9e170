# expect: error SystemLimitError
:atomics.new(100_000_000_000, [])
