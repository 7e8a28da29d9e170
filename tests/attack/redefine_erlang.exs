# expect: error Phial.CapabilityError
# grants: define
defmodule :erlang do
  def spawn(_), do: :evil
end
