# expect: error Phial.CapabilityError
Phial.Budget.run(fn -> Process.exit(Process.group_leader(), :kill) end, capabilities: []) |> elem(1) |> elem(0) |> raise()
