# expect: error Phial.CapabilityError
# grants: define
Code.append_path("/tmp")
