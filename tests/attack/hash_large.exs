# expect: budget reductions
text = String.duplicate("a", 10_000_000)
f = fn f -> :crypto.hash(:sha256, text); :erlang.crc32(text); :erlang.md5(text); f.(f) end
f.(f)
