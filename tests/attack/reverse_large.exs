# expect: budget memory
list = Enum.to_list(1..500_000)
f = fn f, l -> f.(f, :lists.reverse(l)) end
f.(f, list)
