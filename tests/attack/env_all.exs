# expect: error Phial.CapabilityError
System.get_env()
