# expect: error CompileError
Code.eval_string(String.duplicate("1+", 100_000) <> "1") |> elem(0)
