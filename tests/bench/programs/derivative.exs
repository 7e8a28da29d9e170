# answer: 281029 3
# group: pattern matching
# Symbolic differentiation and simplification of expressions as tuples.
defmodule Derivative do
  def d(n) when is_number(n), do: 0
  def d(:x), do: 1
  def d({:+, a, b}), do: simplify({:+, d(a), d(b)})
  def d({:-, a, b}), do: simplify({:-, d(a), d(b)})
  def d({:*, a, b}), do: simplify({:+, simplify({:*, d(a), b}), simplify({:*, a, d(b)})})
  def d({:^, a, n}) when is_integer(n), do: simplify({:*, simplify({:*, n, simplify({:^, a, n - 1})}), d(a)})

  def simplify({:+, 0, a}), do: a
  def simplify({:+, a, 0}), do: a
  def simplify({:+, a, b}) when is_number(a) and is_number(b), do: a + b
  def simplify({:-, a, 0}), do: a
  def simplify({:-, a, a}), do: 0
  def simplify({:*, 0, _}), do: 0
  def simplify({:*, _, 0}), do: 0
  def simplify({:*, 1, a}), do: a
  def simplify({:*, a, 1}), do: a
  def simplify({:*, a, b}) when is_number(a) and is_number(b), do: a * b
  def simplify({:^, a, 1}), do: a
  def simplify({:^, _, 0}), do: 1
  def simplify(e), do: e

  def size({_, a, b}), do: 1 + size(a) + size(b)
  def size(_), do: 1

  def build(0), do: {:^, :x, 3}
  def build(n), do: {:*, {:+, build(n - 1), n}, {:-, :x, n}}

  def times(e, 0), do: e
  def times(e, n), do: times(d(e), n - 1)
end

size = Enum.reduce(1..60, 0, fn _, _ -> Derivative.size(Derivative.times(Derivative.build(12), 4)) end)
IO.puts("#{size} #{Derivative.size(Derivative.d({:^, :x, 2}))}")
