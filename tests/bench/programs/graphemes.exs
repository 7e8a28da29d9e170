# answer: 8000 8000 160000 232000 v 200000 true
# group: strings
# Unicode: graphemes, code points, lengths, reversal, slices of mixed text.
defmodule Graphemes do
  @text "naïve café Ünïcödé 日本語テキスト 👩‍👩‍👧 e\u0301te\u0301 плюс αβγ 🇩🇪🇫🇷 done "
  def text(n), do: String.duplicate(@text, n)

  def count(text), do: text |> String.graphemes() |> Enum.frequencies()
  def letters(text, found \\ 0) do
    case String.next_grapheme(text) do
      {"a", rest} -> letters(rest, found + 1)
      {_, rest} -> letters(rest, found)
      nil -> found
    end
  end
end

text = Graphemes.text(4000)
frequencies = Graphemes.count(text)
reversed = String.reverse(text)
words = text |> String.split() |> Enum.map(&String.length/1) |> Enum.sum()
points = text |> String.codepoints() |> length()
same = String.reverse(reversed) == text
IO.puts("#{frequencies["é"]} #{Graphemes.letters(text)} #{words} #{points} #{String.at(text, 10_003)} #{String.length(text)} #{same}")
