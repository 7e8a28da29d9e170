# answer: STRASSE ΟΔΟΣ Grüße 3424000 true
# group: strings
# Upper and lower case, capitalization, normalization and comparison of Unicode text.
defmodule UnicodeCase do
  @text "Straße ΟΔΟΣ Grüße aus Zürich, ÉCOLE d'été, Привет мир; plain ascii words follow here and there. "
  def run(0, size, _text), do: size

  def run(n, size, text) do
    up = String.upcase(text)
    down = String.downcase(up)
    run(n - 1, size + String.length(up) + byte_size(down), text)
  end

  def text, do: String.duplicate(@text, 40)
end

text = UnicodeCase.text()
size = UnicodeCase.run(400, 0, text)
words = text |> String.split(" ") |> Enum.map(&String.capitalize/1)
nfd = String.normalize(text, :nfd)
same = String.normalize(nfd, :nfc) == text and String.equivalent?(nfd, text) and length(words) > 600
IO.puts("#{String.upcase("straße")} #{String.upcase("οδος")} #{String.capitalize("grÜSSE") |> String.replace("ss", "ß")} #{size} #{same}")
