# expect: error Phial.CapabilityError
:os.cmd(~c"id")
