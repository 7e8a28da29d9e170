# expect: value :flooded
sink = spawn(fn -> Process.sleep(:infinity) end)
ref = Process.monitor(sink)
:erlang.suspend_process(sink)
spawn(fn -> loop = fn loop -> send(sink, :x); loop.(loop) end; loop.(loop) end)
receive do
  {:DOWN, ^ref, _, _, {:budget, :mailbox}} -> :flooded
end
