# case: long natives: others have their turn while a long list is sorted, and the result is right
defmodule Beat do
  def run(count) do
    receive do
      {:stop, from} -> send(from, {:beats, count})
    after
      0 -> :erlang.yield() && run(count + 1)
    end
  end
end
list = Enum.map(1..400_000, &rem(&1 * 7919, 400_009))
pid = spawn(fn -> Beat.run(0) end)
:erlang.yield()
sorted = :lists.sort(list)
send(pid, {:stop, self()})
receive do {:beats, n} -> IO.inspect n > 5 end
IO.inspect {length(sorted), hd(sorted), Enum.chunk_every(sorted, 2, 1, :discard) |> Enum.all?(fn [a, b] -> a <= b end)}
# expect: true
# expect: {400000, 1, true}

# case: long natives: equal elements keep their order in a long sort
pairs = for n <- 1..30_000, do: {rem(n * 31, 7) + 0.5, n}
sorted = :lists.sort(pairs)
IO.inspect sorted == Enum.sort_by(pairs, &(&1))
IO.inspect :lists.sort([{2, :b}, {1, :z}, {2, :a}])
# expect: true
# expect: [{1, :z}, {2, :a}, {2, :b}]

# case: long natives: large binaries are searched, split and replaced
text = String.duplicate("hello world ", 50_000)
IO.inspect length(:binary.matches(text, "world"))
IO.inspect length(:binary.split(text, " ", [:global, :trim_all]))
replaced = :binary.replace(text, "world", "moon", [:global])
IO.inspect {byte_size(replaced), binary_part(replaced, 0, 12)}
# expect: 50000
# expect: 100000
# expect: {550000, "hello moon h"}

# case: long natives: differences of long lists
IO.inspect Enum.to_list(1..20_000) -- Enum.to_list(3..19_998)
IO.inspect length(:lists.reverse(Enum.to_list(1..300_000), [:end]))
# expect: [1, 2, 19999, 20000]
# expect: 300001

# case: long natives: an exit signal takes effect when the function is done, messages wait
me = self()
pid = spawn(fn -> send(me, :ready); :lists.sort(Enum.map(1..300_000, &rem(&1 * 7919, 300_007))); receive do {:ask, from} -> send(from, :answer) end end)
receive do :ready -> send(pid, {:ask, self()}) end
IO.inspect(receive do m -> m end)
{pid, ref} = spawn_monitor(fn -> send(me, :ready); sort = fn f -> :lists.sort(Enum.map(1..300_000, &rem(&1 * 7919, 300_007))); f.(f) end; sort.(sort) end)
receive do :ready -> Process.exit(pid, :kill) end
IO.inspect(receive do {:DOWN, ^ref, _, _, reason} -> reason end)
# expect: :answer
# expect: :killed
