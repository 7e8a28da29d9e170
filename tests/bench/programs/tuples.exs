# answer: 3000000 1947739400 21000000
# group: tuples, structs and maps
# Tuples: results taken apart at once, put_elem in a state of eight, a state machine, tuples as vectors.
defmodule Tuples do
  def divide(0, sum), do: sum
  def divide(n, sum) do
    {q, r} = divmod(n + 7, 3)
    divide(n - 1, sum + (3 * q + r - n - 6))
  end
  defp divmod(a, b), do: {div(a, b), rem(a, b)}

  def shuffle(0, t), do: elem(t, 0)
  def shuffle(n, t) do
    i = rem(n, 8)
    x = rem(elem(t, i) * 1_103_515_245 + 12345 + elem(t, rem(i + 1, 8)), 2_147_483_648)
    shuffle(n - 1, put_elem(t, i, x))
  end

  def vectors(0, {x, y, z}), do: x + y + z
  def vectors(n, v), do: vectors(n - 1, plus(v, {1, 2, 4}))
  defp plus({a, b, c}, {d, e, f}), do: {a + d, b + e, c + f}
end

IO.puts("#{Tuples.divide(3_000_000, 0)} #{Tuples.shuffle(3_000_001, {1, 2, 3, 4, 5, 6, 7, 8})} #{Tuples.vectors(3_000_000, {0, 0, 0})}")
