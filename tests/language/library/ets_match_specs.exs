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
message.(fn -> :ets.insert(table, [{1}, 2]) end)       # expect:   * 2nd argument: not a tuple
message.(fn -> :ets.new("name", []) end)               # expect:   * 1st argument: not an atom
message.(fn -> :ets.lookup(:nowhere, 1) end)           # expect:   * 1st argument: the table identifier does not refer to an existing ETS table
