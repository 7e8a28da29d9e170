# expect: error Phial.CapabilityError
# grants: define
:code.purge(Enum)
:code.delete(Enum)
