# expect: value :ok
for name <- [:logger, :error_logger, :init, :user], pid = Process.whereis(name), is_pid(pid) do
  for junk <- [nil, {:io_request, self(), make_ref(), :junk}, {:EXIT, self(), :kill}, %{}, {:"$gen_call", {self(), make_ref()}, :junk}], do: send(pid, junk)
end
Process.sleep(20)
:ok
