# expect: error Phial.CapabilityError
File.ls("/")
