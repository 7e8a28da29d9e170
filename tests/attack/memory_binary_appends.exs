# expect: error SystemLimitError
grow = fn grow, text -> grow.(grow, text <> text) end
grow.(grow, "0123456789abcdef")
