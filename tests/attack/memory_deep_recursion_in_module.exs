# expect: budget memory
# grants: define
defmodule Attack.Deep do
  def count(n), do: 1 + count(n + 1)
end
Attack.Deep.count(0)
