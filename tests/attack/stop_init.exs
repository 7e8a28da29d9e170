# expect: value :ok
result = :init.stop()
Process.sleep(50)
result
