# expect: error Phial.CapabilityError
System.put_env("PATH", "/attack")
