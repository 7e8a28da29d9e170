# expect: error Phial.CapabilityError
defmodule Attack.Nothing do
end
