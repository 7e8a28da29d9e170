# ABA: a compare-and-swap on the head of a free list, whose head went away and came back meanwhile.
:ets.new(:list, [:named_table, :public])
:ets.insert(:list, [{:head, 1}, {{:next, 1}, 2}, {{:next, 2}, 3}, {{:next, 3}, nil}])

pop = fn ->
  head = :ets.lookup_element(:list, :head, 2)
  next = :ets.lookup_element(:list, {:next, head}, 2)
  # Swap only if the head is what it was.
  1 = :ets.select_replace(:list, [{{:head, head}, [], [{{:head, next}}]}])
  head
end

push = fn node ->
  :ets.insert(:list, {{:next, node}, :ets.lookup_element(:list, :head, 2)})
  :ets.insert(:list, {:head, node})
end

slow = Task.async(fn -> try do: pop.(), rescue: (_ in MatchError -> :retry) end)

quick =
  Task.async(fn ->
    try do
      [first, second] = [pop.(), pop.()]
      push.(first)
      second
    rescue
      _ in MatchError -> :retry
    end
  end)

[slow, quick] = Task.await_many([slow, quick])
# A node that was taken is not at the head.
head = :ets.lookup_element(:list, :head, 2)
if is_integer(quick) and head == quick, do: raise("node #{head} is taken and free: #{inspect({slow, quick})}")
