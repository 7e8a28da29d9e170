# expect: error SyntaxError
Code.string_to_quoted!(String.duplicate("(", 300_000) <> "1" <> String.duplicate(")", 300_000))
