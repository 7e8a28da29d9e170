# expect: budget memory
:io_lib.format("~1000000000000c", [?x]) |> IO.iodata_length()
