# expect: value [{:value, nil}, Phial.CapabilityError, {:value, :ok}]
attempt = fn f ->
  try do
    {:value, f.()}
  rescue
    e -> e.__struct__
  end
end
for f <- [fn -> :phial_sim.state() end, fn -> :phial_sim.begin(%{}) end, fn -> :phial_sim.begin([seed: 1]) end, fn -> :phial_sim.spare(self()) end, fn -> :phial_sim.allow_idling() end, fn -> :phial_sim.crashed() end, fn -> :phial_sim.trials(1, 2, 3) end], uniq: true, do: attempt.(f)
