# expect: budget memory
Process.flag(:trap_exit, true)
f = fn f, list -> f.(f, [Enum.to_list(1..100) | list]) end
try do
  f.(f, [])
rescue
  _ -> f.(f, [])
end
