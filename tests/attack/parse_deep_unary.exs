# expect: error SyntaxError | error CompileError | budget memory | error SystemLimitError | budget reductions | value _
Code.eval_string(String.duplicate("-", 200_000) <> "1") |> elem(0)
