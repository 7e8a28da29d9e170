# expect: value {1.2345678912345679e-6, ""}
Float.parse("0." <> String.duplicate("123456789", 100_000) <> "e-5")
