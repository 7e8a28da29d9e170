# expect: budget reductions
bomb = Enum.reduce(1..60, ["x"], fn _, t -> [t | t] end)
List.to_string(bomb)
