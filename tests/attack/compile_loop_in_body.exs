# expect: budget reductions
# grants: define
defmodule Attack.Body do
  Stream.run(Stream.cycle([1]))
end
