# expect: value :error
Float.parse(String.duplicate("9", 1_000_000) <> ".5e10")
