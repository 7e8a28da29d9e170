# expect: error Phial.CapabilityError
:gen_tcp.connect({127, 0, 0, 1}, 22, [])
