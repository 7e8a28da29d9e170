# expect: error ErlangError | value false | value nil | error Regex.CompileError | budget reductions | budget time
Regex.match?(~r/^(a+)+$/, String.duplicate("a", 40) <> "b")
