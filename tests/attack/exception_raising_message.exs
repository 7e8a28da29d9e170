# expect: budget memory
# grants: define
# What is raised while the message is made has a message to be made.
defmodule Raising do
  defexception [:x]
  def message(it), do: raise(it)
end
raise Raising
