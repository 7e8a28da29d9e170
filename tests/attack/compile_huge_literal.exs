# expect: budget memory | value _ | budget reductions | error SystemLimitError
Code.eval_string("[" <> String.duplicate("{1, 2, 3},", 400_000) <> "1]") |> elem(0) |> length()
