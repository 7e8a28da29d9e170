# expect: error Phial.CapabilityError
File.cd("/")
