# expect: budget reductions
try do
  :ok
after
  Stream.run(Stream.cycle([1]))
end
