# expect: value nil
Regex.run(Regex.compile!("(?<r>a(?&r)?b)"), String.duplicate("a", 300_000))
