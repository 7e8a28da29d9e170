# expect: error SystemLimitError
byte_size(String.pad_leading("x", 100_000_000_000))
