# Closures called from compiled code: free values, wrong arities, code that is replaced.

# case: closures of any number of free values
defmodule Call do
  def one(f, x), do: f.(x)
  def two(f, x, y), do: [f.(x, y)]
  def many(f), do: f.(1, 2, 3, 4, 5, 6, 7)
  def loop(_, 0, acc), do: acc
  def loop(f, n, acc), do: loop(f, n - 1, f.(acc))
end
{a, b, c, d, e, g} = {1, 2, 3, 4, 5, 6}
IO.inspect(Call.one(fn x -> x end, 7))                         # expect: 7
IO.inspect(Call.one(fn x -> {x, a} end, 7))                    # expect: {7, 1}
IO.inspect(Call.one(fn x -> {x, a, b, c, d, e, g} end, 7))     # expect: {7, 1, 2, 3, 4, 5, 6}
IO.inspect(Call.two(fn x, y -> {x, y, a, b, c, d} end, 8, 9))  # expect: [{8, 9, 1, 2, 3, 4}]
IO.inspect(Call.many(fn p, q, r, s, t, u, v -> [p, q, r, s, t, u, v, a] end))  # expect: [1, 2, 3, 4, 5, 6, 7, 1]
IO.inspect(Call.loop(fn x -> x + b end, 1000, 0))              # expect: 2000
IO.inspect(Call.loop(&Integer.to_string(String.length(to_string(&1))), 3, "abc"))  # expect: "1"
try do
  Call.one(fn _, _ -> 1 end, 1)
rescue
  e in BadArityError -> IO.puts(Exception.message(e) =~ "with arity 2 called with 1 argument (1)")
end
# expect: true
try do
  Call.one(:no_function, 1)
rescue
  e in BadFunctionError -> IO.puts(Exception.message(e))
end
# expect: expected a function, got: :no_function

# case: a closure made beside its call
defmodule Known do
  def sum(list, k) do
    f = fn x -> x * k end
    each(list, f, 0)
  end
  defp each([], _, acc), do: acc
  defp each([h | t], f, acc), do: each(t, f, acc + f.(h))
  def direct(k) do
    f = fn x, y -> x + y * k end
    f.(1, 2) + f.(3, 4)
  end
end
IO.inspect(Known.sum([1, 2, 3], 10))   # expect: 60
IO.inspect(Known.sum([1.5, 2], 2))     # expect: 7.0
IO.inspect(Known.direct(5))            # expect: 34
IO.inspect(Known.direct(2.5))          # expect: 19.0
for _ <- 1..100, do: Known.direct(1)
IO.inspect(Known.direct(2_000_000_000_000_000_000))  # expect: 12000000000000000004

# case: native functions that raise, call on and collect
defmodule Native do
  def apply_it(f, args), do: apply(f, args)
  def tuple(t, i), do: elem(t, i)
  def sorted(l), do: :lists.sort(l)
  def clean(x) do
    :erlang.garbage_collect()
    x
  end
  def twice(l), do: {:lists.reverse(l), length(l)}
  def fails(x) do
    String.to_integer(x)
  rescue
    ArgumentError -> {:bad, x}
  end
end
IO.inspect(Native.apply_it(&+/2, [1, 2]))    # expect: 3
IO.inspect(Native.tuple({1, 2, 3}, 1))       # expect: 2
IO.inspect(Native.sorted([3, 1, 2]))         # expect: [1, 2, 3]
IO.inspect(Native.clean({1, [2]}))           # expect: {1, [2]}
IO.inspect(Native.twice([1, 2, 3]))          # expect: {[3, 2, 1], 3}
IO.inspect(Native.fails("x1"))               # expect: {:bad, "x1"}
IO.inspect(Native.fails("12"))               # expect: 12
try do
  Native.tuple({1}, 3)
rescue
  e -> IO.inspect({e.__struct__, match?([{:erlang, :element, _, _}, {Native, :tuple, 2, _} | _], __STACKTRACE__)})
end
# expect: {ArgumentError, true}
