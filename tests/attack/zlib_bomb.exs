# expect: budget memory
bomb = Enum.reduce(1..2, :binary.copy(<<0>>, 20_000_000), fn _, data -> :zlib.compress(data) end)
once = :zlib.uncompress(bomb)
for _ <- Stream.iterate(0, & &1 + 1), reduce: [] do
  all -> [:zlib.uncompress(once) | all]
end
