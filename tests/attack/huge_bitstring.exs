# expect: error SystemLimitError
size = 1_000_000_000_000
byte_size(<<0::size(size)>>)
