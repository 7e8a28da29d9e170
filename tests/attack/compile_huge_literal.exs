# expect: budget memory
Code.eval_string("[" <> String.duplicate("{1, 2, 3},", 400_000) <> "1]") |> elem(0) |> length()
