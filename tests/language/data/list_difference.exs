# `--` takes each element of the right side out once, and leaves what comes after the last one as it is.

# case: the difference of lists
IO.inspect([1, 2, 3, 2, 1] -- [2, 1])                       # expect: [3, 2, 1]
IO.inspect([1, 2, 3] -- [])                                 # expect: [1, 2, 3]
IO.inspect([] -- [1])                                       # expect: []
IO.inspect([1, 1, 1] -- [1, 1, 1, 1])                       # expect: []
IO.inspect([1, 1.0, "a", {:b}] -- [{:b}, 1.0])              # expect: [1, "a"]
IO.inspect(Enum.to_list(1..100) -- Enum.to_list(1..97), charlists: :as_lists)   # expect: [98, 99, 100]
IO.inspect(Enum.to_list(1..20) -- Enum.to_list(20..5//-1), charlists: :as_lists)   # expect: [1, 2, 3, 4]
IO.inspect(length(Enum.to_list(1..5000) -- [4999, 1, 6000]))   # expect: 4998
tail = [:x, :y]
IO.inspect([1 | tail] -- [1])                               # expect: [:x, :y]
IO.inspect(try do [1] -- :a rescue error -> error.__struct__ end)   # expect: ArgumentError
