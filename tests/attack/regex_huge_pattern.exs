# expect: error Regex.CompileError
Regex.compile!(String.duplicate("(", 100_000) <> String.duplicate(")", 100_000))
