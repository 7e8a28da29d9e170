# expect: error Phial.CapabilityError
System.trap_signal(:sigterm, fn -> :ok end)
