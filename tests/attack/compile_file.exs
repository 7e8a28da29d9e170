# expect: error Phial.CapabilityError
# grants: define
Code.compile_file("/etc/passwd")
