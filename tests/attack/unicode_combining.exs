# expect: value 1
marks = String.duplicate("\u0327\u0301\u0323\u0300", 100_000)
text = "e" <> marks
^text = text |> String.normalize(:nfc) |> String.normalize(:nfd) |> String.normalize(:nfc) |> then(fn _ -> text end)
String.length(String.normalize(text, :nfd))
