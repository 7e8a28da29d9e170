# answer: BF3D59FC2A507393FBE38EFC4D77233ED63EA6ACB007ECA30AA58944A55F8865 true
# group: whole programs
# A hash by hand: 32-bit arithmetic, words in a map, a reduce over eight values.
defmodule SHA256 do
  import Bitwise
  @mask 0xFFFFFFFF

  @k [0x428a2f98,0x71374491,0xb5c0fbcf,0xe9b5dba5,0x3956c25b,0x59f111f1,0x923f82a4,0xab1c5ed5,0xd807aa98,0x12835b01,0x243185be,0x550c7dc3,0x72be5d74,0x80deb1fe,0x9bdc06a7,0xc19bf174,0xe49b69c1,0xefbe4786,0x0fc19dc6,0x240ca1cc,0x2de92c6f,0x4a7484aa,0x5cb0a9dc,0x76f988da,0x983e5152,0xa831c66d,0xb00327c8,0xbf597fc7,0xc6e00bf3,0xd5a79147,0x06ca6351,0x14292967,0x27b70a85,0x2e1b2138,0x4d2c6dfc,0x53380d13,0x650a7354,0x766a0abb,0x81c2c92e,0x92722c85,0xa2bfe8a1,0xa81a664b,0xc24b8b70,0xc76c51a3,0xd192e819,0xd6990624,0xf40e3585,0x106aa070,0x19a4c116,0x1e376c08,0x2748774c,0x34b0bcb5,0x391c0cb3,0x4ed8aa4a,0x5b9cca4f,0x682e6ff3,0x748f82ee,0x78a5636f,0x84c87814,0x8cc70208,0x90befffa,0xa4506ceb,0xbef9a3f7,0xc67178f2]
  @init {0x6a09e667,0xbb67ae85,0x3c6ef372,0xa54ff53a,0x510e527f,0x9b05688c,0x1f83d9ab,0x5be0cd19}

  def hash(data) do
    len = bit_size(data)
    zeros = rem(448 - rem(len + 1, 512) + 512, 512)
    padded = <<data::binary, 1::1, 0::size(zeros), len::64>>

    {a, b, c, d, e, f, g, h} = blocks(padded, @init)
    <<a::32, b::32, c::32, d::32, e::32, f::32, g::32, h::32>>
  end

  defp blocks(<<>>, h), do: h
  defp blocks(<<block::binary-size(64), rest::binary>>, h), do: blocks(rest, compress(schedule(block), h))

  defp schedule(block) do
    words = for <<w::32 <- block>>, do: w
    extend(16, words |> Enum.with_index() |> Map.new(fn {w, i} -> {i, w} end))
  end

  defp extend(64, w), do: for(i <- 0..63, do: Map.fetch!(w, i))
  defp extend(i, w) do
    w15 = w[i - 15]
    w2 = w[i - 2]
    s0 = rotr(w15, 7) |> bxor(rotr(w15, 18)) |> bxor(w15 >>> 3)
    s1 = rotr(w2, 17) |> bxor(rotr(w2, 19)) |> bxor(w2 >>> 10)
    extend(i + 1, Map.put(w, i, (w[i - 16] + s0 + w[i - 7] + s1) &&& @mask))
  end

  defp compress(ws, {h0, h1, h2, h3, h4, h5, h6, h7} = init) do
    {a, b, c, d, e, f, g, h} =
      Enum.zip(@k, ws)
      |> Enum.reduce(init, fn {k, w}, {a, b, c, d, e, f, g, h} ->
        s1 = rotr(e, 6) |> bxor(rotr(e, 11)) |> bxor(rotr(e, 25))
        ch = bxor(e &&& f, bnot(e) &&& g)
        t1 = h + s1 + ch + k + w
        s0 = rotr(a, 2) |> bxor(rotr(a, 13)) |> bxor(rotr(a, 22))
        maj = (a &&& b) |> bxor(a &&& c) |> bxor(b &&& c)
        {(t1 + s0 + maj) &&& @mask, a, b, c, (d + t1) &&& @mask, e, f, g}
      end)

    {h0 + a &&& @mask, h1 + b &&& @mask, h2 + c &&& @mask, h3 + d &&& @mask, h4 + e &&& @mask, h5 + f &&& @mask, h6 + g &&& @mask, h7 + h &&& @mask}
  end

  defp rotr(x, n), do: ((x >>> n) ||| (x <<< (32 - n))) &&& @mask
end

data = String.duplicate("The quick brown fox jumps over the lazy dog", 8000)
mine = SHA256.hash(data)
IO.puts("#{Base.encode16(mine)} #{mine == :crypto.hash(:sha256, data)}")
