# expect: error CompileError
code = Enum.reduce(1..300_000, 1, fn _, inner -> {:+, [], [inner, 1]} end)
Code.eval_quoted(code) |> elem(0)
