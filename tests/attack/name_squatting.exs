# expect: error ArgumentError
for name <- [:user, :init, :code_server, :logger, Logger, :standard_error, :kernel_sup, :application_controller, :undefined, nil, true], do: Process.register(self(), name)
