# expect: error SystemLimitError
square = fn square, n -> square.(square, n * n) end
square.(square, 12_345_678_901_234_567_890)
