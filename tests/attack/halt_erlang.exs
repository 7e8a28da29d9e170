# expect: error Phial.CapabilityError
:erlang.halt(3, flush: false)
