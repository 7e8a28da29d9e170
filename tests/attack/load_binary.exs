# expect: error Phial.CapabilityError
# grants: define
:code.load_binary(Enum, ~c"x", "not bytecode")
