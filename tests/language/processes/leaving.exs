# case: leaving: who stands beside long native functions on one scheduler has its turn
defmodule Ticker do
  # Counts turns until it is told to stop, and keeps the longest time between two of them.
  def start(parent), do: spawn(fn -> loop(parent, 0, 0, now()) end)
  def loop(parent, turns, longest, before) do
    receive do
      :stop -> send(parent, {:turns, turns, longest})
    after
      0 ->
        :erlang.yield()
        time = now()
        loop(parent, turns + 1, max(longest, time - before), time)
    end
  end
  defp now, do: :erlang.monotonic_time(:millisecond)

  # True if the function took no time worth speaking of, or the ticker had its turn while it ran and never waited for long.
  def beside(name, fun) do
    ticker = start(self())
    :erlang.yield()
    fun.()
    send(ticker, :stop)
    receive do
      {:turns, turns, longest} -> if turns < 3 or longest > 2_000, do: IO.inspect({name, turns, longest})
    end
  end
end

list = Enum.to_list(1..400_000)
pairs = Enum.map(list, &{&1, &1})
map = Map.new(pairs)
other = Map.new(list, &{&1, nil})
text = String.duplicate("aé b", 500_000)
bytes = :binary.copy("abcdefgh", 500_000)
table = :ets.new(:t, [:set, :public])
tree = :ets.new(:o, [:ordered_set, :public])
bag = :erlang.term_to_binary(pairs)

works = [
  maps_from_list: fn -> 400_000 = map_size(:maps.from_list(pairs)) end,
  maps_merge: fn -> 400_000 = map_size(:maps.merge(map, other)) end,
  maps_to_list: fn -> 400_000 = length(:maps.to_list(map)) end,
  term_to_binary: fn -> true = byte_size(:erlang.term_to_binary(pairs)) > 1_000_000 end,
  binary_to_term: fn -> 400_000 = length(:erlang.binary_to_term(bag)) end,
  ets_insert: fn -> :ets.insert(table, pairs) end,
  ets_insert_ordered: fn -> :ets.insert(tree, pairs) end,
  ets_tab2list: fn -> 400_000 = length(:ets.tab2list(table)) end,
  ets_select: fn -> 200_000 = length(:ets.select(table, [{{:"$1", :"$2"}, [{:>, :"$1", 200_000}], [:"$2"]}])) end,
  ets_match: fn -> 400_000 = length(:ets.match(tree, {:"$1", :_})) end,
  ets_select_count: fn -> 400_000 = :ets.select_count(tree, [{:_, [], [true]}]) end,
  ets_select_delete: fn -> 200_000 = :ets.select_delete(tree, [{{:"$1", :_}, [{:>, :"$1", 200_000}], [true]}]) end,
  ets_delete_all: fn -> :ets.delete_all_objects(table) end,
  ets_delete: fn -> :ets.delete(tree) end,
  upcase: fn -> 2_500_000 = byte_size(String.upcase(text)) end,
  graphemes: fn -> 2_000_000 = String.length(text) end,
  reverse: fn -> 2_500_000 = byte_size(String.reverse(text)) end,
  normalize: fn -> 3_000_000 = byte_size(String.normalize(text, :nfd)) end,
  to_charlist: fn -> 2_000_000 = length(String.to_charlist(text)) end,
  bin_to_list: fn -> 4_000_000 = length(:binary.bin_to_list(bytes)) end,
  hex: fn -> 8_000_000 = byte_size(:binary.encode_hex(bytes)) end,
  hash: fn -> 32 = byte_size(:crypto.hash(:sha256, bytes)) end,
  regex: fn -> :nomatch = :re.run(String.duplicate("a", 24) <> "!", "^(a+)+$") end,
  iodata: fn -> 3_000_000 = IO.iodata_length(List.duplicate("abc", 1_000_000)) end,
  message: fn -> send(spawn(fn -> receive do _ -> :ok end end), pairs) end,
  append: fn -> 800_000 = length(list ++ list) end,
]
for {name, fun} <- works, do: Ticker.beside(name, fun)
IO.puts "done"
# expect: done

# case: leaving: what is left in the middle gives the same results
list = Enum.map(1..50_000, &{rem(&1 * 7919, 50_021), "v#{&1}", %{&1 => [&1 / 2]}})
IO.inspect :erlang.binary_to_term(:erlang.term_to_binary(list)) == list
map = Map.new(list, fn {k, v, m} -> {k, {v, m}} end)
IO.inspect {map_size(map), Map.merge(map, map) == map, Enum.sort(Map.to_list(map)) == Enum.sort(Enum.map(list, fn {k, v, m} -> {k, {v, m}} end))}
for type <- [:set, :ordered_set] do
  t = :ets.new(:t, [type])
  :ets.insert(t, list)
  back = Enum.sort(:ets.tab2list(t))
  few = :ets.select(t, [{{:"$1", :_, :_}, [{:<, :"$1", 10}], [:"$1"]}])
  IO.inspect {back == Enum.sort(list), Enum.sort(few), :ets.select_delete(t, [{{:"$1", :_, :_}, [{:>=, :"$1", 100}], [true]}]), :ets.info(t, :size)}
  IO.inspect {:ets.delete_all_objects(t), :ets.info(t, :size), :ets.delete(t)}
end
t = :ets.new(:o, [:ordered_set])
:ets.insert(t, Enum.map(5_000..1//-1, &{&1}))
IO.inspect {:ets.select(t, [{{:"$1"}, [], [:"$1"]}]) == Enum.to_list(1..5_000), :ets.select_reverse(t, [{{:"$1"}, [], [:"$1"]}]) == Enum.to_list(5_000..1//-1)}
# expect: true
# expect: {50000, true, true}
# expect: {true, [1, 2, 3, 4, 5, 6, 7, 8, 9], 49901, 99}
# expect: {true, 0, true}
# expect: {true, [1, 2, 3, 4, 5, 6, 7, 8, 9], 49901, 99}
# expect: {true, 0, true}
# expect: {true, true}

# case: leaving: patterns that need long give what they give otherwise
text = String.duplicate("a", 20)
IO.inspect Regex.run(~r/^(a+)+$/, text)
IO.inspect Regex.run(~r/^(?:a+)+b|a(a)/, text <> "c")
IO.inspect Regex.scan(~r/(x+x+)+y|z/, String.duplicate("x", 16) <> "z" <> String.duplicate("x", 16) <> "y")
IO.inspect :re.run(String.duplicate("a", 40) <> "!", "^(a+)+$", [:report_errors, {:match_limit, 100_000}])
IO.inspect :re.run(String.duplicate("a", 40) <> "!", "^(a+)+$", [{:match_limit, 100_000}])
# expect: ["aaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaa"]
# expect: ["aa", "a"]
# expect: [["z"], ["xxxxxxxxxxxxxxxxy", "xxxxxxxxxxxxxxxx"]]
# expect: {:error, :match_limit}
# expect: :nomatch

# case: leaving: deep and large terms are encoded
deep = Enum.reduce(1..300_000, nil, fn _, acc -> {acc} end)
IO.inspect byte_size(:erlang.term_to_binary(deep)) > 600_000
IO.inspect :erlang.external_size(%{a: 1, b: [2 | 3], c: {}, d: %{}, e: [%{f: []}]}) == byte_size(:erlang.term_to_binary(%{a: 1, b: [2 | 3], c: {}, d: %{}, e: [%{f: []}]}))
IO.inspect :erlang.binary_to_term(:erlang.term_to_binary(%{a: 1, b: [2 | 3], c: {}, d: %{}, e: [%{f: []}], g: [[1], ~c"ab", [:x | {1}]]}))
# expect: true
# expect: true
# expect: %{a: 1, b: [2 | 3], c: {}, d: %{}, e: [%{f: []}], g: [[1], ~c"ab", [:x | {1}]]}
