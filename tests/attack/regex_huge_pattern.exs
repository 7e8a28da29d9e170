# expect: error Regex.CompileError | error ArgumentError | error SystemLimitError | value _
Regex.compile!(String.duplicate("(", 100_000) <> String.duplicate(")", 100_000))
