# expect: budget reductions
text = String.duplicate("a", 60) <> "!"
regex = ~r/^(a|aa|a?)+$/
for _ <- Stream.iterate(0, & &1 + 1) do
  Regex.run(regex, text)
  Regex.match?(regex, text)
  Regex.scan(regex, text)
  Regex.split(regex, text)
  Regex.replace(regex, text, "")
  Regex.named_captures(~r/^(?<x>a|aa|a?)+$/, text)
end
