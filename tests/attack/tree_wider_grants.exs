# expect: error Phial.CapabilityError
Phial.Budget.run(fn -> File.read("/etc/passwd") end, capabilities: ["read:/"]) |> elem(1) |> elem(0) |> raise()
