# expect: value _ | exit | error Phial.CapabilityError | error UndefinedFunctionError | error ArgumentError
result = :init.stop()
Process.sleep(50)
result
