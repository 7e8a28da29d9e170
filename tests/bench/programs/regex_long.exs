# answer: 40000 4001 159998 342002 1745365588
# group: strings
# Many matches in one long text: scan, split, replace.
text = Enum.map_join(1..40_000, " ", fn i -> "word#{rem(i * 7919, 1009)}#{if rem(i, 10) == 0, do: ",", else: ""}" end)
words = Regex.scan(~r/[a-z]+\d+/, text)
parts = String.split(text, ~r/,\s*/)
numbers = Regex.replace(~r/word(\d+)/, text, "\\1")
doubled = Regex.replace(~r/\d+/, text, fn digits -> Integer.to_string(2 * String.to_integer(digits)) end)
IO.puts("#{length(words)} #{length(parts)} #{byte_size(numbers)} #{byte_size(doubled)} #{:erlang.crc32(doubled)}")
