# expect: error Phial.CapabilityError
{:ok, socket} = :gen_udp.open(0)
:gen_udp.send(socket, {127, 0, 0, 1}, 53, "x")
