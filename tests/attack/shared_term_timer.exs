# expect: budget memory
bomb = Enum.reduce(1..60, {1}, fn _, t -> {t, t} end)
Process.send_after(self(), bomb, 10)
receive(do: (_ -> :got))
