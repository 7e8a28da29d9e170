# expect: error SystemLimitError
Bitwise.bsl(1, 10_000_000_000)
