# Get and update are one call.
{:ok, account} = Agent.start_link(fn -> 100 end)
deposit = fn amount -> Agent.update(account, &(&1 + amount)) end
[Task.async(fn -> deposit.(10) end), Task.async(fn -> deposit.(20) end)] |> Task.await_many()
balance = Agent.get(account, & &1)
if balance != 130, do: raise("the balance is #{balance}")
