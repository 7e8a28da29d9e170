# expect: budget reductions
# grants: define
defmodule Attack.Loop do
  def run, do: run()
end
Attack.Loop.run()
