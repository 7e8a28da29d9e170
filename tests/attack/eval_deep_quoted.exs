# expect: error SyntaxError | error CompileError | error ArgumentError | budget memory | error SystemLimitError | budget reductions | value _
code = Enum.reduce(1..300_000, 1, fn _, inner -> {:+, [], [inner, 1]} end)
Code.eval_quoted(code) |> elem(0)
