# expect: value :ok
{_, diagnostics} = Code.with_diagnostics(fn ->
  try do
    Code.eval_string("foo(1)", [], file: "/etc/passwd")
  rescue
    _ -> :ok
  end
end)
false = inspect(diagnostics) =~ "root:"
:ok
