defmodule Basics do
  def fib(n) when n < 2, do: n
  def fib(n), do: fib(n - 1) + fib(n - 2)
  def test_fib, do: fib(20)

  def len([]), do: 0
  def len([_ | t]), do: 1 + len(t)
  def test_len, do: len([1, 2, 3, [4]])
  def test_deep, do: len(build(10_000, []))
  defp build(0, acc), do: acc
  defp build(n, acc), do: build(n - 1, [n | acc])

  def map([], _), do: []
  def map([h | t], f), do: [f.(h) | map(t, f)]
  def test_map, do: map([1, 2, 3], fn x -> {x, x * 2} end)
  def test_capture, do: map([[1], [2, 3]], &len/1)
  def test_closures, do: adder(10).(5).(7)
  defp adder(x), do: fn y -> fn z -> x + y * 100 + z * 10_000 end end

  def kind({:ok, x}), do: {:yes, x}
  def kind({:error, r}) when is_atom(r), do: {:no, r}
  def kind({:error, _}), do: :no
  def kind({a, b, c}), do: {c, b, a}
  def kind([]), do: :empty
  def kind([x]), do: {:one, x}
  def kind([a, b | _]), do: {:two, a, b}
  def kind(x) when is_list(x), do: :list
  def kind(%{k: v, l: [h | _]}), do: {:map, v, h}
  def kind(%{k: v}), do: {:map, v}
  def kind(1), do: :one
  def kind(2), do: :two
  def kind(2.0), do: :float_two
  def kind("s"), do: :string
  def kind(x) when is_integer(x) and x > 100 or x == 50, do: {:big, x}
  def kind(_), do: :other
  def test_kind,
    do: map([{:ok, 1}, {:error, :x}, {:error, "x"}, {1, 2, 3}, {}, [], [7], [1, 2], [1 | 2], [1, 2, 3], %{k: 1}, %{k: 1, l: [5]}, %{k: 1, l: []}, %{}, 1, 2, 2.0, 3,
             "s", "t", 50, 101, :ok, nil], &kind/1)

  def pair(a, b) do
    case {a, b} do
      {1, x} -> {:first, x}
      {x, 2} -> {:second, x}
      {x, x} -> {:same, x}
      other -> other
    end
  end
  def test_pair, do: [pair(1, 5), pair(4, 2), pair(3, 3), pair(3, 4), pair(1, 2)]

  def test_pins do
    x = 3
    f = fn
      ^x -> :pinned
      {^x, y} when y > x -> y
      [^x | _] -> :list
      _ -> :no
    end
    map([3, {3, 4}, {3, 2}, [3], [4]], f)
  end

  def grade(x) do
    cond do
      x > 90 -> :a
      x > 80 and x != 85 -> :b
      x == 85 -> :special
      y = even(x) -> {:even, y}
      true -> :f
    end
  end
  defp even(x), do: if(rem(x, 2) == 0, do: x)
  def test_grade, do: map([95, 84, 85, 60, 61], &grade/1)

  def bools(a, b), do: {a && b, a || b, !a, a and is_integer(b), a or b, not a}
  def test_bools, do: [bools(true, 1), bools(false, nil), bools(true, false)]
  def truthy(a, b), do: (if a && b do :both else if a || b, do: :one, else: :none end)
  def test_truthy, do: [truthy(1, 2), truthy(nil, 2), truthy(1, false), truthy(nil, nil)]
  def test_badbool, do: bad_and(:maybe)
  defp bad_and(x), do: x and true

  def test_arithmetic do
    [1 + 2.0, 7 - 10, 3 * 4, 7 / 2, div(-7, 2), rem(-7, 2), -(5), 1 <= 1.0, 1 === 1.0, 1 == 1.0, 2 > 1, :a < "b", max(3, 9), abs(-3),
     100_000_000_000_000_000_000 * 3, ops(6, 3)]
  end
  defp ops(a, b),
    do: {a + b, a - b, a * b, a / b, div(a, b), rem(a, b), -a, a < b, a <= b, a > b, a >= b, a == b, a != b, a === b, a !== b, 1 - a, 2 * a, a * 2, 10 > a, 6 <= a, 6 >= b}
  def test_badarith, do: add_one(:a)
  defp add_one(x), do: x + 1

  def test_with do
    f = fn x ->
      with {:ok, y} <- x, z = y + 1, {:ok, w} when w > z <- {:ok, y * 2} do
        {:done, w}
      else
        {:error, r} -> {:err, r}
        {:ok, n} when n < 100 -> {:small, n}
        :none -> :none
      end
    end
    map([{:ok, 5}, {:ok, 1}, {:error, :e}, :none], f)
  end
  def test_with_no_else, do: (with {:ok, x} <- {:oops, 1}, do: x)
  def test_with_clause, do: with_clause({:weird, 1})
  defp with_clause(v), do: (with({:ok, x} <- v) do x else :a -> :b end)

  def test_case_clause, do: case_clause(7)
  defp case_clause(x), do: (case x do 1 -> :one; 2 -> :two end)
  def test_badmatch, do: bad_match(7)
  defp bad_match(x) do
    {:ok, y} = x
    y
  end
  def test_match do
    {a, [b, {c} | d], %{e: e}} = {1, [2, {3}, 4], %{e: 5, f: 6}}
    [a, b, c, d, e, (x = 5; x * x)]
  end
  def test_cond_clause, do: cond_clause(5)
  defp cond_clause(x), do: (cond do x > 10 -> 1 end)
  def test_function_clause, do: (try do only_one(2) catch :error, :function_clause -> :caught end)
  defp only_one(1), do: 1

  def test_maps do
    m = %{a: 1, b: 2}
    n = %{m | a: 10}
    k = :dyn
    o = %{k => 5, "x" => n.b}
    %{^k => five, "x" => two} = o
    [m, n, o, five, two, n.a]
  end
  def test_badkey, do: update(%{b: 1})
  defp update(m), do: %{m | a: 1}
  def test_field, do: field(%{x: %{y: 3}})
  defp field(m), do: m.x.y
  def test_no_field, do: field(%{x: %{}})

  def test_apply, do: [apply(__MODULE__, :len, [[1]]), apply(&fib/1, [5]), apply(:erlang, :abs, [-1]), (m = Basics; m.len([1, 2]))]
  def test_big_tuple, do: {fib(1), fib(2), fib(3), fib(4), {fib(5), [fib(6) | fib(7)]}, self() == self()}
  def test_shadow do
    x = 1
    y = case x do 1 -> (x = 2; x + 1); _ -> 0 end
    {x, y}
  end
  def test_when_alternatives, do: map([1, :a, "b", 2.0], fn x when is_integer(x) when is_atom(x) -> :yes; _ -> :no end)
  def test_guard_failure, do: map([[1], [], 5, {1}], fn x when hd(x) == 1 -> :one; x when tuple_size(x) == 1 or true -> :size; _ -> :none end)
  def test_guard_not, do: map([[1], 5, true], fn x when not is_list(x) and not (x == 5) -> :a; x when x in [1, 5, 7] -> :b; _ -> :c end)
  def test_strings, do: map([1, :a, "b"], fn x -> case x do 1 -> "one"; "b" -> "bee"; _ -> "?" end end)
  def test_loop, do: loop(1_000_000, 0)
  defp loop(0, acc), do: acc
  defp loop(n, acc), do: loop(n - 1, acc + n)
  def swapper(0, a, b, c), do: {a, b, c}
  def swapper(n, a, b, c), do: swapper(n - 1, b, c, a)
  def test_swapper, do: swapper(5, :a, :b, :c)
  def even?(0), do: true
  def even?(n), do: odd?(n - 1)
  def odd?(0), do: false
  def odd?(n), do: even?(n - 1)
  def test_mutual, do: {even?(100_001), odd?(7)}
  def test_many_arguments, do: many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
  defp many(a, b, c, d, e, f, g, h, i, j), do: {j, many2(i, h, g, f, e, d, c, b, a), a}
  defp many2(a, b, c, d, e, f, g, h, i), do: [a, b, c, d, e, f, g, h, i | fib(3)]
  def test_nested_case, do: map([{1, {2, 3}}, {1, {2, 4}}, {1, 5}, {2, 5}, 7], fn x ->
    case x do
      {1, y} -> case y do {2, 3} -> :deep; {2, z} -> {:z, z}; _ -> :y end
      {_, y} -> {:other, y}
      _ -> :none
    end
  end)
end
