# expect: budget reductions
# grants: define
defmodule Endless do
  defexception [:x]
  def message(it), do: message(it)
end
raise Endless
