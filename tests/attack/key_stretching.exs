# expect: error SystemLimitError
# budget: time=2s
:crypto.pbkdf2_hmac(:sha256, "password", "salt", 1_000_000_000, 32)
