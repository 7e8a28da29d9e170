# expect: error Phial.CapabilityError | error CompileError
# grants: define
defmodule :erlang do
  def spawn(_), do: :evil
end
