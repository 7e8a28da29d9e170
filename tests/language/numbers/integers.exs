# case: integers: addition past 61 bits
IO.inspect(1152921504606846975 + 1)
IO.inspect(-1152921504606846976 - 1)
IO.inspect(9223372036854775807 + 1)
# expect: 1152921504606846976
# expect: -1152921504606846977
# expect: 9223372036854775808

# case: integers: multiplication to bignums
IO.inspect(123456789012345678901234567890 * 987654321098765432109876543210)
IO.inspect(4611686018427387904 * 2)
IO.inspect(-3 * 1152921504606846976)
# expect: 121932631137021795226185032733622923332237463801111263526900
# expect: 9223372036854775808
# expect: -3458764513820540928

# case: integers: truncated division
IO.inspect(div(7, 2))
IO.inspect(div(-7, 2))
IO.inspect(div(7, -2))
IO.inspect(div(100000000000000000000000, 7))
# expect: 3
# expect: -3
# expect: -3
# expect: 14285714285714285714285

# case: integers: remainder takes the dividend's sign
IO.inspect(rem(7, 2))
IO.inspect(rem(-7, 2))
IO.inspect(rem(7, -2))
IO.inspect(rem(-100000000000000000000001, 10))
# expect: 1
# expect: -1
# expect: 1
# expect: -1

# case: integers: Integer.mod and floor_div
IO.inspect(Integer.mod(-7, 2))
IO.inspect(Integer.floor_div(-7, 2))
IO.inspect(Integer.mod(7, -3))
# expect: 1
# expect: -4
# expect: -2

# case: integers: bases
IO.inspect(0xFF)
IO.inspect(0b1010)
IO.inspect(0o777)
IO.inspect(1_000_000)
IO.inspect(?a)
# expect: 255
# expect: 10
# expect: 511
# expect: 1000000
# expect: 97

# case: integers: to_string in bases
IO.inspect(Integer.to_string(255, 16))
IO.inspect(Integer.to_string(-255, 2))
IO.inspect(Integer.to_string(123456789012345678901234567890, 36))
# expect: "FF"
# expect: "-11111111"
# expect: "BYW97UM9S91DLZ68TSI"

# case: integers: parse
IO.inspect(Integer.parse("12abc"))
IO.inspect(Integer.parse("abc"))
IO.inspect(String.to_integer("-42"))
IO.inspect(Integer.parse("ff", 16))
# expect: {12, "abc"}
# expect: :error
# expect: -42
# expect: {255, ""}

# case: integers: powers
IO.inspect(2 ** 10)
IO.inspect(2 ** 100)
IO.inspect((-2) ** 3)
IO.inspect(2 ** -1)
IO.inspect(Integer.pow(3, 40))
# expect: 1024
# expect: 1267650600228229401496703205376
# expect: -8
# expect: 0.5
# expect: 12157665459056928801

# case: integers: bitwise
IO.inspect(Bitwise.band(12, 10))
IO.inspect(Bitwise.bor(12, 10))
IO.inspect(Bitwise.bxor(12, 10))
IO.inspect(Bitwise.bnot(5))
IO.inspect(Bitwise.bsl(1, 70))
IO.inspect(Bitwise.bsr(-5, 1))
# expect: 8
# expect: 14
# expect: 6
# expect: -6
# expect: 1180591620717411303424
# expect: -3

# case: integers: bitwise on bignums
IO.inspect(Bitwise.band(0xFFFFFFFFFFFFFFFFFFFF, 0xF0F0))
IO.inspect(Bitwise.bor(-1, 0xFFFFFFFFFFFFFFFFFFFF))
IO.inspect(Bitwise.bxor(-18446744073709551617, 5))
# expect: 61680
# expect: -1
# expect: -18446744073709551622

# case: integers: comparison with floats
IO.inspect(1 == 1.0)
IO.inspect(1 === 1.0)
IO.inspect(1 < 1.5)
IO.inspect(9007199254740993 > 9007199254740992.0)
IO.inspect(10 ** 400 > 1.0e308)
# expect: true
# expect: false
# expect: true
# expect: true
# expect: true

# case: integers: digits and undigits
IO.inspect(Integer.digits(1234))
IO.inspect(Integer.undigits([1, 2, 3]))
IO.inspect(Integer.digits(255, 16))
# expect: [1, 2, 3, 4]
# expect: 123
# expect: [15, 15]

# case: integers: gcd
IO.inspect(Integer.gcd(12, 18))
IO.inspect(Integer.extended_gcd(240, 46))
# expect: 6
# expect: {2, -9, 47}

# case: integers: abs and negation
IO.inspect(abs(-5))
IO.inspect(-(-5))
IO.inspect(abs(-123456789012345678901234567890))
# expect: 5
# expect: 5
# expect: 123456789012345678901234567890

# case: integers: max and min
IO.inspect(max(1, 2))
IO.inspect(min(1, 1.0))
IO.inspect(max(:a, 1))
# expect: 2
# expect: 1
# expect: :a

# case: integers: factorial of 100
defmodule F do
  def f(0), do: 1
  def f(n), do: n * f(n - 1)
end
IO.puts(F.f(100))
# expect: 93326215443944152681699238856266700490715968264381621468592963895217599993229915608941463976156518286253697920827223758251185210916864000000000000000000000000

# case: integers: loop over the small boundary
defmodule L do
  def up(n, 0), do: n
  def up(n, k), do: up(n * 3 + 1, k - 1)
end
IO.puts(L.up(1, 60))
# expect: 63586737412824305271441649801

# case: integers: collatz
defmodule C do
  def len(1, n), do: n
  def len(x, n) when rem(x, 2) == 0, do: len(div(x, 2), n + 1)
  def len(x, n), do: len(3 * x + 1, n + 1)
end
IO.inspect(Enum.max_by(1..3000, &C.len(&1, 1)))
# expect: 2919

# case: integers: even and odd
require Integer
IO.inspect(Integer.is_even(4))
IO.inspect(Integer.is_odd(4))
# expect: true
# expect: false

