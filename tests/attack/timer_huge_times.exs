# expect: value [:error, :error, :error, :error, :error, true]
attempt = fn f ->
  try do
    f.()
  rescue
    _ -> :error
  end
end
big = Bitwise.bsl(1, 100)
[attempt.(fn -> Process.send_after(self(), :x, big) end),
 attempt.(fn -> Process.send_after(self(), :x, -1) end),
 attempt.(fn -> Process.sleep(big) end),
 attempt.(fn -> receive(after: (big -> 1)) end),
 attempt.(fn -> :erlang.start_timer(0xffffffffffffffff, self(), :x) end),
 is_reference(attempt.(fn -> Process.send_after(self(), :x, 0xffffffff) end))]
