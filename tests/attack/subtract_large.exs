# expect: value 0
a = Enum.to_list(1..300_000)
length(a -- Enum.reverse(a))
