# expect: error Phial.CapabilityError
System.halt(3)
