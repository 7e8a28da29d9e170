# expect: error Phial.CapabilityError
# grants: connect:127.0.0.1:1
:gen_tcp.connect({127, 0, 0, 1}, 22, [])
