# answer: 2912000 true
# group: whole programs
# Text as a bitstring of codes of different lengths, and back.
defmodule Huffman do
  def frequencies(text), do: text |> String.to_charlist() |> Enum.frequencies()

  def tree(freqs) do
    queue = freqs |> Enum.map(fn {c, n} -> {n, {:leaf, c}} end) |> Enum.sort()
    build(queue)
  end

  defp build([{_, tree}]), do: tree
  defp build([{n1, t1}, {n2, t2} | rest]), do: build(insert({n1 + n2, {:node, t1, t2}}, rest))

  defp insert(x, []), do: [x]
  defp insert({n, _} = x, [{m, _} = y | rest]) when m < n, do: [y | insert(x, rest)]
  defp insert(x, rest), do: [x | rest]

  def codes(tree), do: codes(tree, <<>>) |> Map.new()
  defp codes({:leaf, c}, bits), do: [{c, bits}]
  defp codes({:node, l, r}, bits), do: codes(l, <<bits::bitstring, 0::1>>) ++ codes(r, <<bits::bitstring, 1::1>>)

  def encode(text, codes), do: for(<<c::utf8 <- text>>, into: <<>>, do: Map.fetch!(codes, c))

  def decode(bits, tree), do: decode(bits, tree, tree, []) |> Enum.reverse() |> List.to_string()
  defp decode(bits, {:leaf, c}, tree, acc), do: decode(bits, tree, tree, [c | acc])
  defp decode(<<0::1, rest::bitstring>>, {:node, l, _}, tree, acc), do: decode(rest, l, tree, acc)
  defp decode(<<1::1, rest::bitstring>>, {:node, _, r}, tree, acc), do: decode(rest, r, tree, acc)
  defp decode(<<>>, _, _, acc), do: acc
end

text = String.duplicate("it was the best of times, it was the worst of times; it was the age of wisdom — naïve façade. ", 8000)
freqs = Huffman.frequencies(text)
tree = Huffman.tree(freqs)
codes = Huffman.codes(tree)
bits = Huffman.encode(text, codes)
IO.puts("chars #{String.length(text)}, bits #{bit_size(bits)}, ratio #{Float.round(bit_size(bits) / bit_size(text), 4)}")
back = Huffman.decode(bits, tree)
IO.puts("#{bit_size(bits)} #{back == text}")
