# The buffer itself decides.
{:ok, buffer} = Agent.start_link(fn -> [] end)
parent = self()

produce = fn item ->
  Agent.update(buffer, fn items -> if length(items) < 2, do: [item | items], else: items end)
  send(parent, :produced)
end

for item <- 1..3, do: spawn(fn -> produce.(item) end)
for _ <- 1..3, do: receive(do: (:produced -> :ok))
length = Agent.get(buffer, &length/1)
if length != 2, do: raise("#{length} items in a buffer for 2")
