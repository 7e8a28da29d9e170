# Captures of what is written in C++: the usual operands go a short way, all others give the same.

# case: captured operators
defmodule Captured do
  def all, do: [&+/2, &-/2, &*/2, &max/2, &min/2, &</2, &>=/2, &==/2, &===/2, &!=/2]
  def apply_all(a, b), do: Enum.map(all(), & &1.(a, b))
end

IO.inspect(Captured.apply_all(7, 3))        # expect: [10, 4, 21, 7, 3, false, true, false, false, true]
IO.inspect(Captured.apply_all(2, 2.0))      # expect: [4.0, 0.0, 4.0, 2, 2, false, true, true, false, false]
IO.inspect(Captured.apply_all(1.5, 0.5))    # expect: [2.0, 1.0, 0.75, 1.5, 0.5, false, true, false, false, true]
IO.inspect(Captured.apply_all(1.0e200, 1.0e-200))
# expect: [1.0e200, 1.0e200, 1.0, 1.0e200, 1.0e-200, false, true, false, false, true]
large = 1_152_921_504_606_846_975
IO.inspect(Captured.apply_all(large, large))
# expect: [2305843009213693950, 0, 1329227995784915870597964051066650625,
# expect:  1152921504606846975, 1152921504606846975, false, true, true, true, false]
IO.inspect((&*/2).(-large, 2))              # expect: -2305843009213693950
IO.inspect(Enum.map([&max/2, &min/2, &</2, &==/2], & &1.("b", :a)))   # expect: ["b", :a, false, false]
IO.inspect(Enum.reduce(1..100, &+/2))       # expect: 5050
IO.inspect(Enum.map([&hd/1, &tl/1, &is_list/1, &is_map/1, &length/1], & &1.([1, 2])))   # expect: [1, [2], true, false, 2]
IO.inspect([&+/2, (&+/2) == (&:erlang.+/2)])   # expect: [&:erlang.+/2, true]

# case: captured operators that raise
for fun <- [fn -> (&+/2).(1, :a) end, fn -> (&*/2).([], 1.0) end, fn -> (&hd/1).([]) end, fn -> (&-/2).("1", 1) end, fn -> (&*/2).(1.0e308, 10.0) end] do
  try do
    fun.()
  rescue
    error -> IO.inspect({error.__struct__, Exception.message(error) |> String.split("\n") |> hd(), hd(__STACKTRACE__) |> Tuple.to_list() |> Enum.take(3)}, width: 200)
  end
end
# expect: {ArithmeticError, "bad argument in arithmetic expression", [:erlang, :+, [1, :a]]}
# expect: {ArithmeticError, "bad argument in arithmetic expression", [:erlang, :*, [[], 1.0]]}
# expect: {ArgumentError, "errors were found at the given arguments:", [:erlang, :hd, [[]]]}
# expect: {ArithmeticError, "bad argument in arithmetic expression", [:erlang, :-, ["1", 1]]}
# expect: {ArithmeticError, "bad argument in arithmetic expression", [:erlang, :*, [1.0e308, 10.0]]}
