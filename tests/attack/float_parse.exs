# expect: value _ | error ArgumentError
Float.parse(String.duplicate("9", 1_000_000) <> ".5e10")
