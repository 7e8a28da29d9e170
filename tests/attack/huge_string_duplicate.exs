# expect: error SystemLimitError
String.duplicate("x", 1_000_000_000_000)
