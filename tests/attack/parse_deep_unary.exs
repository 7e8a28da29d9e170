# expect: error SyntaxError
Code.eval_string(String.duplicate("-", 200_000) <> "1") |> elem(0)
