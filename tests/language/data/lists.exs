# case: lists: construction
IO.inspect([1 | [2, 3]])
IO.inspect([1, 2 | [3]])
IO.inspect([1 | 2])
IO.inspect([])
IO.inspect([[], [[]]])
# expect: [1, 2, 3]
# expect: [1, 2, 3]
# expect: [1 | 2]
# expect: []
# expect: [[], [[]]]

# case: lists: concatenation and subtraction
IO.inspect([1, 2] ++ [3])
IO.inspect([1, 2, 3, 2] -- [2])
IO.inspect([] ++ [])
IO.inspect([1, 2, 3] -- [4])
# expect: [1, 2, 3]
# expect: [1, 3, 2]
# expect: []
# expect: [1, 2, 3]

# case: lists: membership
IO.inspect(2 in [1, 2, 3])
IO.inspect(4 in [1, 2])
IO.inspect(1 not in [2])
# expect: true
# expect: false
# expect: true

# case: lists: hd and tl
IO.inspect(hd([1, 2]))
IO.inspect(tl([1, 2]))
IO.inspect(length([1, 2, 3]))
# expect: 1
# expect: [2]
# expect: 3

# case: lists: keyword lists
IO.inspect([a: 1, b: 2])
IO.inspect([{:a, 1}, {:b, 2}] == [a: 1, b: 2])
IO.inspect([a: 1][:a])
IO.inspect(Keyword.get([a: 1], :b, 0))
IO.inspect(Keyword.put([a: 1], :a, 2))
# expect: [a: 1, b: 2]
# expect: true
# expect: 1
# expect: 0
# expect: [a: 2]

# case: lists: charlists
IO.inspect(~c"abc" == [97, 98, 99])
IO.inspect(List.to_string([104, 105]))
IO.inspect(is_list(~c"x"))
# expect: true
# expect: "hi"
# expect: true

# case: lists: List functions
IO.inspect(List.flatten([1, [2, [3]]]))
IO.inspect(List.last([1, 2]))
IO.inspect(List.delete_at([1, 2, 3], 1))
IO.inspect(List.insert_at([1, 3], 1, 2))
IO.inspect(List.zip([[1, 2], [3, 4]]))
# expect: [1, 2, 3]
# expect: 2
# expect: [1, 3]
# expect: [1, 2, 3]
# expect: [{1, 3}, {2, 4}]

# case: lists: sort
IO.inspect(Enum.sort([3, 1, 2]))
IO.inspect(Enum.sort([3, 1, 2], :desc))
IO.inspect(Enum.sort_by(["bb", "a"], &byte_size/1))
IO.inspect(Enum.sort([1, :a, "b", 2.0, [], {}, %{}]))
# expect: [1, 2, 3]
# expect: [3, 2, 1]
# expect: ["a", "bb"]
# expect: [1, 2.0, :a, {}, %{}, [], "b"]

# case: lists: chunking
IO.inspect(Enum.chunk_every([1, 2, 3, 4, 5], 2))
IO.inspect(Enum.chunk_by([1, 1, 2, 3, 3], & &1))
IO.inspect(Enum.split([1, 2, 3], 2))
# expect: [[1, 2], [3, 4], [5]]
# expect: [[1, 1], [2], [3, 3]]
# expect: {[1, 2], [3]}

# case: lists: reduce
IO.inspect(Enum.reduce([1, 2, 3], 0, &+/2))
IO.inspect(Enum.scan([1, 2, 3], &+/2))
IO.inspect(List.foldr([1, 2], [], fn x, acc -> [x | acc] end))
# expect: 6
# expect: [1, 3, 6]
# expect: [1, 2]

# case: lists: grouping
IO.inspect(Enum.group_by(1..6, &rem(&1, 3)))
IO.inspect(Enum.frequencies([:a, :b, :a]))
IO.inspect(Enum.uniq([1, 1, 2]))
# expect: %{0 => [3, 6], 1 => [1, 4], 2 => [2, 5]}
# expect: %{a: 2, b: 1}
# expect: [1, 2]

# case: lists: zip and unzip
IO.inspect(Enum.zip([1, 2], [:a, :b]))
IO.inspect(Enum.unzip([{1, :a}, {2, :b}]))
IO.inspect(Enum.with_index([:a, :b]))
# expect: [{1, :a}, {2, :b}]
# expect: {[1, 2], [:a, :b]}
# expect: [a: 0, b: 1]

# case: lists: take and drop
IO.inspect(Enum.take([1, 2, 3], 2))
IO.inspect(Enum.drop([1, 2, 3], 2))
IO.inspect(Enum.take_while([1, 2, 3], &(&1 < 3)))
IO.inspect(Enum.take([1, 2, 3], -1))
# expect: [1, 2]
# expect: [3]
# expect: [1, 2]
# expect: [3]

# case: lists: find
IO.inspect(Enum.find([1, 2, 3], &(&1 > 1)))
IO.inspect(Enum.find_index([1, 2, 3], &(&1 == 3)))
IO.inspect(Enum.any?([1, nil]))
IO.inspect(Enum.all?([]))
# expect: 2
# expect: 2
# expect: true
# expect: true

# case: lists: min max sum
IO.inspect(Enum.min([3, 1, 2]))
IO.inspect(Enum.max([3, 1, 2]))
IO.inspect(Enum.sum(1..100))
IO.inspect(Enum.product([2, 3]))
IO.inspect(Enum.min_max([3, 1]))
# expect: 1
# expect: 3
# expect: 5050
# expect: 6
# expect: {1, 3}

# case: lists: map_reduce and flat_map
IO.inspect(Enum.map_reduce([1, 2], 0, &{&1 * 2, &1 + &2}))
IO.inspect(Enum.flat_map([1, 2], &[&1, &1]))
# expect: {[2, 4], 3}
# expect: [1, 1, 2, 2]

# case: lists: slices
IO.inspect(Enum.slice([1, 2, 3, 4], 1..2))
IO.inspect(Enum.at([1, 2], -1))
IO.inspect(Enum.fetch([1], 3))
IO.inspect(Enum.reverse([1, 2, 3]))
# expect: [2, 3]
# expect: 2
# expect: :error
# expect: [3, 2, 1]

# case: lists: join
IO.inspect(Enum.join([1, 2, 3], "-"))
IO.inspect(Enum.map_join([1, 2], ",", &(&1 * 2)))
IO.inspect(Enum.intersperse([1, 2], 0))
# expect: "1-2-3"
# expect: "2,4"
# expect: [1, 0, 2]

# case: lists: body recursion a hundred thousand deep
# deep
defmodule D do
  def f(0), do: 0
  def f(n), do: 1 + f(n - 1)
end
IO.puts(D.f(100_000))
# expect: 100000

# case: lists: own map and reverse
defmodule M do
  def map([], _), do: []
  def map([h | t], f), do: [f.(h) | map(t, f)]
  def rev(l, acc \\ [])
  def rev([], acc), do: acc
  def rev([h | t], acc), do: rev(t, [h | acc])
end
IO.inspect(M.map([1, 2, 3], &(&1 * &1)))
IO.inspect(M.rev([1, 2, 3]))
# expect: [1, 4, 9]
# expect: [3, 2, 1]

# case: lists: quicksort
defmodule Q do
  def sort([]), do: []
  def sort([p | rest]) do
    {a, b} = Enum.split_with(rest, &(&1 < p))
    sort(a) ++ [p] ++ sort(b)
  end
end
IO.inspect(Q.sort([3, 1, 4, 1, 5, 9, 2, 6]))
# expect: [1, 1, 2, 3, 4, 5, 6, 9]

# case: sorting is stable and orders as comparison does
IO.inspect(Enum.sort([0.0, 1, -0.0, 1.0, -1]) == [-1, 0.0, -0.0, 1, 1.0])           # expect: true
IO.inspect(Enum.sort(["prefix__b", "prefix__a", "prefix__", "prefix", "", "b"]))     # expect: ["", "b", "prefix", "prefix__", "prefix__a", "prefix__b"]
IO.inspect(Enum.sort([:abcdefghz, :abcdefgha, :b, nil, :a]))                         # expect: [:a, :abcdefgha, :abcdefghz, :b, nil]
IO.inspect(Enum.sort([{"b", 1}, {"a", 2}, {"a", 1}]))                                # expect: [{"a", 1}, {"a", 2}, {"b", 1}]
IO.inspect(Enum.sort([{1, :x}, {2}, {1, :a}, {1}]))                                  # expect: [{1}, {2}, {1, :a}, {1, :x}]
IO.inspect(Enum.sort([<<1::1>>, "a", <<128>>, ""]))                                  # expect: ["", "a", <<1::size(1)>>, <<128>>]
IO.inspect(Enum.sort([-1.5, 2.0e300, -2.0e300, 1.0e-300, 0.0]))                      # expect: [-2.0e300, -1.5, 0.0, 1.0e-300, 2.0e300]
