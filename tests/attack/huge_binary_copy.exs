# expect: error SystemLimitError
:binary.copy("abc", 100_000_000_000)
