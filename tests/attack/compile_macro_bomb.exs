# expect: budget memory
# grants: define
defmodule Attack.Bomb do
  defmacro boom(0), do: 1
  defmacro boom(n), do: quote(do: {Attack.Bomb.boom(unquote(n - 1)), Attack.Bomb.boom(unquote(n - 1))})
end
Code.eval_string("require Attack.Bomb; Attack.Bomb.boom(40)")
