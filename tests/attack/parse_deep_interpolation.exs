# expect: error TokenMissingError
Code.string_to_quoted(String.duplicate("\"#{", 50_000)) |> elem(0)
