# expect: budget memory
f = fn f, g, n -> big = Enum.to_list(1..1000); f.(f, fn -> {g, big, n} end, n + 1) end
f.(f, nil, 0)
