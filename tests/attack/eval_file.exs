# expect: error Phial.CapabilityError
# grants: define
Code.eval_file("/etc/hosts")
