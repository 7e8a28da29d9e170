# expect: budget ets | budget memory | error SystemLimitError | budget reductions
for _ <- Stream.iterate(0, & &1 + 1), do: :ets.new(:t, [])
