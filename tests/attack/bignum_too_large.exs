# expect: error SystemLimitError
Enum.reduce(1..100, 3, fn _, n -> n * n end)
