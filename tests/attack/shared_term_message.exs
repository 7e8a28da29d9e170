# expect: budget memory
bomb = Enum.reduce(1..60, [], fn _, t -> [t | t] end)
send(self(), bomb)
receive(do: (_ -> :got))
