# Lost update: get, then update, in two calls of an agent.
{:ok, account} = Agent.start_link(fn -> 100 end)

deposit = fn amount ->
  balance = Agent.get(account, & &1)
  Agent.update(account, fn _ -> balance + amount end)
end

[Task.async(fn -> deposit.(10) end), Task.async(fn -> deposit.(20) end)] |> Task.await_many()
balance = Agent.get(account, & &1)
if balance != 130, do: raise("the balance is #{balance}")
