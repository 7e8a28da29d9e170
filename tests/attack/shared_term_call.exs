# expect: budget memory
bomb = Enum.reduce(1..60, {1}, fn _, t -> {t, t} end)
{:ok, agent} = Agent.start_link(fn -> 0 end)
Agent.update(agent, fn _ -> bomb end)
