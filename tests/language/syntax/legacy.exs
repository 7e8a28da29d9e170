# case: old habits: send and self with parentheses left out of one
pid = self()
send pid, :x
receive do
  m -> IO.inspect m
end
# expect: :x

# case: old habits: single-quoted charlists
IO.inspect 'abc' == [97, 98, 99]
# expect: true

# case: old habits: hash rockets in maps
m = %{:a => 1, :b => 2}
IO.inspect m
IO.inspect %{m | :a => 3}
# expect: %{a: 1, b: 2}
# expect: %{a: 3, b: 2}

# case: old habits: receive after with a block
receive do
  :x -> 1
after 10 ->
  IO.puts "timeout"
end
# expect: timeout

