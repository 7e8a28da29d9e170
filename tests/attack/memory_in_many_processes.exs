# expect: budget memory | error SystemLimitError | budget processes | budget time
# budget: time=2s
parent = self()
for _ <- 1..90, do: spawn(fn -> list = Enum.to_list(1..200_000); send(parent, :ready); Process.sleep(:infinity); length(list) end)
for _ <- 1..90, do: receive(do: (:ready -> :ok))
