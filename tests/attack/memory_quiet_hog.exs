# expect: value {:down, {:budget, :memory}}
# One that holds much and sleeps is ended when others ask for more, for it is the largest; who holds little goes on.
{hog, ref} = spawn_monitor(fn ->
  list = Enum.to_list(1..800_000)
  receive do: (:never -> length(list))
end)
Process.sleep(200)
small = for _ <- 1..40, do: spawn_monitor(fn -> list = Enum.to_list(1..100_000); Process.sleep(500); length(list) end)
down = receive(do: ({:DOWN, ^ref, :process, ^hog, reason} -> {:down, reason}), after: (1500 -> :nothing))
for {_, one} <- small, do: receive(do: ({:DOWN, ^one, _, _, _} -> :ok))
down
