# expect: error Phial.CapabilityError
System.shell("id")
