# expect: error SystemLimitError
result = for _ <- 1..1000, do: Agent.start(fn -> 1 end)
if Enum.any?(result, &match?({:error, _}, &1)), do: :refused, else: :all
