# Integers about the sizes where their form changes: small, in one word, in two, beyond.

# case: every operation on pairs of them
import Bitwise
edges = for e <- [0, 31, 59, 60, 61, 62, 63, 64, 125, 126, 127, 128, 190], d <- [-2, -1, 0, 1, 3], s <- [1, -1], do: s * ((1 <<< e) + d)
edges = Enum.uniq(edges)
ops = [add: &+/2, sub: &-/2, mul: &*/2, div: fn a, b -> if b == 0, do: 0, else: div(a, b) end, rem: fn a, b -> if b == 0, do: 0, else: rem(a, b) end,
  band: &band/2, bor: &bor/2, bxor: &bxor/2, shl: fn a, b -> if abs(b) < 300, do: a <<< b, else: 0 end, shr: fn a, b -> if abs(b) < 300, do: a >>> b, else: 0 end,
  cmp: fn a, b -> if a < b, do: 1, else: 2 end, eq: fn a, b -> if a == b, do: 1, else: 2 end, not: fn a, _ -> bnot(a) end, neg: fn a, _ -> -a end, abs: fn a, _ -> abs(a) end]
for {name, op} <- ops do
  h = for a <- edges, b <- edges, reduce: 7 do
    h -> 
      r = op.(a, b)
      # the text shows that the result is in its one form
      rem(h * 31 + :erlang.phash2(Integer.to_string(r), 1_000_003), 1_000_000_007)
  end
  forms = for a <- edges, b <- edges, r = op.(a, b), r != String.to_integer(Integer.to_string(r)) or :erlang.phash2(r) != :erlang.phash2(String.to_integer(Integer.to_string(r))), do: {a, b}
  IO.inspect({name, h, forms})
end
# expect: {:add, 179907365, []}
# expect: {:sub, 495488928, []}
# expect: {:mul, 375501713, []}
# expect: {:div, 975579835, []}
# expect: {:rem, 940944846, []}
# expect: {:band, 852623156, []}
# expect: {:bor, 726545277, []}
# expect: {:bxor, 454034808, []}
# expect: {:shl, 836884487, []}
# expect: {:shr, 558545990, []}
# expect: {:cmp, 439121554, []}
# expect: {:eq, 812082186, []}
# expect: {:not, 514824094, []}
# expect: {:neg, 612026242, []}
# expect: {:abs, 812975294, []}

# case: generators of random numbers and hashes
import Bitwise
seed = fn s -> rem(s * 6364136223846793005 + 1442695040888963407, 18446744073709551616) end
IO.inspect(Enum.reduce(1..10000, 42, fn _, s -> seed.(s) end))
# expect: 2387174744251513850
IO.inspect(Enum.reduce(1..10000, 0xcbf29ce484222325, fn i, h -> band(bxor(h, rem(i, 256)) * 0x100000001b3, 0xffffffffffffffff) end))
# expect: 1603222824634531989
IO.inspect(Enum.reduce(1..10000, 88172645463325252, fn _, x -> x = band(bxor(x, x <<< 13), 0xffffffffffffffff); x = bxor(x, x >>> 7); band(bxor(x, x <<< 17), 0xffffffffffffffff) end))
# expect: 11972918009268048605

# case: integers beyond the floats are not divided as such
power = &Integer.pow(10, &1)
divide = fn a, b -> try do a / b rescue e -> e.__struct__ end end
zero = String.to_integer("0")
IO.inspect(for {a, b} <- [{400, 399}, {400, 100}, {308, 400}, {320, 320}], do: divide.(power.(a), power.(b)))
# expect: [ArithmeticError, ArithmeticError, ArithmeticError, ArithmeticError]
IO.inspect([divide.(zero, power.(400)), divide.(1, power.(400)), divide.(1.5, power.(400)), divide.(power.(308), power.(307))])
# expect: [ArithmeticError, ArithmeticError, ArithmeticError, 10.0]
