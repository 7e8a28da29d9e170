# expect: value _ | error ArgumentError
Float.parse("0." <> String.duplicate("123456789", 100_000) <> "e-5")
