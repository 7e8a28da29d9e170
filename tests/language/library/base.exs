# Base: every remainder of a group, every option, and what is wrong with a text.

# case: what is encoded is decoded again
for size <- Enum.to_list(0..12) ++ [200_001] do
  data = :binary.list_to_bin(for i <- 1..size//1, do: rem(i * 7919, 256))
  for {encode, decode} <- [encode16: :decode16!, encode32: :decode32!, hex_encode32: :hex_decode32!, encode64: :decode64!, url_encode64: :url_decode64!],
      options <- [[], [case: :lower], [padding: false], [case: :lower, padding: false]] do
    known = if encode in [:encode64, :url_encode64], do: [:padding], else: if(encode == :encode16, do: [:case], else: [:case, :padding])
    options = Keyword.take(options, known)
    text = apply(Base, encode, [data, options])
    if apply(Base, decode, [text, options]) != data, do: IO.inspect({:wrong, size, encode, options})
  end
  if size < 7, do: IO.puts(Enum.join([Base.encode16(data), Base.encode32(data), Base.hex_encode32(data, padding: false), Base.encode64(data), Base.url_encode64(data, padding: false)], " "))
end
# expect:     
# expect: EF 54====== TS 7w== 7w
# expect: EFDE 57PA==== TVF0 794= 794
# expect: EFDECD 57PM2=== TVFCQ 797N 797N
# expect: EFDECDBC 57PM3PA= TVFCRF0 797NvA== 797NvA
# expect: EFDECDBCAB 57PM3PFL TVFCRF5B 797NvKs= 797NvKs
# expect: EFDECDBCAB9A 57PM3PFLTI====== TVFCRF5BJ8 797NvKua 797NvKua

# case: what is wrong with a text
wrong = fn fun ->
  try do
    fun.()
  rescue
    error in ArgumentError -> IO.puts(Exception.message(error))
  end
end
wrong.(fn -> Base.decode16!("6G") end)          # expect: non-alphabet character found: "G" (byte 71)
wrong.(fn -> Base.decode16!("6a") end)          # expect: non-alphabet character found: "a" (byte 97)
wrong.(fn -> Base.decode16!("\xff0") end)       # expect: non-alphabet character found: "\xFF" (byte 255)
wrong.(fn -> Base.decode16!("666") end)
# expect: string given to decode has wrong length. An even number of bytes was expected, got: 3. Double check your string for unwanted characters or pad it accordingly
wrong.(fn -> Base.decode64!("Zm9*") end)        # expect: non-alphabet character found: "*" (byte 42)
wrong.(fn -> Base.decode64!("Z-_v") end)        # expect: non-alphabet character found: "-" (byte 45)
wrong.(fn -> Base.decode64!("Zm9vZ", padding: false) end)   # expect: incorrect padding
wrong.(fn -> Base.decode64!("Zm9") end)         # expect: incorrect padding
wrong.(fn -> Base.decode64!("Zm9vYg=") end)     # expect: incorrect padding
wrong.(fn -> Base.decode32!("MZXW6YT1") end)    # expect: non-alphabet character found: "1" (byte 49)
wrong.(fn -> Base.decode32!("mzxw6===") end)    # expect: non-alphabet character found: "m" (byte 109)
wrong.(fn -> Base.decode32!("M=======") end)    # expect: incorrect padding
IO.inspect(Base.decode64("Zm9") == :error and Base.decode16("6G") == :error and Base.decode16("6") == :error and Base.decode32("1") == :error)   # expect: true
IO.inspect({Base.decode16("4a4B", case: :mixed), Base.decode16("4a4b", case: :lower), Base.decode32("mZxW6===", case: :mixed)})
# expect: {{:ok, "JK"}, {:ok, "JK"}, {:ok, "foo"}}
IO.inspect(Base.decode64(" Z m9v\nYg = =\r\n\t", ignore: :whitespace))   # expect: {:ok, "foob"}
