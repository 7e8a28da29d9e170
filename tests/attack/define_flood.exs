# expect: error SystemLimitError
# grants: define
for i <- Stream.iterate(0, & &1 + 1), do: Module.create(:"Elixir.Flood#{i}", quote(do: (def f, do: unquote(i))), __ENV__)
