# expect: error SystemLimitError
for i <- Stream.iterate(0, & &1 + 1), reduce: [] do
  all -> [String.duplicate("x", 100_000 + rem(i, 10)) | all]
end
