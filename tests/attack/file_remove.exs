# expect: error Phial.CapabilityError
File.rm_rf("/tmp/phial_attack")
