# expect: budget memory
# grants: define
defmodule Attack.Macros do
  defmacro loop(n), do: quote(do: Attack.Macros.loop(unquote(n) + 1))
end
Code.eval_string("require Attack.Macros; Attack.Macros.loop(0)")
