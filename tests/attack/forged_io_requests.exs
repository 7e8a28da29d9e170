# expect: value :alive
leader = Process.group_leader()
for request <- [:x, {:put_chars, :unicode, self()}, {:put_chars, :latin1, [300]}, {:get_until, :unicode, "", :no, :no, []}, {:requests, [1 | 2]}, {:setopts, :x}, {:put_chars, :unicode, :erlang, :halt, [1]}, {:get_line, 7}] do
  send(leader, {:io_request, self(), make_ref(), request})
  send(leader, {:io_request, :nobody, make_ref(), request})
  send(leader, {:file_request, self(), make_ref(), request})
end
Process.sleep(100)
IO.puts("x")
:alive
