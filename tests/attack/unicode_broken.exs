# expect: value _
text = for i <- 1..100_000, into: <<>>, do: <<rem(i * 37, 256)>>
{String.valid?(text), String.length(text) > 0, byte_size(inspect(text)) > 0}
