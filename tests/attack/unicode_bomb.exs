# expect: value _
text = String.duplicate("e" <> String.duplicate("\u0301", 1000), 100)
{String.length(text), byte_size(String.normalize(text, :nfc)) > 0, byte_size(String.upcase(text)) > 0}
