# expect: error Phial.CapabilityError
System.cmd("id", [])
