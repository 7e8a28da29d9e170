# Specifications are compiled before they run: every form of heads, guards and bodies, on tables of each type.

# case: heads guards and bodies of every form
defmodule Specs do
  def objects, do: [{1, :a}, {2, "b", [1, 2]}, {3, %{k: 1, v: {1, 2}}}, {4, 4}, {5, [1, 2 | 3]}, {6, 1.0, 1}, {{7, :x}, :y, :y}, {8, {8, 8}, []}]

  def specs do
    [
      [{:_, [], [:"$_"]}],
      [{:"$1", [], [:"$1"]}],
      [{{:"$1", :"$1"}, [], [:"$$"]}],
      [{{:"$2", :"$1"}, [], [:"$$"]}],
      [{{:_, :"$9", :"$3"}, [], [:"$$", {{:"$3", :"$9"}}]}],
      [{{:"$1", %{k: :"$2"}}, [], [{{:"$2", {:map_get, :v, %{v: :"$1"}}}}]}],
      [{{:"$1", %{v: {1, :"$2"}, k: :"$3"}}, [], [%{:"$1" => :"$2", k: [:"$3"]}]}],
      [{{:"$1", [1, 2 | :"$2"]}, [], [[:x, :"$2" | :"$1"]]}],
      [{{:_, :"$1", [:"$2" | :_]}, [{:is_binary, :"$1"}], [{{:"$1", :"$2", {{:const, 1}}}}]}],
      [{{:"$1", :_}, [{:>, :"$1", 2}, {:"=<", :"$1", 4}], [{:+, :"$1", 10}]}],
      [{{:"$1", :"$2"}, [{:==, :"$2", 4}], [true]}, {{:"$1", :"$2"}, [], [{{:"$2", {:const, {:a, :"$1"}}}}]}],
      [{{:_, :"$1", :"$2"}, [{:==, :"$1", :"$2"}], [:eq]}, {{:_, :"$1", :"$2"}, [{:"=:=", :"$1", :"$2"}], [:exact]}],
      [{{:_, :"$1", :"$2"}, [{:"/=", :"$1", :"$2"}], [:differ]}, {{:_, :"$1", :"$2"}, [{:"=/=", :"$1", :"$2"}], [:not_exact]}],
      [{{{:_, :x}, :"$1", :"$1"}, [], [{{{{1, 2}}, {{}}, [{:const, 3}, 4], {{{:const, 5}}}}}]}],
      [{{:"$1", :_, :_}, [{:andalso, {:is_integer, :"$1"}, {:<, :"$1", 7}}], [:"$1"]}],
      [{{:"$1", :_}, [{:orelse, {:==, :"$1", 1}, {:==, {:hd, :"$1"}, 1}}], [:"$1"]}],
      [{{:"$1", :_}, [{:and, true, {:is_integer, :"$1"}, {:>, :"$1", 3}}], [:"$1"]}],
      [{{:"$1", :_}, [{:or, false, {:==, :"$1", 1}, {:==, :"$1", 5}}], [:"$1"]}],
      [{{:"$1", :_}, [{:not, {:xor, {:==, :"$1", 1}, true}}], [:"$1"]}],
      [{{:"$1", :"$2"}, [{:is_map, :"$2"}], [{:map_size, :"$2"}, {:hd, :"$2"}]}],
      [{{:"$1", :"$2"}, [], [{:element, 1, {{:"$1", :"$2"}}}]}],
      [{{4, :"$1"}, [], [:"$1"]}],
      [{{4, 4}, [], [:found]}],
      [{{8, {8, 8}, []}, [], [:found, {{}}]}],
      [{{{7, :"$1"}, :_, :y}, [], [:"$1"]}],
      [{{:"$1", :_}, [{:<, :"$1", :atom}, {:is_record, {:const, {:r, 1}}, :r, 2}], [[]]}],
      [{{:"$1", :_}, [], [{:self}]}],
      [{{:"$1", :_}, [], [%{a: %{b: :"$1"}}, {{:"$1", "text", 1.5, [1, 2], {{3, 4}}}}]}],
      [{{:"$1", :_}, [:"$1"], [1]}],
      [{{:"$1", :"$2"}, [true, {:>=, :"$2", :"$1"}], ["$_", :"$_"]}],
      # none of these is a specification
      [{{:"$1"}, [], []}],
      [{{:"$1"}, [:"$2"], [1]}],
      [{{:"$1"}, [], [{1, 2}]}],
      [{{:"$1"}, [], [{:no_such_guard, 1}]}],
      [{{:"$1"}, [{:andalso}], [1]}],
      [{{:"$1"}, [], [{:const}]}],
      [{{:"$1"}, [], [{}]}],
      [{:atom, [], [1]}],
      [{{:"$1"}, [], [[:"$1" | :"$5"]]}],
      [{{:"$1"}, [1 | 2], [1]}],
      :no
    ]
  end
end

for type <- [:set, :ordered_set, :bag], {spec, i} <- Enum.with_index(Specs.specs()) do
  table = :ets.new(:specs, [type])
  :ets.insert(table, Specs.objects())
  result = try do Enum.sort(:ets.select(table, spec)) rescue e -> e.__struct__ end
  result = if spec == [{{:"$1", :_}, [], [{:self}]}], do: Enum.map(result, &(&1 == self())), else: result
  count = try do :ets.select_count(table, spec) rescue e -> e.__struct__ end
  deleted = try do :ets.select_delete(table, spec) rescue e -> e.__struct__ end
  left = table |> :ets.tab2list() |> length()
  if type == :set, do: IO.puts("#{i} #{inspect(result, limit: :infinity)} #{inspect(count)} #{inspect(deleted)} #{left}")
  if type != :set, do: Process.put({type, i}, {result, count, deleted, left})
  if type == :bag and Process.get({:bag, i}) != Process.get({:ordered_set, i}), do: IO.inspect({:differ, i, Process.get({:bag, i}), Process.get({:ordered_set, i})})
end

# expect: 0 [{1, :a}, {3, %{k: 1, v: {1, 2}}}, {4, 4}, {5, [1, 2 | 3]}, {2, "b", [1, 2]}, {6, 1.0, 1}, {8, {8, 8}, []}, {{7, :x}, :y, :y}] 0 0 8
# expect: 1 [{1, :a}, {3, %{k: 1, v: {1, 2}}}, {4, 4}, {5, [1, 2 | 3]}, {2, "b", [1, 2]}, {6, 1.0, 1}, {8, {8, 8}, []}, {{7, :x}, :y, :y}] 0 0 8
# expect: 2 [[4]] 0 0 8
# expect: 3 [[4, 4], [:a, 1], [%{k: 1, v: {1, 2}}, 3], [[1, 2 | 3], 5]] 0 0 8
# expect: 4 [{1, 1.0}, {:y, :y}, {[], {8, 8}}, {[1, 2], "b"}] 0 0 8
# expect: 5 [{1, 3}] 0 0 8
# expect: 6 [%{3 => 2, :k => [1]}] 0 0 8
# expect: 7 [[:x, 3 | 5]] 0 0 8
# expect: 8 [{"b", 1, {:const, 1}}] 0 0 8
# expect: 9 [13, 14] 0 0 8
# expect: 10 [true, {:a, {:a, :"$1"}}, {%{k: 1, v: {1, 2}}, {:a, :"$1"}}, {[1, 2 | 3], {:a, :"$1"}}] 1 1 7
# expect: 11 [:eq, :eq] 0 0 8
# expect: 12 [:differ, :differ, :not_exact] 0 0 8
# expect: 13 [{{1, 2}, {}, [3, 4], {5}}] 0 0 8
# expect: 14 [2, 6] 0 0 8
# expect: 15 [1] 0 0 8
# expect: 16 [4, 5] 0 0 8
# expect: 17 [1, 5] 0 0 8
# expect: 18 [1] 0 0 8
# expect: 19 [:EXIT] 0 0 8
# expect: 20 [1, 3, 4, 5] 0 0 8
# expect: 21 [4] 0 0 8
# expect: 22 [:found] 0 0 8
# expect: 23 [{}] 0 0 8
# expect: 24 [:x] 0 0 8
# expect: 25 [[], [], [], []] 0 0 8
# expect: 26 [true, true, true, true] 0 0 8
# expect: 27 [{1, "text", 1.5, [1, 2], {3, 4}}, {3, "text", 1.5, [1, 2], {3, 4}}, {4, "text", 1.5, [1, 2], {3, 4}}, {5, "text", 1.5, [1, 2], {3, 4}}] 0 0 8
# expect: 28 [] 0 0 8
# expect: 29 [{1, :a}, {3, %{k: 1, v: {1, 2}}}, {4, 4}, {5, [1, 2 | 3]}] 0 0 8
# expect: 30 ArgumentError ArgumentError ArgumentError 8
# expect: 31 ArgumentError ArgumentError ArgumentError 8
# expect: 32 ArgumentError ArgumentError ArgumentError 8
# expect: 33 ArgumentError ArgumentError ArgumentError 8
# expect: 34 ArgumentError ArgumentError ArgumentError 8
# expect: 35 ArgumentError ArgumentError ArgumentError 8
# expect: 36 ArgumentError ArgumentError ArgumentError 8
# expect: 37 [] 0 0 8
# expect: 38 ArgumentError ArgumentError ArgumentError 8
# expect: 39 ArgumentError ArgumentError ArgumentError 8
# expect: 40 ArgumentError ArgumentError ArgumentError 8

# case: pages of an ordered_set go on behind the last key
ordered = :ets.new(:pages, [:ordered_set])
for i <- 1..3000, do: :ets.insert(ordered, {i, rem(i, 7)})
pages = fn spec, limit ->
  Stream.unfold(:ets.select(ordered, spec, limit), fn
    :"$end_of_table" -> nil
    {page, more} -> {page, :ets.select(more)}
  end) |> Enum.to_list()
end
IO.inspect(pages.([{{:"$1", :_}, [], [:"$1"]}], 1000) |> Enum.map(&{length(&1), hd(&1), List.last(&1)}))
IO.inspect(pages.([{{:"$1", 3}, [{:>, :"$1", 2900}], [:"$1"]}], 4), charlists: :as_lists)
IO.inspect(pages.([{{17, :"$1"}, [], [:"$1"]}], 4), charlists: :as_lists)
IO.inspect(pages.([{{17, 99}, [], [1]}], 4))
IO.inspect(length(List.flatten(pages.([{{:"$1", :"$2"}, [{:==, :"$2", 0}], [:"$1"]}], 1))))
IO.inspect(:ets.select(ordered, [{{:"$1", :_}, [], [:"$1"]}], 3000) |> elem(0) |> length())
{page, more} = :ets.match(ordered, {:"$1", 5}, 3)
IO.inspect(page, charlists: :as_lists)
:ets.delete(ordered, 26)
IO.inspect(elem(:ets.match(more), 0), charlists: :as_lists)
{page, more} = :ets.match_object(ordered, {:_, 5}, 2)
IO.inspect(page, charlists: :as_lists)
:ets.delete_all_objects(ordered)
IO.inspect(:ets.match_object(more))
# expect: [{1000, 1, 1000}, {1000, 1001, 2000}, {1000, 2001, 3000}]
# expect: [
# expect:   [2901, 2908, 2915, 2922],
# expect:   [2929, 2936, 2943, 2950],
# expect:   [2957, 2964, 2971, 2978],
# expect:   [2985, 2992, 2999]
# expect: ]
# expect: [[3]]
# expect: []
# expect: 428
# expect: 3000
# expect: [[5], [12], [19]]
# expect: [[33], [40], [47]]
# expect: [{5, 5}, {12, 5}]
# expect: :"$end_of_table"
