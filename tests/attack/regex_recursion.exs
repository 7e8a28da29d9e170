# expect: error Regex.CompileError | error ErlangError | value _
Regex.run(Regex.compile!("(?<r>a(?&r)?b)"), String.duplicate("a", 300_000))
