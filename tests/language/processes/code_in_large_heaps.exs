# case: code that is looked for in a heap whose old part is being swept
Code.compile_string("defmodule Sought do def f, do: fn -> :here end end")
me = self()

keeper =
  spawn(fn ->
    keep = fn keep, held, n ->
      receive do
        {:take, message} -> keep.(keep, if(rem(n, 8) == 0, do: [message | Enum.take(held, 3)], else: held), n + 1)
        :stop -> send(me, {:stopped, length(held)})
      end
    end

    keep.(keep, [], 0)
  end)

looker =
  spawn(fn ->
    look = fn look, n ->
      :erlang.check_process_code(keeper, Sought)
      receive do
        {:stop, from} -> send(from, {:looked, n > 5})
      after
        0 -> look.(look, n + 1)
      end
    end

    look.(look, 0)
  end)

for n <- 1..400, do: send(keeper, {:take, for(i <- 1..8000, do: {n, i})})
send(keeper, :stop)
receive do {:stopped, held} -> IO.inspect(held) end
# expect: 4
send(looker, {:stop, self()})
receive do {:looked, often} -> IO.inspect(often) end
# expect: true
