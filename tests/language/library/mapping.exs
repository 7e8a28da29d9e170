# case: mapping: lists of every small length, element by element in order
seen = fn run ->
  Process.put(:seen, [])
  result = run.(fn x -> Process.put(:seen, [x | Process.get(:seen)]); x * 10 end)
  {result, Enum.reverse(Process.get(:seen))}
end
for n <- 0..9 do
  list = Enum.take([1, 2, 3, 4, 5, 6, 7, 8, 9], n)
  expected = {(for x <- list, do: x * 10), list}
  true = seen.(&Enum.map(list, &1)) == expected
  true = seen.(&:lists.map(&1, list)) == expected
  true = seen.(&Enum.map(1..n//1, &1)) == expected
end
IO.inspect seen.(&Enum.map(1..9//2, &1))
IO.inspect seen.(&Enum.map(1..8//2, &1))
IO.inspect seen.(&Enum.map(2..11//3, &1))
IO.inspect Enum.map(9..1//-2, & &1)
# expect: {[10, 30, 50, 70, 90], [1, 3, 5, 7, 9]}
# expect: {[10, 30, 50, 70], [1, 3, 5, 7]}
# expect: {[20, 50, 80, 110], [2, 5, 8, 11]}
# expect: [9, 7, 5, 3, 1]

# case: mapping: ranges past small integers
big = 1_152_921_504_606_846_970
IO.inspect Enum.map(big..(big + 6), &(&1 - big))
IO.inspect Enum.map(-big..-(big - 5)//2, &(&1 + big))
# expect: [0, 1, 2, 3, 4, 5, 6]
# expect: [0, 2, 4]

# case: mapping: zipping lists of different lengths
for n <- 0..9, m <- 0..9 do
  left = Enum.take(Enum.to_list(?a..?i), n)
  right = Enum.take(Enum.to_list(1..9), m)
  zipped = Enum.zip(left, right)
  true = length(zipped) == min(n, m)
  true = Enum.all?(zipped, fn {a, b} -> a - ?a + 1 == b end)
end
IO.inspect Enum.zip([1, 2, 3, 4, 5, 6], [:a, :b, :c, :d, :e])
# expect: [{1, :a}, {2, :b}, {3, :c}, {4, :d}, {5, :e}]

# case: mapping: with an index
for n <- 0..9 do
  list = Enum.take([:a, :b, :c, :d, :e, :f, :g, :h, :i], n)
  true = Enum.with_index(list, 3) == Enum.zip(list, 3..12)
  true = Enum.with_index(list, fn x, i -> {i, x} end) == Enum.zip(0..9, list)
end
IO.inspect Enum.with_index([:a, :b, :c, :d, :e], 1_152_921_504_606_846_973)
# expect: [
# expect:   a: 1152921504606846973,
# expect:   b: 1152921504606846974,
# expect:   c: 1152921504606846975,
# expect:   d: 1152921504606846976,
# expect:   e: 1152921504606846977
# expect: ]

# case: mapping: what raises in the middle, and what is no list
IO.inspect(try do Enum.map([1, 2, 0, 4, 5], &div(4, &1)) rescue e -> e end)
IO.inspect(try do Enum.map([1, 2, 3, 4, 5 | 6], &(&1)) rescue e in FunctionClauseError -> {e.module, e.arity} end)
IO.inspect(try do Enum.map(1..7, &if(&1 == 6, do: throw(&1), else: &1)) catch x -> x end)
# expect: %ArithmeticError{message: "bad argument in arithmetic expression"}
# expect: {Enum, 2}
# expect: 6
