# expect: error Phial.CapabilityError
:persistent_term.put(:key, Enum.to_list(1..1000))
