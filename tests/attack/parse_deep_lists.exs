# expect: error SyntaxError
Code.eval_string(String.duplicate("[", 100_000) <> String.duplicate("]", 100_000)) |> elem(0) |> is_list()
