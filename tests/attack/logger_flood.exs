# expect: budget reductions
require Logger
text = String.duplicate("x", 10_000)
for i <- Stream.iterate(0, & &1 + 1), do: Logger.error([text, Integer.to_string(i)])
