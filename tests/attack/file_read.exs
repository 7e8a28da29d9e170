# expect: error Phial.CapabilityError
File.read("/etc/passwd")
