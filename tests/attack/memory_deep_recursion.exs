# expect: budget memory
f = fn f, n -> 1 + f.(f, n + 1) end
f.(f, 0)
