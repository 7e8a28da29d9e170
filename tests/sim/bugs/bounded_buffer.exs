# A bounded buffer overruns: producers look at its length before they put.
{:ok, buffer} = Agent.start_link(fn -> [] end)
parent = self()

produce = fn item ->
  if Agent.get(buffer, &length/1) < 2 do
    Agent.update(buffer, &[item | &1])
  end

  send(parent, :produced)
end

for item <- 1..3, do: spawn(fn -> produce.(item) end)
for _ <- 1..3, do: receive(do: (:produced -> :ok))
length = Agent.get(buffer, &length/1)
if length > 2, do: raise("#{length} items in a buffer for 2")
