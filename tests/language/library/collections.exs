# case: enum: slices with negative limits and steps
IO.inspect(Enum.slice(1..10, -3..-1))
IO.inspect(Enum.slice([1, 2, 3, 4, 5], 0..-1//2))
IO.inspect(Enum.slice(%{a: 1, b: 2}, 1, 5))
IO.inspect(Enum.slice(Stream.map(1..9, & &1), 2..6//2))
IO.inspect(Enum.slice([1, 2], 5..9))
# expect: ~c"\b\t\n"
# expect: [1, 3, 5]
# expect: [b: 2]
# expect: [3, 5, 7]
# expect: []

# case: enum: chunks overlap, fill and discard
IO.inspect(Enum.chunk_every(1..6, 3, 2))
IO.inspect(Enum.chunk_every(1..4, 3, 3, [0, 0]))
IO.inspect(Enum.chunk_every(1..7, 2, 3, :discard))
IO.inspect(Enum.chunk_by([1, 3, 2, 4, 5], &rem(&1, 2)))
# expect: [[1, 2, 3], [3, 4, 5], [5, 6]]
# expect: [[1, 2, 3], [4, 0, 0]]
# expect: [[1, 2], [4, 5]]
# expect: [[1, 3], [2, 4], [5]]

# case: enum: sorting is stable in both directions
list = [b: 1, a: 1, c: 0]
IO.inspect(Enum.sort_by(list, &elem(&1, 1)))
IO.inspect(Enum.sort_by(list, &elem(&1, 1), :desc))
IO.inspect(Enum.sort([1, 1.0, 2], :desc))
IO.inspect(Enum.sort([~D[2024-02-01], ~D[2023-05-05]], {:desc, Date}))
# expect: [c: 0, b: 1, a: 1]
# expect: [b: 1, a: 1, c: 0]
# expect: [2, 1, 1.0]
# expect: [~D[2024-02-01], ~D[2023-05-05]]

# case: enum: zips stop with the shortest
IO.inspect(Enum.zip([1, 2, 3], Stream.cycle([:a, :b])))
IO.inspect(Enum.zip([1..2, %{x: 1, y: 2}, [:p, :q, :r]]))
IO.inspect(Enum.zip_reduce([1, 2], 10..20, 0, fn x, y, acc -> acc + x * y end))
# expect: [{1, :a}, {2, :b}, {3, :a}]
# expect: [{1, {:x, 1}, :p}, {2, {:y, 2}, :q}]
# expect: 32

# case: enum: extremes keep the first of equals
IO.inspect(Enum.max([1, 1.0]))
IO.inspect(Enum.min_max_by(["aa", "b", "cc", "d"], &byte_size/1))
IO.inspect(Enum.max_by([1, 4, 2], &rem(&1, 3)))
# expect: 1
# expect: {"b", "aa"}
# expect: 2

# case: enum: into goes through Collectable
IO.inspect(Enum.into([a: 1], %{b: 2}))
IO.inspect(Enum.into(["a", "b"], ""))
IO.inspect(Enum.into([1, 2], MapSet.new([3])))
IO.inspect(Enum.into(1..3, [], &(&1 * 2)))
# expect: %{a: 1, b: 2}
# expect: "ab"
# expect: MapSet.new([1, 2, 3])
# expect: [2, 4, 6]

# case: stream: a resource is closed when it is halted
stream = Stream.resource(fn -> IO.puts("open"); 0 end, fn n -> {[n], n + 1} end, fn n -> IO.puts("close #{n}") end)
IO.inspect(Enum.take(stream, 2))
# expect: open
# expect: close 2
# expect: [0, 1]

# case: stream: a resource is closed when its user fails
stream = Stream.resource(fn -> 0 end, fn n -> {[n], n + 1} end, fn _ -> IO.puts("close") end)
try do
  Enum.each(stream, fn n -> if n == 2, do: raise("enough") end)
rescue
  e -> IO.puts(e.message)
end
# expect: close
# expect: enough

# case: stream: steps are fused and lazy
1..3 |> Stream.each(&IO.puts("a#{&1}")) |> Stream.map(&(&1 * 2)) |> Stream.each(&IO.puts("b#{&1}")) |> Enum.take(2) |> IO.inspect()
IO.inspect(Stream.iterate(1, &(&1 * 2)) |> Stream.reject(&(&1 == 4)) |> Stream.chunk_every(2) |> Enum.take(2))
# expect: a1
# expect: b2
# expect: a2
# expect: b4
# expect: [2, 4]
# expect: [[1, 2], [8, 16]]

# case: stream: transform emits what is left
1..5 |> Stream.transform(fn -> [] end, fn x, acc -> if length(acc) == 1, do: {[[x | acc]], []}, else: {[], [x | acc]} end, fn acc -> {[acc], acc} end, fn acc -> IO.inspect(acc, label: "after") end) |> Enum.to_list() |> IO.inspect()
# expect: after: [5]
# expect: [[2, 1], [4, 3], [5]]

# case: stream: suspended reductions go on
{:suspended, acc, continue} = Enumerable.reduce(Stream.flat_map([1, 2], &[&1, &1]), {:cont, []}, fn x, acc -> {:suspend, [x | acc]} end)
IO.inspect(acc)
{:suspended, acc, continue} = continue.({:cont, acc})
IO.inspect(acc)
IO.inspect(continue.({:halt, acc}))
# expect: [1]
# expect: [1, 1]
# expect: {:halted, [1, 1]}

# case: list: shortest scripts of changes
IO.inspect(List.myers_difference([1, 4, 2, 3], [1, 2, 3, 4]))
IO.inspect(List.myers_difference(["a", "db", "c"], ["a", "bc"], &String.myers_difference/2))
# expect: [eq: [1], del: [4], eq: [2, 3], ins: [4]]
# expect: [eq: ["a"], diff: [del: "d", eq: "b", ins: "c"], del: ["c"]]

# case: lists: merges and sorts of Erlang
IO.inspect(:lists.umerge([[1, 3], [2, 3], [1]]))
IO.inspect(:lists.keymerge(1, [{1, :a}], [{1, :b}, {0, :c}]))
IO.inspect(:lists.ukeysort(1, [{2, :a}, {1, :b}, {2, :c}]))
IO.inspect(:lists.usort([3, 1.0, 1, 3]))
IO.inspect(:lists.sort(fn a, b -> a >= b end, [1, 3, 2]))
# expect: [1, 2, 3]
# expect: [{1, :a}, {1, :b}, {0, :c}]
# expect: [{1, :b}, {2, :a}]
# expect: [1.0, 3]
# expect: [3, 2, 1]

# case: maps: merge, intersect and groups
IO.inspect(:maps.merge_with(fn _k, a, b -> {a, b} end, %{a: 1, b: 2}, %{b: 3}))
IO.inspect(:maps.intersect_with(fn k, a, b -> {k, a, b} end, %{a: 1, b: 2}, %{b: 3}))
IO.inspect(:maps.groups_from_list(&rem(&1, 2), [1, 2, 3]))
IO.inspect(:maps.filtermap(fn _k, v -> v > 1 and {true, -v} end, %{a: 1, b: 2}))
# expect: %{a: 1, b: {2, 3}}
# expect: %{b: {:b, 2, 3}}
# expect: %{0 => [2], 1 => [1, 3]}
# expect: %{b: -2}

# case: queue: forms after ins and outs
q = Enum.reduce(1..4, :queue.new(), &:queue.in/2)
IO.inspect(q, charlists: :as_lists)
{{:value, 1}, q} = :queue.out(q)
IO.inspect(q, charlists: :as_lists)
IO.inspect(:queue.to_list(:queue.in_r(0, q)), charlists: :as_lists)
IO.inspect(:queue.peek_r(q))
# expect: {[4, 3, 2], [1]}
# expect: {[4], [2, 3]}
# expect: [0, 2, 3, 4]
# expect: {:value, 4}

# case: rand: the sequences of Erlang
:rand.seed(:exsss, {1, 2, 3})
IO.inspect(for _ <- 1..5, do: :rand.uniform(1000))
IO.inspect({:rand.uniform(), :rand.normal(), :rand.uniform_real()})
IO.inspect(:rand.uniform(Integer.pow(10, 30)))
IO.inspect(:rand.uniform_s(1000, :rand.seed_s(:exro928ss, 42)) |> elem(0))
IO.inspect(:rand.uniform_s(1000, :rand.seed_s(:exrop, 42)) |> elem(0))
IO.inspect(:rand.uniform_s(1000, :rand.seed_s(:exs1024s, 42)) |> elem(0))
IO.inspect(:rand.uniform_s(1000, :rand.seed_s(:exsp, 42)) |> elem(0))
IO.inspect(:rand.uniform_s(1000, :rand.seed_s(:exs64, 42)) |> elem(0))
IO.inspect(:rand.uniform_s(1000, :rand.seed_s(:exsplus, 42)) |> elem(0))
IO.inspect(:rand.uniform_s(1000, :rand.seed_s(:exs1024, 42)) |> elem(0))
IO.inspect(:rand.export_seed_s(:rand.jump(:rand.seed_s(:exsss, 7))))
IO.inspect(:rand.mwc59(12345))
# expect: [27, 641, 475, 639, 331]
# expect: {0.1256381703649364, 0.2238340534960041, 0.07830368063292098}
# expect: 106994292351643197478467299467
# expect: 294
# expect: 297
# expect: 601
# expect: 982
# expect: 843
# expect: 982
# expect: 601
# expect: {:exsss, [12217682823510747 | 247142830689798247]}
# expect: 1652382817650

# case: gb_trees: balance and order
tree = Enum.reduce(1..7, :gb_trees.empty(), fn k, t -> :gb_trees.insert(k, k * k, t) end)
IO.inspect(tree)
IO.inspect(:gb_trees.take_smallest(tree) |> elem(1))
IO.inspect(:gb_trees.to_list(:gb_trees.delete(4, tree)))
# expect: {7,
# expect:  {4, 16, {2, 4, {1, 1, nil, nil}, {3, 9, nil, nil}},
# expect:   {6, 36, {5, 25, nil, nil}, {7, 49, nil, nil}}}}
# expect: 1
# expect: [{1, 1}, {2, 4}, {3, 9}, {5, 25}, {6, 36}, {7, 49}]

# case: array: sparse and growing
a = :array.set(12, :x, :array.new(default: 0))
IO.inspect({:array.size(a), :array.get(3, a), :array.get(12, a), :array.get(99, a)})
IO.inspect(:array.sparse_to_orddict(a))
# expect: {13, 0, :x, 0}
# expect: [{12, :x}]

# case: proplists: options
list = [:a, {:b, 1}, {:a, 2}, "x"]
IO.inspect({:proplists.get_value(:a, list), :proplists.get_all_values(:a, list), :proplists.get_bool(:b, list)})
IO.inspect(:proplists.split(list, [:b]))
IO.inspect(:proplists.substitute_negations([a: :not_a], list))
# expect: {true, [true, 2], false}
# expect: {[[b: 1]], [:a, {:a, 2}, "x"]}
# expect: [{:not_a, false}, {:b, 1}, :not_a, "x"]

# case: calendar: days, weeks and RFC 3339
IO.inspect(:calendar.iso_week_number({2021, 1, 3}))
IO.inspect(:calendar.gregorian_days_to_date(738_000))
IO.inspect(:calendar.system_time_to_rfc3339(1_700_000_000_123, unit: :millisecond, offset: ~c"+02:30"))
IO.inspect(:calendar.rfc3339_to_system_time(~c"2023-11-14T22:13:20Z"))
# expect: {2020, 53}
# expect: {2020, 7, 29}
# expect: ~c"2023-11-15T00:43:20.123+02:30"
# expect: 1700000000

# case: digraph: paths and components
g = :digraph.new()
for v <- 1..5, do: :digraph.add_vertex(g, v)
for {a, b} <- [{1, 2}, {2, 3}, {3, 1}, {3, 4}], do: :digraph.add_edge(g, a, b)
IO.inspect(:digraph.get_short_path(g, 1, 4), charlists: :as_lists)
IO.inspect(Enum.sort(Enum.map(:digraph_utils.strong_components(g), &Enum.sort/1)), charlists: :as_lists)
IO.inspect({:digraph_utils.is_acyclic(g), :digraph_utils.topsort(g)})
# expect: [1, 2, 3, 4]
# expect: [[1, 2, 3], [4], [5]]
# expect: {false, false}

# case: string of Erlang: clusters, splits and numbers
IO.inspect(:string.length("ae\u0301"))
IO.inspect(:string.split("a,b,c", ",", :all))
IO.inspect(:string.lexemes("a b,,c", ~c" ,"))
IO.inspect(:string.to_float("1.5e3x"))
IO.inspect(:string.trim("..a..", :both, ~c"."))
IO.inspect(:string.find("hello", "l", :trailing))
IO.inspect(:string.titlecase("ab c"))
# expect: 2
# expect: ["a", "b", "c"]
# expect: ["a", "b", "c"]
# expect: {1500.0, "x"}
# expect: "a"
# expect: "lo"
# expect: "Ab c"

# case: timer: intervals and cancelling
{:ok, tref} = :timer.send_interval(1, :tick)
receive do: (:tick -> IO.puts("tick"))
receive do: (:tick -> IO.puts("tick"))
IO.inspect(:timer.cancel(tref))
{:ok, _} = :timer.apply_after(1, :erlang, :send, [self(), :done])
receive do: (:done -> IO.puts("done"))
# expect: tick
# expect: tick
# expect: {:ok, :cancel}
# expect: done
