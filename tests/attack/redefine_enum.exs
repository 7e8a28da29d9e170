# expect: error Phial.CapabilityError
# grants: define
defmodule Enum do
  def map(_, _), do: :evil
end
