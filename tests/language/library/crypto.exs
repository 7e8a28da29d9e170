# case: crypto: hashes and macs
hex = &Base.encode16(&1, case: :lower)
IO.puts hex.(:crypto.hash(:sha256, ["ab", ?c]))
old = :crypto.hash_update(:crypto.hash_init(:md5), "a")
new = :crypto.hash_update(old, "bc")
IO.puts hex.(:crypto.hash_final(new))
IO.inspect :crypto.hash_final(old) == :crypto.hash(:md5, "a")
IO.puts hex.(:crypto.mac(:hmac, :sha256, "key", "The quick brown fox jumps over the lazy dog"))
IO.puts hex.(:crypto.pbkdf2_hmac(:sha, "password", "salt", 2, 20))
# expect: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
# expect: 900150983cd24fb0d6963f7d28e17f72
# expect: true
# expect: f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8
# expect: ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957

# case: crypto: ciphers give back what went in
key = "0123456789abcdef"
text = :crypto.crypto_one_time(:aes_256_cbc, key <> key, key, "hello", encrypt: true, padding: :pkcs_padding)
IO.inspect {byte_size(text), :crypto.crypto_one_time(:aes_256_cbc, key <> key, key, text, encrypt: false, padding: :pkcs_padding)}
{text, tag} = :crypto.crypto_one_time_aead(:aes_128_gcm, key, "123456789012", "secret", "aad", true)
IO.inspect :crypto.crypto_one_time_aead(:aes_128_gcm, key, "123456789012", text, "aad", tag, false)
IO.inspect :crypto.crypto_one_time_aead(:aes_128_gcm, key, "123456789012", text, "bad", tag, false)
IO.inspect Enum.all?(1..100, fn _ -> :crypto.rand_uniform(3, 7) in 3..6 end)
# expect: {16, "hello"}
# expect: "secret"
# expect: :error
# expect: true

# case: zlib: whole data and streams
data = String.duplicate("hello world ", 5000)
IO.inspect :zlib.uncompress(:zlib.compress(data)) == data
IO.inspect :zlib.gunzip(:zlib.gzip(data)) == data
IO.inspect :zlib.unzip(:zlib.zip(data)) == data
IO.inspect(try do :zlib.uncompress("garbage!") rescue e in ErlangError -> e.original end)
stream = :zlib.open()
:ok = :zlib.inflateInit(stream)
<<first::binary-size(20), rest::binary>> = :zlib.compress(data)
IO.inspect IO.iodata_to_binary([:zlib.inflate(stream, first), :zlib.inflate(stream, rest)]) == data
IO.inspect :zlib.inflateEnd(stream)
# expect: true
# expect: true
# expect: true
# expect: :data_error
# expect: true
# expect: :ok
