# expect: value [{:budget, :ets}]
# Each that puts one more object in than there is room for is ended; the owner, who sleeps, is not.
table = :ets.new(:t, [:public, :named_table])
refs = for k <- 1..8 do
  {_, ref} = spawn_monitor(fn -> for i <- Stream.iterate(0, & &1 + 1), do: :ets.insert(table, {{k, i}, i}) end)
  ref
end
for ref <- refs, uniq: true, do: receive(do: ({:DOWN, ^ref, _, _, reason} -> reason))
