# case: floats: printing
IO.inspect(1.0)
IO.inspect(1.0e10)
IO.inspect(1.5e-7)
IO.inspect(123456789.123)
IO.inspect(0.1 + 0.2)
IO.inspect(1.0e22)
IO.inspect(-0.5)
# expect: 1.0
# expect: 10000000000.0
# expect: 1.5e-7
# expect: 123456789.123
# expect: 0.30000000000000004
# expect: 1.0e22
# expect: -0.5

# case: floats: division always gives a float
IO.inspect(4 / 2)
IO.inspect(1 / 3)
IO.inspect(-7 / 2)
# expect: 2.0
# expect: 0.3333333333333333
# expect: -3.5

# case: floats: rounding
IO.inspect(round(2.5))
IO.inspect(round(-2.5))
IO.inspect(trunc(-2.7))
IO.inspect(floor(-2.1))
IO.inspect(ceil(2.1))
IO.inspect(Float.round(3.14159, 2))
# expect: 3
# expect: -3
# expect: -2
# expect: -3
# expect: 3
# expect: 3.14

# case: floats: extreme exponents
IO.inspect(1.0e300 * 1.0e5)
IO.inspect(1.0e-300 / 1.0e5)
IO.inspect(1.7976931348623157e308)
IO.inspect(5.0e-324)
# expect: 1.0000000000000001e305
# expect: 1.0e-305
# expect: 1.7976931348623157e308
# expect: 5.0e-324

# case: floats: mixed arithmetic
IO.inspect(1 + 2.5)
IO.inspect(2.5 * 2)
IO.inspect(3 - 0.5)
IO.inspect(2 ** 0.5)
# expect: 3.5
# expect: 5.0
# expect: 2.5
# expect: 1.4142135623730951

# case: floats: parse
IO.inspect(Float.parse("3.14abc"))
IO.inspect(String.to_float("2.5e3"))
IO.inspect(Float.parse("x"))
# expect: {3.14, "abc"}
# expect: 2500.0
# expect: :error

# case: floats: math
IO.inspect(:math.sqrt(16))
IO.inspect(:math.pow(2, 8))
IO.inspect(:math.pi())
IO.inspect(:math.floor(2.7))
# expect: 4.0
# expect: 256.0
# expect: 3.141592653589793
# expect: 2.0

# case: floats: to_string
IO.inspect(to_string(1.5))
IO.inspect(Float.to_string(0.1))
IO.inspect("#{2.0}")
# expect: "1.5"
# expect: "0.1"
# expect: "2.0"

# case: floats: ratio
IO.inspect(Float.ratio(0.75))
IO.inspect(Float.floor(1.29, 1))
IO.inspect(Float.ceil(1.21, 1))
# expect: {3, 4}
# expect: 1.2
# expect: 1.3

# case: floats: accumulate in a loop
defmodule S do
  def sum(_, 0, acc), do: acc
  def sum(x, n, acc), do: sum(x + 0.5, n - 1, acc + x * x)
end
IO.puts(S.sum(0.0, 1000, 0.0))
# expect: 83208375.0

# case: floats: newton
defmodule N do
  def root(x), do: go(x, x / 2, 30)
  defp go(_, g, 0), do: g
  defp go(x, g, n), do: go(x, (g + x / g) / 2, n - 1)
end
IO.puts(Float.round(N.root(2.0), 10))
# expect: 1.4142135624

# case: floats: boxed and unboxed mix
IO.inspect(Enum.map([1.0e300, 1.0, 1.0e-300, 0.0], & &1 * 2))
# expect: [2.0e300, 2.0, 2.0e-300, 0.0]


# case: floats: text with decimals rounds as Erlang does
# The fraction is scaled and halves go away from zero; :io_lib rounds the exact value.
for x <- [0.5, 2.5, 0.125, 1.005, 1.115, 0.045, 0.15, 0.35, 1.45, -0.05, 1.0e22, 123_456_789_012.345, 0.999] do
  IO.puts(for(d <- [0, 1, 2, 18], do: :erlang.float_to_binary(x, decimals: d)) |> Enum.join(" "))
end
IO.puts :erlang.float_to_binary(0.1, decimals: 20)
IO.puts :erlang.float_to_binary(1.5, [:compact, decimals: 6])
IO.puts(["io_lib:", for(x <- [0.25, 0.15, 0.35, 0.125, 1.115, 0.045, -2.5, 1_234_567.125], f <- ["~.1f", "~.2f"], do: [" ", :io_lib.format(f, [x])])])
# expect: 1 0.5 0.50 0.500000000000000000
# expect: 3 2.5 2.50 2.500000000000000000
# expect: 0 0.1 0.13 0.125000000000000000
# expect: 1 1.0 1.00 1.004999999999999893
# expect: 1 1.1 1.12 1.114999999999999984
# expect: 0 0.0 0.05 0.045000000000000000
# expect: 0 0.2 0.15 0.150000000000000000
# expect: 0 0.4 0.35 0.350000000000000000
# expect: 1 1.5 1.45 1.449999999999999936
# expect: -0 -0.1 -0.05 -0.050000000000000000
# expect: 10000000000000000000000 10000000000000000000000.0 10000000000000000000000.00 10000000000000000000000.000000000000000000
# expect: 123456789012 123456789012.3 123456789012.35 123456789012.345001220703124992
# expect: 1 1.0 1.00 0.999000000000000000
# expect: 0.10000000000000000555
# expect: 1.5
# expect: io_lib: 0.3 0.25 0.1 0.15 0.3 0.35 0.1 0.13 1.1 1.11 0.0 0.04 -2.5 -2.50 1234567.1 1234567.13
