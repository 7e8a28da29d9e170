# answer: {true, 42, 1074830325, 2147480685}
# group: tuples, structs and maps
# Two kinds of heaps as tuples: 200,000 numbers in and out.
defmodule PQ do
  def new, do: nil
  def merge(nil, h), do: h
  def merge(h, nil), do: h

  def merge({a, ac} = x, {b, bc} = y) do
    if a <= b, do: {a, [y | ac]}, else: {b, [x | bc]}
  end

  def push(h, v), do: merge(h, {v, []})
  def pop({v, cs}), do: {v, pairs(cs)}
  defp pairs([]), do: nil
  defp pairs([x]), do: x
  defp pairs([a, b | r]), do: merge(merge(a, b), pairs(r))
end

defmodule Leftist do
  def empty, do: :leaf
  def merge(:leaf, t), do: t
  def merge(t, :leaf), do: t

  def merge({_, x, l, r} = a, {_, y, l2, r2} = b) do
    if x < y, do: make(x, l, merge(r, b)), else: make(y, l2, merge(a, r2))
  end

  defp rank(:leaf), do: 0
  defp rank({r, _, _, _}), do: r
  defp make(x, a, b), do: if(rank(a) >= rank(b), do: {rank(b) + 1, x, a, b}, else: {rank(a) + 1, x, b, a})
end

nums = Stream.iterate(42, &rem(&1 * 1_103_515_245 + 12345, 2_147_483_648)) |> Enum.take(200_000)
h = Enum.reduce(nums, PQ.new(), &PQ.push(&2, &1))

sorted =
  Stream.unfold(h, fn
    nil -> nil
    h -> PQ.pop(h)
  end)
  |> Enum.to_list()

IO.inspect(sorted == Enum.sort(nums))
l = Enum.reduce(nums, Leftist.empty(), fn x, acc -> Leftist.merge({1, x, :leaf, :leaf}, acc) end)

s2 =
  Stream.unfold(l, fn
    :leaf -> nil
    {_, x, a, b} -> {x, Leftist.merge(a, b)}
  end)
  |> Enum.to_list()

IO.inspect({s2 == sorted, hd(s2), Enum.at(s2, 100_000), List.last(s2)})
