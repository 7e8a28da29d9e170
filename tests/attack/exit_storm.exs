# expect: budget reductions
# budget: reductions=2000000
storm = fn storm ->
  pid = spawn(fn -> Process.sleep(:infinity) end)
  for _ <- 1..100, do: Process.exit(pid, :boom)
  Process.exit(pid, :kill)
  storm.(storm)
end
storm.(storm)
