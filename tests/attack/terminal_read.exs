# expect: value :eof
IO.gets("password: ")
