# expect: error ArgumentError
for tag <- [108, 109, 105, 111, 116], do: :erlang.binary_to_term(<<131, tag, 0xFFFFFFFF::32, 1, 2, 3>>)
