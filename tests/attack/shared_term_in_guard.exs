# expect: budget reductions
bomb = fn -> Enum.reduce(1..60, [1], fn _, t -> [t | t] end) end
f = fn a, b when a == b or max(a, b) == a -> :guard; _, _ -> :other end
f.(bomb.(), bomb.())
