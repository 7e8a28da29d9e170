# expect: error Phial.CapabilityError
:gen_tcp.listen(0, [])
