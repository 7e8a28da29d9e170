# case: a specification that calls what guards may not, or names an unbound variable, is refused
table = :ets.new(:table, [])
:ets.insert(table, [{1, 2}, {2, :b}, {3, 4.5}])
refused = fn spec ->
  try do
    {:ok, :ets.select(table, spec)}
  rescue
    ArgumentError -> :refused
  end
end
IO.inspect(refused.([{{:"$1", :"$2"}, [{:frobnicate, :"$2"}], [:"$1"]}]))       # expect: :refused
IO.inspect(refused.([{{:"$1", :"$2"}, [], [:"$3"]}]))                           # expect: :refused
IO.inspect(refused.([{{:"$1", :"$2"}, [{:is_atom}], [:"$1"]}]))                 # expect: :refused
IO.inspect(refused.([{{:"$1", :"$2"}, [{:andalso, {:is_number, :"$2"}, {:>, :"$2", 2}}], [{{:"$2", {:const, {:"$1"}}}}]}]))   # expect: {:ok, [{4.5, {:"$1"}}]}

# case: what is wrong with the arguments
table = :ets.new(:table, [])
message = fn fun ->
  try do
    fun.()
  rescue
    error in ArgumentError -> IO.puts(error.message |> String.split("\n") |> Enum.at(2))
  end
end
message.(fn -> :ets.insert(table, 1) end)              # expect:   * 2nd argument: not a tuple
message.(fn -> :ets.insert(table, [{1}, 2]) end)       # expect:   * 2nd argument: not a non-empty tuple or a list of non-empty tuples
message.(fn -> :ets.new("name", []) end)               # expect:   * 1st argument: not an atom
message.(fn -> :ets.lookup(:nowhere, 1) end)           # expect:   * 1st argument: the table identifier does not refer to an existing ETS table

# case: fun2ms makes specifications of functions that are written out
least = 7
IO.inspect(:ets.fun2ms(fn {a, b} when a > 1 -> b end))
# expect: [{{:"$1", :"$2"}, [{:>, :"$1", 1}], [:"$2"]}]
IO.inspect(:ets.fun2ms(fn {a, {b, _}, a} = object when (a >= least and is_atom(b)) or b != :z -> {object, a, [b]} end) |> hd() |> elem(0))
# expect: {:"$1", {:"$2", :_}, :"$1"}
IO.inspect(:ets.fun2ms(fn {a, b} when elem(b, 0) in [1] -> {a, :"$1"}; object -> object end))
# expect: [
# expect:   {{:"$1", :"$2"}, [{:"=:=", {:element, 1, :"$2"}, 1}],
# expect:    [{{:"$1", {:const, :"$1"}}}]},
# expect:   {:_, [], [:"$_"]}
# expect: ]

defmodule Query do
  def above(table, least), do: :ets.select(table, :ets.fun2ms(fn {key, value} when value >= least -> key end))
end

table = :ets.new(:table, [:ordered_set])
:ets.insert(table, for(key <- 1..5, do: {key, key * 10}))
IO.inspect(Query.above(table, 30))                    # expect: [3, 4, 5]
written = fn object -> object end

try do
  :ets.fun2ms(written)
rescue
  error in ArgumentError -> IO.puts(String.slice(Exception.message(error), 0, 30))   # expect: argument error: {:ets, :fun2ms
end

# case: select_reverse goes from the last key to the first, in parts
table = :ets.new(:table, [:ordered_set])
:ets.insert(table, for(key <- 1..5, do: {key}))
keys = [{{:"$1"}, [], [:"$1"]}]
{page, continuation} = :ets.select_reverse(table, keys, 2)
IO.inspect(page)                                      # expect: [5, 4]
{page, continuation} = :ets.select_reverse(continuation)
IO.inspect(page)                                      # expect: [3, 2]
{page, continuation} = :ets.select_reverse(continuation)
IO.inspect({page, :ets.select_reverse(continuation)}) # expect: {[1], :"$end_of_table"}
IO.inspect(:ets.select_reverse(:ets.new(:empty, [:ordered_set]), keys, 2))   # expect: :"$end_of_table"
