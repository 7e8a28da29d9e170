# Loops that compiled code runs on unboxed numbers, and the ways out of them.

# case: an integer loop grows past small integers
defmodule Grow do
  def times(x, 0), do: x
  def times(x, n), do: times(x * 3, n - 1)
  def sum(x, 0), do: x
  def sum(x, n), do: sum(x + 300_000_000_000_000, n - 1)
end
IO.puts(Grow.times(1, 37))      # expect: 450283905890997363
IO.puts(Grow.times(1, 40))      # expect: 12157665459056928801
IO.puts(Grow.sum(0, 10_000))    # expect: 3000000000000000000
IO.puts(Grow.sum(-6_000_000_000_000_000_000, 10_000))  # expect: -3000000000000000000
for _ <- 1..100, do: Grow.times(1, 60)
IO.puts(Grow.times(1, 60))      # expect: 42391158275216203514294433201
IO.puts(Grow.times(1, 3))       # expect: 27

# case: the edges of small integers
defmodule Edge do
  def up(x, 0), do: x
  def up(x, n), do: up(x + 1, n - 1)
  def down(x, 0), do: x
  def down(x, n), do: down(x - 1, n - 1)
  def negate(x), do: -x
  def quotient(x, y), do: div(x, y)
end
IO.puts(Edge.up(1_152_921_504_606_846_970, 10))     # expect: 1152921504606846980
IO.puts(Edge.down(-1_152_921_504_606_846_970, 10))  # expect: -1152921504606846980
IO.puts(Edge.negate(-1_152_921_504_606_846_976))    # expect: 1152921504606846976
IO.puts(Edge.quotient(-1_152_921_504_606_846_976, -1))  # expect: 1152921504606846976
IO.puts(Edge.down(Edge.up(1_152_921_504_606_846_970, 10), 10))  # expect: 1152921504606846970

# case: a float loop reaches exponents that need memory, and comes back
defmodule Exponent do
  def scale(x, _, 0), do: x
  def scale(x, f, n), do: scale(x * f, f, n - 1)
end
IO.puts(Exponent.scale(1.0, 2.0, 300))     # expect: 2.037035976334486e90
IO.puts(Exponent.scale(1.0, 0.5, 300))     # expect: 4.909093465297727e-91
IO.puts(Exponent.scale(Exponent.scale(1.0, 2.0, 1000), 0.5, 1000))  # expect: 1.0
IO.puts(Exponent.scale(1.0, 0.5, 1074))    # expect: 5.0e-324
IO.puts(Exponent.scale(1.0, 0.5, 1080))    # expect: 0.0
IO.inspect({Exponent.scale(1.5, 1.0, 3), Exponent.scale(1.0e300, 1.0, 2)})  # expect: {1.5, 1.0e300}

# case: a float loop overflows into an error
defmodule Overflow do
  def square(x, 0), do: x
  def square(x, n), do: square(x * x, n - 1)
  def sum(x, 0), do: x
  def sum(x, n), do: sum(x + x, n - 1)
  def try_it(f) do
    f.()
  rescue
    e in ArithmeticError -> Exception.message(e)
  end
end
IO.puts(Overflow.square(1.5, 3))                          # expect: 25.62890625
IO.puts(Overflow.try_it(fn -> Overflow.square(1.5, 40) end))  # expect: bad argument in arithmetic expression
for _ <- 1..50, do: Overflow.try_it(fn -> Overflow.square(2.5, 40) end)
IO.puts(Overflow.try_it(fn -> Overflow.sum(1.0e300, 1000) end))  # expect: bad argument in arithmetic expression
IO.puts(Overflow.try_it(fn -> Overflow.sum(1.0, 10) end))     # expect: 1024.0

# case: integers and floats meet in one loop
defmodule Mixed do
  def sum([], acc), do: acc
  def sum([h | t], acc), do: sum(t, acc + h)
  def mean(x, y), do: (x + y) / 2
  def largest([], m), do: m
  def largest([h | t], m) when h > m, do: largest(t, h)
  def largest([_ | t], m), do: largest(t, m)
end
IO.puts(Mixed.sum([1, 2, 3.5, 4], 0))          # expect: 10.5
IO.puts(Mixed.sum([1, 2, 3, 4], 0))            # expect: 10
IO.puts(Mixed.sum([1.5, 2.5], 0))              # expect: 4.0
list = Enum.map(1..200, fn i -> if rem(i, 3) == 0, do: i / 2, else: i end)
for _ <- 1..50, do: Mixed.sum(list, 0)
IO.puts(Mixed.sum(list, 0))                    # expect: 16783.5
IO.puts(Mixed.sum([1, 1_152_921_504_606_846_976, 0.5], 0))  # expect: 1.152921504606847e18
IO.puts(Mixed.mean(3, 4))                      # expect: 3.5
IO.puts(Mixed.mean(3.0, 5))                    # expect: 4.0
IO.puts(Mixed.largest([1, 2.5, 9_007_199_254_740_993, 9_007_199_254_740_992.0, 3], 0))  # expect: 9007199254740993
IO.puts(Mixed.largest([1, :a, 2.0], 0))        # expect: a

# case: an error in an inlined function names it and its caller
defmodule Inlined do
  def outer(list) do
    size = inner(list, 2)
    size + 1
  end
  def inner(x, y), do: x + y
  def trace(x) do
    outer(x)
  rescue
    e -> {Exception.message(e), for({Inlined, f, a, _} <- __STACKTRACE__, do: {f, a})}
  end
end
IO.inspect(Inlined.outer(1))     # expect: 4
IO.inspect(Inlined.trace(:a))    # expect: {"bad argument in arithmetic expression", [inner: 2, outer: 1, trace: 1]}
for _ <- 1..100, do: Inlined.trace(nil)
IO.inspect(Inlined.trace(:a))    # expect: {"bad argument in arithmetic expression", [inner: 2, outer: 1, trace: 1]}
IO.inspect(Inlined.outer(1.5))   # expect: 4.5
IO.inspect(Inlined.outer(2_000_000_000_000_000_000))  # expect: 2000000000000000003

# case: a loop in an inlined function yields to other processes
defmodule Turns do
  def spin(0, acc), do: acc
  def spin(n, acc), do: spin(n - 1, acc + 0.5)
  def run(n) do
    x = spin(n, 0.0)
    x * 2
  end
end
parent = self()
for i <- 1..3, do: spawn(fn -> send(parent, {i, Turns.run(300_000)}) end)
for i <- 1..3, do: (receive do {^i, x} -> IO.puts(x) end)
# expect: 3.0e5
# expect: 3.0e5
# expect: 3.0e5

# case: shifts, bits and divisions of small integers
defmodule Bits do
  import Bitwise
  def hash(0, h), do: h
  def hash(n, h), do: hash(n - 1, band(bxor(h * 33, n), 0xFFFFFFFF))
  def left(x, n), do: x <<< n
  def right(x, n), do: x >>> n
  def all(x, y), do: {x &&& y, x ||| y, bxor(x, y), bnot(x)}
end
IO.puts(Bits.hash(1000, 5381))              # expect: 2092433197
IO.puts(Bits.left(1, 59))                   # expect: 576460752303423488
IO.puts(Bits.left(1, 60))                   # expect: 1152921504606846976
IO.puts(Bits.left(-1, 60))                  # expect: -1152921504606846976
IO.puts(Bits.left(3, 100))                  # expect: 3802951800684688204490109616128
IO.puts(Bits.left(-256, -4))                # expect: -16
IO.puts(Bits.right(-1, 70))                 # expect: -1
IO.puts(Bits.right(-256, 4))                # expect: -16
IO.puts(Bits.right(5, -2))                  # expect: 20
IO.inspect(Bits.all(-6, 11))                # expect: {10, -5, -15, 5}

# case: negative zero and equality of floats
defmodule Zero do
  def neg(x), do: -x
  def same?(x, y), do: x == y
  def down(x, 0), do: x
  def down(x, n), do: down(x * -1.0, n - 1)
end
IO.inspect(Zero.neg(0.0) == 0.0)         # expect: true
IO.inspect(Zero.same?(0.0, Zero.down(0.0, 1)))  # expect: true
IO.inspect(Zero.same?(1, 1.0))           # expect: true
IO.inspect(Zero.same?(1.0, :a))          # expect: false
IO.inspect(Zero.down(2.5, 3))            # expect: -2.5

# case: a value that is a float on one way only
defmodule Whole do
  def show(x) when x >= 1.0 and x < 1.0e16 do
    whole = trunc(x)
    if whole == x, do: Integer.to_string(whole) <> ".0", else: Float.to_string(x)
  end
  def show(x), do: Float.to_string(x)
  def pick(x, y), do: if(x == y * 1.0, do: {:same, x}, else: {:other, x})
end
IO.puts(Whole.show(2.0))            # expect: 2.0
IO.puts(Whole.show(2.5))            # expect: 2.5
IO.puts(Whole.show(0.5))            # expect: 0.5
IO.inspect(Whole.pick(3, 3))        # expect: {:same, 3}
IO.inspect(Whole.pick(3.0, 3))      # expect: {:same, 3.0}
IO.inspect(Whole.pick(:x, 3))       # expect: {:other, :x}
