# Needs two ordering constraints: a flag is cleared between the moment it is seen and the moment its data is read, by a third party.
:ets.new(:box, [:named_table, :public])
:ets.insert(:box, [{:full, false}, {:item, nil}])

producer =
  Task.async(fn ->
    :ets.insert(:box, {:item, :parcel})
    :ets.insert(:box, {:full, true})
  end)

thief =
  Task.async(fn ->
    if :ets.lookup_element(:box, :full, 2) do
      :ets.insert(:box, {:full, false})
      :ets.insert(:box, {:item, nil})
    end
  end)

consumer =
  Task.async(fn ->
    if :ets.lookup_element(:box, :full, 2), do: :ets.lookup_element(:box, :item, 2), else: :empty
  end)

[_, _, got] = Task.await_many([producer, thief, consumer])
if got == nil, do: raise("the box was said to be full, and was empty")
