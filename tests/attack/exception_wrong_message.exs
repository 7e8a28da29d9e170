# expect: error Wrong
# grants: define
defmodule Wrong do
  defexception [:x]
  def message(_), do: {:not, "a text", Enum.to_list(1..100_000)}
end
raise Wrong
