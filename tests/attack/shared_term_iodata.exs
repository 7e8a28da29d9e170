# expect: budget reductions
bomb = Enum.reduce(1..60, "x", fn _, t -> [t | [t]] end)
IO.iodata_to_binary(bomb)
