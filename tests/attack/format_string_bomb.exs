# expect: error ArgumentError
:io_lib.format(String.duplicate("~p", 200_000), [1]) |> IO.iodata_length()
