# expect: error Phial.CapabilityError
File.write("/tmp/phial_attack", "x")
