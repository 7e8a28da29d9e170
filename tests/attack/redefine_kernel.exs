# expect: error Phial.CapabilityError
# grants: define
defmodule Kernel do
  def abs(_), do: 0
end
