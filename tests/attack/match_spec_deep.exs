# expect: error ArgumentError
guard = Enum.reduce(1..200_000, true, fn _, g -> {:andalso, true, g} end)
table = :ets.new(:t, [])
for i <- 1..100, do: :ets.insert(table, {i, i})
:ets.select(table, [{{:"$1", :_}, [guard], [:"$1"]}])
