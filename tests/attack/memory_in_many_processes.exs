# expect: value true
# budget: memory=48M
# Each time the memory is used up the largest ends; who holds little goes on.
refs = for i <- 1..60 do
  {_, ref} = spawn_monitor(fn ->
    list = Enum.to_list(1..(100_000 + i))
    receive(after: (1500 -> length(list)))
  end)
  ref
end
reasons = for ref <- refs, do: receive(do: ({:DOWN, ^ref, _, _, reason} -> reason))
:normal in reasons and {:budget, :memory} in reasons and Enum.all?(reasons, &(&1 in [:normal, {:budget, :memory}]))
