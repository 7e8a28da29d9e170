# expect: error ArgumentError | error ErlangError | budget reductions | budget memory | error SystemLimitError
:io_lib.format(String.duplicate("~p", 200_000), [1]) |> IO.iodata_length()
