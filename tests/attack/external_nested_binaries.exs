# expect: budget memory
Enum.reduce(1..64, :erlang.term_to_binary(:binary.copy("x", 1_000_000)), fn _, b -> :erlang.term_to_binary({b, b, b}, [:compressed]) |> :erlang.binary_to_term() |> :erlang.term_to_binary() end)
