# expect: error Phial.CapabilityError
# grants: define
Module.create(Turning, quote(do: (def loop(n), do: n)), __ENV__)
:code.purge(Turning)
