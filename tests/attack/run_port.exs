# expect: error Phial.CapabilityError
Port.open({:spawn, "id"}, [:binary])
