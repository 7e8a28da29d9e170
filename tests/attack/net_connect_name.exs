# expect: error Phial.CapabilityError
:gen_tcp.connect(~c"localhost", 22, [])
