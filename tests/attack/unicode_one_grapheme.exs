# expect: value {1, 1}
text = "a" <> String.duplicate("\u0301", 2_000_000)
{String.length(text), length(String.graphemes(text))}
