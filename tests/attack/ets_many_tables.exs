# expect: budget memory
for _ <- Stream.iterate(0, & &1 + 1), do: :ets.new(:t, [])
