# case: library: MapSet
IO.inspect(MapSet.new([1, 2, 1]))
IO.inspect(MapSet.member?(MapSet.new([1]), 1))
IO.inspect(MapSet.union(MapSet.new([1]), MapSet.new([2])))
IO.inspect(MapSet.size(MapSet.new(1..5)))
# expect: MapSet.new([1, 2])
# expect: true
# expect: MapSet.new([1, 2])
# expect: 5

# case: library: Keyword
IO.inspect(Keyword.merge([a: 1], [b: 2]))
IO.inspect(Keyword.pop([a: 1, b: 2], :a))
IO.inspect(Keyword.keys([a: 1]))
IO.inspect(Keyword.validate([a: 1], [:a, b: 2]))
# expect: [a: 1, b: 2]
# expect: {1, [b: 2]}
# expect: [:a]
# expect: {:ok, [b: 2, a: 1]}

# case: library: Date and Time
IO.inspect(Date.add(~D[2024-02-28], 2))
IO.inspect(Date.diff(~D[2024-03-01], ~D[2024-02-01]))
IO.inspect(Date.day_of_week(~D[2024-01-01]))
IO.inspect(Time.add(~T[10:00:00], 90))
IO.inspect(Date.leap_year?(~D[2024-01-01]))
# expect: ~D[2024-03-01]
# expect: 29
# expect: 1
# expect: ~T[10:01:30]
# expect: true

# case: library: DateTime
IO.inspect(DateTime.to_unix(~U[2024-01-01 00:00:00Z]))
IO.inspect(DateTime.from_unix!(0))
IO.inspect(NaiveDateTime.diff(~N[2024-01-02 00:00:00], ~N[2024-01-01 00:00:00]))
# expect: 1704067200
# expect: ~U[1970-01-01 00:00:00Z]
# expect: 86400

# case: library: Regex
IO.inspect(Regex.named_captures(~r/(?<y>\d+)-(?<m>\d+)/, "2024-05"))
IO.inspect(Regex.replace(~r/(a)/, "banana", "<\\1>"))
IO.inspect(Regex.split(~r/,/, "a,b"))
IO.inspect(Regex.match?(~r/^\w+$/u, "héllo"))
# expect: %{"m" => "05", "y" => "2024"}
# expect: "b<a>n<a>n<a>"
# expect: ["a", "b"]
# expect: true

# case: library: URI
IO.inspect(URI.parse("http://a.b/c?d=e#f").host)
IO.inspect(URI.encode("a b"))
IO.inspect(URI.decode_query("a=1&b=2"))
# expect: "a.b"
# expect: "a%20b"
# expect: %{"a" => "1", "b" => "2"}

# case: library: Base
IO.inspect(Base.encode64("hello"))
IO.inspect(Base.decode16!("6869"))
IO.inspect(Base.encode32("a"))
# expect: "aGVsbG8="
# expect: "hi"
# expect: "ME======"

# case: library: Version
IO.inspect(Version.compare("1.2.3", "1.10.0"))
IO.inspect(Version.match?("1.5.0", "~> 1.4"))
# expect: :lt
# expect: true

# case: library: Access
IO.inspect(get_in([%{a: 1}, %{a: 2}], [Access.all(), :a]))
IO.inspect(update_in([1, 2, 3], [Access.at(1)], &(&1 * 10)))
IO.inspect(get_in(%{a: {1, 2}}, [:a, Access.elem(1)]))
# expect: [1, 2]
# expect: [1, 20, 3]
# expect: 2

# case: library: inspect options
IO.inspect(inspect([1, 2, 3], limit: 2))
IO.inspect(inspect(%{a: 1}, pretty: true))
IO.inspect(inspect("a", binaries: :as_binaries))
IO.inspect(inspect(255, base: :hex))
# expect: "[1, 2, ...]"
# expect: "%{a: 1}"
# expect: "<<97>>"
# expect: "0xFF"

# case: library: inspect of many kinds
IO.inspect([nil, true, :a, "s", 1.0, {}, [a: 1], %{"k" => 1}])
IO.inspect(&Enum.map/2)
IO.inspect(1..2)
IO.inspect(MapSet.new([1]))
IO.inspect(<<1, 2>>)
IO.inspect([1 | 2])
# expect: [nil, true, :a, "s", 1.0, {}, [a: 1], %{"k" => 1}]
# expect: &Enum.map/2
# expect: 1..2
# expect: MapSet.new([1])
# expect: <<1, 2>>
# expect: [1 | 2]

# case: library: long inspect breaks lines
IO.inspect(Enum.to_list(1..60))
IO.inspect(Map.new(1..12, &{:"key_number_#{&1}", String.duplicate("v", &1)}))
# expect: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
# expect:  23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42,
# expect:  43, 44, 45, 46, 47, 48, 49, 50, ...]
# expect: %{
# expect:   key_number_1: "v",
# expect:   key_number_10: "vvvvvvvvvv",
# expect:   key_number_11: "vvvvvvvvvvv",
# expect:   key_number_12: "vvvvvvvvvvvv",
# expect:   key_number_2: "vv",
# expect:   key_number_3: "vvv",
# expect:   key_number_4: "vvvv",
# expect:   key_number_5: "vvvvv",
# expect:   key_number_6: "vvvvvv",
# expect:   key_number_7: "vvvvvvv",
# expect:   key_number_8: "vvvvvvvv",
# expect:   key_number_9: "vvvvvvvvv"
# expect: }

# case: library: queue and gb_trees
IO.inspect(:queue.to_list(:queue.in(2, :queue.in(1, :queue.new()))))
IO.inspect(:gb_trees.to_list(:gb_trees.insert(1, :a, :gb_trees.empty())))
IO.inspect(:ordsets.union([1, 3], [2]))
# expect: [1, 2]
# expect: [{1, :a}]
# expect: [1, 2, 3]

# case: library: lists module
IO.inspect(:lists.seq(1, 5))
IO.inspect(:lists.keysort(1, [{2, :b}, {1, :a}]))
IO.inspect(:lists.partition(&(&1 > 1), [1, 2]))
IO.inspect(:lists.foldl(&+/2, 0, [1, 2]))
IO.inspect(:lists.zip([1], [2]))
# expect: [1, 2, 3, 4, 5]
# expect: [{1, :a}, {2, :b}]
# expect: {[2], [1]}
# expect: 3
# expect: [{1, 2}]

# case: library: term_to_binary round trip
IO.inspect(:erlang.binary_to_term(:erlang.term_to_binary({1, :a, "s", [1.5], %{k: 1}})))
IO.inspect(byte_size(:erlang.term_to_binary([1, 2, 3])))
# expect: {1, :a, "s", [1.5], %{k: 1}}
# expect: 7

# case: library: seeded random numbers
IO.inspect((:rand.seed(:exsss, {1, 2, 3}); for _ <- 1..5, do: :rand.uniform(100)))
IO.inspect((:rand.seed(:exsss, {1, 2, 3}); :rand.uniform()))
# expect: [27, 41, 75, 39, 31]
# expect: 0.5455598952593053

# case: library: io_lib.format
IO.inspect(IO.iodata_to_binary(:io_lib.format("~p ~s ~w ~.2f ~5B|", [{:a, "b"}, "c", ~c"d", 1.234, 42])))
# expect: "{a,<<\"b\">>} c [100] 1.23    42|"

# case: library: ets
IO.inspect((t = :ets.new(:t, [:set]); :ets.insert(t, [{1, :a}, {2, :b}]); {:ets.lookup(t, 1), :ets.info(t, :size)}))
IO.inspect((t = :ets.new(:t, [:ordered_set]); for i <- [3, 1, 2], do: :ets.insert(t, {i}); :ets.tab2list(t)))
IO.inspect((t = :ets.new(:t, [:bag]); :ets.insert(t, {1, 1}); :ets.insert(t, {1, 2}); :ets.select(t, [{{1, :"$1"}, [{:>, :"$1", 1}], [:"$1"]}])))
# expect: {[{1, :a}], 2}
# expect: [{1}, {2}, {3}]
# expect: [2]

# case: library: ets counters
IO.inspect((t = :ets.new(:t, []); :ets.insert(t, {:c, 0}); {:ets.update_counter(t, :c, 5), :ets.update_counter(t, :d, 1, {:d, 10})}))
# expect: {5, 11}

# case: library: persistent_term and atomics
IO.inspect((:persistent_term.put(:k, {1, 2}); :persistent_term.get(:k)))
IO.inspect((a = :atomics.new(2, []); :atomics.add(a, 1, 5); {:atomics.get(a, 1), :atomics.add_get(a, 2, 3)}))
# expect: {1, 2}
# expect: {5, 3}

# case: library: StringIO and iodata
IO.inspect((IO.iodata_to_binary(["a", [?b, ["c"]]])))
IO.inspect(IO.iodata_length(["ab", ?c]))
IO.inspect(({:ok, io} = StringIO.open("x\ny"); IO.gets(io, "")))
# expect: "abc"
# expect: 3
# expect: "x\n"

# case: library: OptionParser
IO.inspect(OptionParser.parse(["--a", "1", "x", "-v"], strict: [a: :integer, verbose: :boolean], aliases: [v: :verbose]))
# expect: {[a: 1, verbose: true], ["x"], []}

# case: library: Path
IO.inspect(Path.join("a", "b"))
IO.inspect(Path.extname("x.exs"))
IO.inspect(Path.basename("/a/b.c", ".c"))
IO.inspect(Path.split("/a/b"))
# expect: "a/b"
# expect: ".exs"
# expect: "b"
# expect: ["/", "a", "b"]

# case: library: Integer and List conversions
IO.inspect(List.to_integer(~c"12"))
IO.inspect(Integer.to_charlist(5) == [53])
IO.inspect(List.to_tuple([1, 2]))
IO.inspect(Tuple.to_list({1}))
# expect: 12
# expect: true
# expect: {1, 2}
# expect: [1]

# case: library: Enum over maps
IO.inspect(Enum.map(%{a: 1}, fn {k, v} -> {v, k} end))
IO.inspect(Enum.filter(%{a: 1, b: 2}, fn {_, v} -> v > 1 end))
IO.inspect(Enum.sort_by(%{a: 2, b: 1}, &elem(&1, 1)))
IO.inspect(Enum.reduce(%{a: 1}, 0, fn {_, v}, s -> s + v end))
# expect: [{1, :a}]
# expect: [b: 2]
# expect: [b: 1, a: 2]
# expect: 1

# case: library: Function and Bitwise
IO.inspect(Function.identity(5))
IO.inspect((import Bitwise; 5 &&& 3))
IO.inspect((import Bitwise; 1 <<< 4))
# expect: 5
# expect: 1
# expect: 16


# case: generators of files embed and copy templates
defmodule Maker do
  import Mix.Generator
  embed_template(:greeting, "Hello <%= @name %>!")
  embed_text(:license, "free")
  def greet(name), do: {greeting_template(name: name), license_text()}
end

IO.inspect(Maker.greet("Bo"))                         # expect: {"Hello Bo!", "free"}
File.write!("in.eex", "a <%= @x %>\n")
IO.inspect(Mix.Generator.copy_template("in.eex", "deep/out.txt", [x: 1], quiet: true))   # expect: true
IO.inspect(Mix.Generator.copy_file("deep/out.txt", "copy.txt", quiet: true))             # expect: true
IO.inspect(File.read!("copy.txt"))                    # expect: "a 1\n"
