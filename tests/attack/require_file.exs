# expect: error Phial.CapabilityError
# grants: define
Code.require_file("/etc/hosts")
