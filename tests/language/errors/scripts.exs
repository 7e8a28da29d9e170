# case: scripts: an uncaught exception ends with status 1
IO.puts "before"
raise "bad end"
# expect: before
# expect error: ** (RuntimeError) bad end
# expect status: 1

# case: scripts: exit with a status
exit({:shutdown, 3})
# expect status: 3

# case: scripts: System.halt
IO.puts "x"
System.halt(4)
# expect: x
# expect status: 4

# case: scripts: at_exit runs
System.at_exit(fn s -> IO.puts("status #{s}") end)
IO.puts "main"
# expect: main
# expect: status 0

# case: scripts: argv
IO.inspect System.argv()
# expect: []

# case: scripts: a linked crash ends the script
Logger.configure(level: :none)
spawn_link(fn -> exit(:bad) end)
Process.sleep(500)
IO.puts "not reached"
# expect error: ** (EXIT from #PID<
# expect error: >) :bad
# expect status: 1

