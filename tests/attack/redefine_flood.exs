# expect: budget time
# budget: time=1s
# grants: define
for i <- Stream.iterate(0, & &1 + 1), do: Module.create(Flood, quote(do: (def f, do: unquote(i))), __ENV__)
