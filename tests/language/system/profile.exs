# :dbg, :cprof, :eprof, :fprof and Phial.Profile.
defmodule Work do
  def outer(n), do: Enum.map(1..n, &inner/1) |> length()
  def inner(x), do: x * 2
  def spin(until), do: if(System.monotonic_time(:millisecond) < until, do: spin(until), else: :done)
  def fail, do: raise("no")
end

# case: dbg with a function of one's own, and its shapes
me = self()
{:ok, _} = :dbg.tracer(:process, {fn message, state -> send(me, {:seen, message}); state end, :state})
IO.inspect(:dbg.tracer())                                  # expect: {:error, :already_started}
{:ok, [{:matched, :nonode@nohost, 1}]} = :dbg.p(self(), :c)
IO.inspect(:dbg.tpl(Work, :inner, :x))                     # expect: {:ok, [{:matched, :nonode@nohost, 1}, {:saved, :x}]}
Work.outer(1)
receive do {:seen, {:trace, ^me, :call, call}} -> IO.inspect(call) end                            # expect: {Work, :inner, [1]}
receive do {:seen, {:trace, ^me, :return_from, call, value}} -> IO.inspect({call, value}) end     # expect: {{Work, :inner, 1}, 2}
IO.inspect(:dbg.tp(Work, :inner, 1, :dbg.fun2ms(fn [x] when x > 3 -> message(x) end)))            # expect: {:ok, [{:matched, :nonode@nohost, 1}, {:saved, 1}]}
IO.inspect(:dbg.tpl(Work, :inner, 1, 1))                   # expect: {:ok, [{:matched, :nonode@nohost, 1}, {:saved, 1}]}
Work.inner(2)
Work.inner(4)
receive do {:seen, {:trace, ^me, :call, call, extra}} -> IO.inspect({call, extra}) end            # expect: {{Work, :inner, [4]}, 4}
IO.inspect(:dbg.ctpl(Work, :inner))                        # expect: {:ok, [{:matched, :nonode@nohost, 1}]}
Work.inner(5)
IO.inspect(:dbg.p(:nobody_here, :c))                       # expect: {:error, :not_running}
IO.inspect(:dbg.p(self(), :nonsense))                      # expect: {:error, {:bad_flag, :nonsense}}
IO.inspect(:dbg.tp(Work, [{:_, [], [{:nonsense}]}]))       # expect: {:error, :bad_match_spec}
:dbg.stop()
IO.inspect(:dbg.get_tracer())                              # expect: {:error, :no_tracer}
receive do {:seen, :end_of_trace} -> IO.puts("end") end    # expect: end
receive do {:seen, _} -> IO.puts("more") after 0 -> IO.puts("nothing more") end                   # expect: nothing more

# case: what dbg prints
print = fn message -> :dbg.dhandler(message, :standard_io) end
pid = :erlang.list_to_pid(~c"<0.50.0>")
print.({:trace, pid, :call, {Work, :inner, [1]}})                       # expect: (<0.50.0>) call 'Elixir.Work':inner(1)
print.({:trace, pid, :return_from, {Work, :inner, 1}, 2})               # expect: (<0.50.0>) returned from 'Elixir.Work':inner/1 -> 2
print.({:trace, pid, :send, :hello, pid})                               # expect: (<0.50.0>) <0.50.0> ! hello
print.({:trace, pid, :receive, {:a, "b"}})                              # expect: (<0.50.0>) << {a,<<"b">>}
print.({:trace_ts, pid, :exit, :normal, 5})                             # expect: (<0.50.0>) exit normal (Timestamp: 5)

# case: match specifications of functions
IO.inspect(:dbg.fun2ms(fn [a, b] when a > b -> return_trace(); message({a, caller()}) end), width: 200)
# expect: [{[:"$1", :"$2"], [{:>, :"$1", :"$2"}], [{:return_trace}, {:message, {{:"$1", {:caller}}}}]}]
IO.inspect(:dbg.fun2ms(fn _ -> :ok end))                                # expect: [{:_, [], [:ok]}]

# case: cprof
IO.inspect(:cprof.start(Work) >= 5)                                     # expect: true
Work.outer(7)
{Work, total, counts} = :cprof.analyse(Work)
count = fn counts, mfa -> Enum.find_value(counts, fn {name, count} -> name == mfa && count end) end
IO.inspect({count.(counts, {Work, :inner, 1}), count.(counts, {Work, :outer, 1}), total == Enum.sum(Enum.map(counts, &elem(&1, 1)))})   # expect: {7, 1, true}
IO.inspect(:cprof.analyse(Work, 5) |> elem(2) |> Enum.all?(fn {_, count} -> count >= 5 end))     # expect: true
:cprof.pause(Work)
Work.outer(7)
IO.inspect(:cprof.analyse(Work) |> elem(1) == total)                    # expect: true
:cprof.restart(Work)
Work.inner(1)
IO.inspect(:cprof.analyse(Work))                                        # expect: {Work, 1, [{{Work, :inner, 1}, 1}]}
:cprof.stop()
IO.inspect(:cprof.analyse(Work))                                        # expect: {Work, 0, []}

# case: eprof
IO.inspect(:eprof.profile(fn -> Work.outer(10); Task.await(Task.async(fn -> Work.inner(1) end)); :value end))   # expect: {:ok, :value}
{:ok, device} = StringIO.open("")
Process.group_leader(self(), device)
:eprof.analyze(:total)
Process.group_leader(self(), Process.whereis(:user))
{_, text} = StringIO.contents(device)
[line] = for line <- String.split(text, "\n"), line =~ "'Elixir.Work':inner/1", do: line
IO.inspect(String.split(line) |> Enum.at(1))                            # expect: "11"
IO.inspect(text =~ ~r/Total: +[0-9]+ +100.00%/)                         # expect: true
IO.inspect(:eprof.profile(fn -> Work.fail() end) |> elem(0))            # expect: :error
IO.inspect(:eprof.stop())                                               # expect: :stopped
IO.inspect(:eprof.analyze())                                            # expect: :nothing_to_analyze

# case: eprof of processes that run already
worker = spawn(fn -> receive do :go -> Work.outer(5) end; receive do :stop -> :ok end end)
:profiling = :eprof.start_profiling([worker])
send(worker, :go)
Process.sleep(20)
IO.inspect(:eprof.stop_profiling())                                     # expect: :profiling_stopped
IO.inspect(:eprof.stop_profiling())                                     # expect: :profiling_already_stopped
rows = Agent.get(:eprof, & &1.rows)[worker]
IO.inspect(Enum.any?(rows, fn {mfa, count, _} -> mfa == {Work, :inner, 1} and count == 5 end))   # expect: true
:eprof.stop()

# case: fprof
IO.inspect(:fprof.apply(&Work.outer/1, [4]))                            # expect: 4
IO.inspect(:fprof.profile())                                            # expect: :ok
rows = Map.new(:fprof.rows(), fn {mfa, count, acc, own} -> {mfa, {count, acc, own}} end)
{1, outer, _} = rows[{Work, :outer, 1}]
{4, inner, own} = rows[{Work, :inner, 1}]
IO.inspect({outer >= inner, inner >= own})                              # expect: {true, true}
:fprof.stop()
IO.inspect(:fprof.profile())                                            # expect: {:error, :no_profile}

# case: counts and times of everything
{value, profile} = Phial.Profile.calls(fn -> Work.outer(20) end)
IO.inspect({value, {{Work, :inner, 1}, 20, 0} in profile.rows})          # expect: {20, true}
{value, profile} = Phial.Profile.time(fn -> Work.outer(20) end)
IO.inspect({value, Enum.any?(profile.rows, &match?({{Work, :inner, 1}, 20, _}, &1))})   # expect: {20, true}
IO.inspect(:erlang.trace_info({Work, :inner, 1}, :all))                 # expect: {:all, false}
IO.inspect(IO.iodata_to_binary(Phial.Profile.format(profile)) =~ "Work.inner/1")         # expect: true

# case: samples of the stacks
{value, profile} = Phial.Profile.sample(fn -> Work.spin(System.monotonic_time(:millisecond) + 300) end)
IO.inspect(value)                                                       # expect: :done
[{stack, _} | _] = Enum.sort_by(profile.stacks, fn {_, count} -> -count end)
IO.inspect({Work, :spin, 1} in stack)                                   # expect: true
text = IO.iodata_to_binary(Phial.Profile.format(profile, limit: 5))
IO.inspect({text =~ "Work.spin/1", text =~ "own %"})                    # expect: {true, true}
html = IO.iodata_to_binary(Phial.Profile.flame(profile))
IO.inspect({String.starts_with?(html, "<!doctype html>"), html =~ "Work.spin/1", html =~ "http-equiv"})   # expect: {true, true, false}
svg = IO.iodata_to_binary(Phial.Profile.flame(profile, :svg))
IO.inspect({String.starts_with?(svg, "<svg "), String.ends_with?(svg, "</svg>")})        # expect: {true, true}

# case: a function that fails ends its profile
for kind <- [:sample, :calls, :time] do
  try do
    apply(Phial.Profile, kind, [fn -> Work.fail() end])
  rescue
    error -> IO.puts(Exception.message(error))
  end
end
# expect: no
# expect: no
# expect: no
{value, _} = Phial.Profile.sample(fn -> :again end)
IO.inspect({value, :erlang.trace_info({Work, :fail, 0}, :all)})         # expect: {:again, {:all, false}}
