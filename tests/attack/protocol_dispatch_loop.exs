# expect: budget memory
# grants: define
defmodule Loop do
  defstruct []
  defimpl String.Chars do
    def to_string(it), do: "#{it}" <> "#{it}"
  end
end
to_string(%Loop{})
