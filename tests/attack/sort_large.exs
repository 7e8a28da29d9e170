# expect: budget reductions
f = fn f -> :lists.sort(Enum.map(1..100_000, &rem(&1 * 7919, 100_003))); f.(f) end
f.(f)
