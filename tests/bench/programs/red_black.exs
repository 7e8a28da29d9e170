# answer: 300000 25
# group: pattern matching
# A red-black tree by pattern matching: insertions and look-ups.
defmodule RedBlack do
  def insert(tree, key) do
    {_, left, value, right} = put(tree, key)
    {:black, left, value, right}
  end

  defp put(nil, key), do: {:red, nil, key, nil}
  defp put({color, left, value, right}, key) when key < value, do: balance(color, put(left, key), value, right)
  defp put({color, left, value, right}, key) when key > value, do: balance(color, left, value, put(right, key))
  defp put(tree, _key), do: tree

  defp balance(:black, {:red, {:red, a, x, b}, y, c}, z, d), do: {:red, {:black, a, x, b}, y, {:black, c, z, d}}
  defp balance(:black, {:red, a, x, {:red, b, y, c}}, z, d), do: {:red, {:black, a, x, b}, y, {:black, c, z, d}}
  defp balance(:black, a, x, {:red, {:red, b, y, c}, z, d}), do: {:red, {:black, a, x, b}, y, {:black, c, z, d}}
  defp balance(:black, a, x, {:red, b, y, {:red, c, z, d}}), do: {:red, {:black, a, x, b}, y, {:black, c, z, d}}
  defp balance(color, left, value, right), do: {color, left, value, right}

  def member?(nil, _key), do: false
  def member?({_, left, value, _}, key) when key < value, do: member?(left, key)
  def member?({_, _, value, right}, key) when key > value, do: member?(right, key)
  def member?(_tree, _key), do: true

  def depth(nil), do: 0
  def depth({_, left, _, right}), do: 1 + max(depth(left), depth(right))

  def fill(0, _x, tree), do: tree
  def fill(n, x, tree), do: fill(n - 1, rem(x * 16807, 2_147_483_647), insert(tree, x))

  def count(0, _x, _tree, found), do: found
  def count(n, x, tree, found), do: count(n - 1, rem(x * 16807, 2_147_483_647), tree, if(member?(tree, x), do: found + 1, else: found))
end

tree = RedBlack.fill(300_000, 1, nil)
IO.puts("#{RedBlack.count(600_000, 1, tree, 0)} #{RedBlack.depth(tree)}")
