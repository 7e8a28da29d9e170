# case: operators: precedence of arithmetic
IO.inspect(1 + 2 * 3)
IO.inspect((1 + 2) * 3)
IO.inspect(10 - 2 - 3)
IO.inspect(2 ** 3 ** 2)
IO.inspect(-2 ** 2)
# expect: 7
# expect: 9
# expect: 5
# expect: 64
# expect: 4

# case: operators: boolean
IO.inspect(true and false)
IO.inspect(true or raise("no"))
IO.inspect(not true)
IO.inspect(nil || 1)
IO.inspect(false && 1)
IO.inspect(!nil)
# expect: false
# expect: true
# expect: false
# expect: 1
# expect: false
# expect: true

# case: operators: comparison chains
IO.inspect(1 < 2 and 2 < 3)
IO.inspect(1 != 2)
IO.inspect(1 !== 1.0)
IO.inspect(not (1 > 2))
# expect: true
# expect: true
# expect: true
# expect: true

# case: operators: pipe
IO.inspect([1, 2] |> Enum.map(&(&1 + 1)) |> Enum.sum())
IO.inspect("a" |> String.upcase())
# expect: 5
# expect: "A"

# case: operators: capture
IO.inspect(Enum.map([1, 2], & &1 * 2))
IO.inspect((&(&1 + &2)).(1, 2))
IO.inspect(Enum.map(["a"], &String.upcase/1))
IO.inspect((&{&1, [&2]}).(1, 2))
# expect: [2, 4]
# expect: 3
# expect: ["A"]
# expect: {1, [2]}

# case: operators: ranges
IO.inspect(1..3 |> Enum.to_list())
IO.inspect(1..10//2 |> Enum.to_list())
IO.inspect((1..2).first)
# expect: [1, 2, 3]
# expect: [1, 3, 5, 7, 9]
# expect: 1

# case: operators: in
IO.inspect(1 in 1..3)
IO.inspect(1 in [1])
IO.inspect(1 not in [2])
IO.inspect(not(1 in [2]))
# expect: true
# expect: true
# expect: true
# expect: true

# case: operators: unary
IO.inspect(-5)
IO.inspect(+5)
IO.inspect(!true)
IO.inspect(not false)
IO.inspect(- 3 + 4)
# expect: -5
# expect: 5
# expect: false
# expect: true
# expect: 1

# case: operators: string concat precedence
IO.inspect("a" <> "b" == "ab")
IO.inspect("x" <> to_string(1 + 1))
# expect: true
# expect: "x2"

# case: operators: list operators are right associative
IO.inspect([1, 2, 3] -- [1] -- [1])
IO.inspect([1] ++ [2] ++ [3])
# expect: [1, 2, 3]
# expect: [1, 2, 3]

# case: operators: strict boolean short circuit
IO.inspect(false and raise("x"))
IO.inspect(true or raise("x"))
# expect: false
# expect: true

# case: operators: user-defined
defmodule O do
  def a <~> b, do: {a, b}
  def a ~> b, do: [a, b]
  def run, do: 1 <~> 2 ~> 3
end
IO.inspect(O.run())
# expect: [{1, 2}, 3]

# case: operators: as functions
import Kernel, except: [+: 2]
IO.inspect(Kernel.+(1, 2))
IO.inspect(Enum.reduce([1, 2, 3], &Kernel.*/2))
# expect: 3
# expect: 6

# case: operators: newlines continue expressions
x = 1 +
  2
IO.inspect(x)
y =
  [1, 2]
  |> Enum.sum()
IO.inspect(y)
z = true and
  false
IO.inspect(z)
# expect: 3
# expect: 3
# expect: false

# case: operators: semicolons and comments
a = 1; b = 2 # comment
IO.inspect(a + b)
# expect: 3

