# answer: 200000 1000 50000
# group: OTP
# Agents, a Registry and a DynamicSupervisor at work.
{:ok, agent} = Agent.start_link(fn -> 0 end)
for _ <- 1..200_000, do: Agent.update(agent, &(&1 + 1))
{:ok, _} = Registry.start_link(keys: :unique, name: Names)
{:ok, supervisor} = DynamicSupervisor.start_link(strategy: :one_for_one)

for i <- 1..1000 do
  {:ok, _} = DynamicSupervisor.start_child(supervisor, {Agent, fn -> Registry.register(Names, i, nil) && i end})
end

sum = Enum.reduce(1..50_000, 0, fn i, n ->
  [{pid, _}] = Registry.lookup(Names, rem(i, 1000) + 1)
  if is_pid(pid), do: n + 1, else: n
end)

IO.puts("#{Agent.get(agent, & &1)} #{DynamicSupervisor.count_children(supervisor).active} #{sum}")
