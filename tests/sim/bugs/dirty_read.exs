# Dirty read: a transfer is two writes; a reader sees the state between them.
:ets.new(:accounts, [:named_table, :public])
:ets.insert(:accounts, [{:alice, 50}, {:bob, 50}])

transfer =
  Task.async(fn ->
    :ets.update_counter(:accounts, :alice, -10)
    :ets.update_counter(:accounts, :bob, 10)
  end)

audit =
  Task.async(fn ->
    [{:alice, alice}] = :ets.lookup(:accounts, :alice)
    [{:bob, bob}] = :ets.lookup(:accounts, :bob)
    alice + bob
  end)

Task.await(transfer)
sum = Task.await(audit)
if sum != 100, do: raise("the books show #{sum}")
