# expect: error Phial.CapabilityError
:inet.gethostbyname(~c"localhost")
