# expect: error TokenMissingError | error SyntaxError | error CompileError | budget memory | error SystemLimitError | value _
Code.string_to_quoted!(String.duplicate("(", 300_000) <> "1" <> String.duplicate(")", 300_000))
