# expect: value false
Regex.match?(~r/^(a+)+$/, String.duplicate("a", 40) <> "b")
