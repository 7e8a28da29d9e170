# case: the compiler's messages are collected instead of printed
{result, diagnostics} = Code.with_diagnostics(fn ->
  Code.eval_string("defmodule Collected do\n  def run(unused), do: :ok\nend\nCollected.run(1)", [], file: "collected.ex")
  |> elem(0)
end)
IO.inspect(result)                                                              # expect: :ok
IO.inspect(Enum.map(diagnostics, &{&1.severity, &1.position}))                  # expect: [warning: {2, 11}]
IO.puts(hd(diagnostics).message |> String.split("\n") |> hd())                  # expect: variable "unused" is unused (if the variable is not meant to be used, prefix it with an underscore)

# case: errors are collected before they are raised; IO.warn too
{outcome, diagnostics} = Code.with_diagnostics(fn ->
  IO.warn("careful", file: "here.ex", line: 3)
  try do
    Code.eval_string("missing_function(1)")
  rescue
    error -> error.__struct__
  end
end)
IO.inspect(outcome)                                                             # expect: CompileError
IO.inspect(Enum.map(diagnostics, &{&1.severity, &1.message}), width: 200)                 # expect: [warning: "careful", error: "undefined function missing_function/1 (there is no such import)"]
IO.inspect(Process.get())                                                       # expect: []

# case: they can be printed as well, then or later
{:ok, _} = Application.ensure_all_started(:ex_unit)
printed = ExUnit.CaptureIO.capture_io(:stderr, fn ->
  {_, [diagnostic]} = Code.with_diagnostics([log: true], fn -> IO.warn("once", file: "here.ex", line: 3) end)
  Code.print_diagnostic(diagnostic, snippet: false)
end)
IO.inspect(length(String.split(printed, "warning: once")) - 1)                  # expect: 2
