# expect: error Phial.CapabilityError
:erlang.trace(:all, true, [:send, :receive])
