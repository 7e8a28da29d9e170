# expect: value :done
for i <- 1..200 do
  try do
    Process.register(self(), String.to_atom("attack_name_#{i}"))
    Process.unregister(String.to_atom("attack_name_#{i}"))
  rescue
    ArgumentError -> :ok
  end
end
:done
