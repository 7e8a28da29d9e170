# expect: error Phial.CapabilityError | value nil | value :eof | value {:error, _}
IO.gets("password: ")
