# expect: value :done
for name <- [:init, :user, :code_server, :logger, :kernel_sup, :application_controller] do
  try do
    Process.unregister(name)
    Process.register(self(), name)
  rescue
    ArgumentError -> :ok
  catch
    _, _ -> :ok
  end
end
:done
