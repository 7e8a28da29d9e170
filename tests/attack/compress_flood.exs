# expect: budget reductions
data = String.duplicate("abcdefgh01", 100_000)
Stream.repeatedly(fn -> data |> :zlib.compress() |> :zlib.uncompress() |> :zlib.gzip() end) |> Stream.run()
