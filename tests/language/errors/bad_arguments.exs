# case: a segment of a binary that does not fit says which and why
defmodule Segments do
  def join(x), do: "a" <> x
  def sized(x, n), do: <<x::binary-size(n)>>
  def point(x), do: <<1, x::utf8>>
end

message = fn fun ->
  try do
    fun.()
  rescue
    error in ArgumentError -> IO.puts(Exception.message(error))
  end
end

message.(fn -> Segments.join(1) end)            # expect: construction of binary failed: segment 2 of type 'binary': expected a binary but got: 1
message.(fn -> Segments.join(nil) end)          # expect: construction of binary failed: segment 2 of type 'binary': expected a binary but got: nil
message.(fn -> Segments.join(<<1::3>>) end)     # expect: construction of binary failed: segment 2 of type 'binary': the size of the value <<1::size(3)>> is not a multiple of the unit for the segment
message.(fn -> Segments.sized("a", 5) end)      # expect: construction of binary failed: segment 1 of type 'binary': the value "a" is shorter than the size of the segment
message.(fn -> Segments.sized("a", -1) end)     # expect: construction of binary failed: segment 1 of type 'binary': expected a non-negative integer as size but got: -1
message.(fn -> Segments.point("x") end)         # expect: construction of binary failed: segment 2 of type 'utf8': expected a non-negative integer encodable as utf8 but got: "x"

# case: natives and library functions say what is wrong with each argument
lines = fn fun ->
  try do
    fun.()
  rescue
    error -> IO.puts(inspect(error.__struct__) <> ": " <> String.replace(Exception.message(error), ~r/\s+/, " ") |> String.trim())
  end
end

lines.(fn -> Atom.to_string(1) end)                   # expect: ArgumentError: errors were found at the given arguments: * 1st argument: not an atom
lines.(fn -> :math.pow(2, :a) end)                    # expect: ArgumentError: errors were found at the given arguments: * 2nd argument: not a number
lines.(fn -> Process.monitor(1) end)                  # expect: ArgumentError: errors were found at the given arguments: * 2nd argument: not a pid
lines.(fn -> :maps.filter(1, %{}) end)                # expect: ArgumentError: errors were found at the given arguments: * 1st argument: not a fun that takes two arguments
lines.(fn -> :binary.split("a", 1) end)               # expect: ArgumentError: errors were found at the given arguments: * 2nd argument: not a valid pattern
lines.(fn -> Integer.parse("1", 99) end)              # expect: ArgumentError: invalid base 99
lines.(fn -> Enum.sum(["a"]) end)                     # expect: ArithmeticError: bad argument in arithmetic expression
lines.(fn -> List.to_charlist([:a]) end)              # expect: ArgumentError: cannot convert the given list to a charlist. To be converted to a charlist, a list must contain only: * strings * integers representing Unicode code points * or a list containing one of these three elements Please check the given list or call inspect/1 to get the list representation, got: [:a]
lines.(fn -> Path.join("a", [{1}]) end)               # expect: ArgumentError: cannot convert the given list to a string. To be converted to a string, a list must either be empty or only contain the following elements: * strings * integers representing Unicode code points * a list containing one of these three elements Please check the given list or call inspect/1 to get the list representation, got: [{1}]
lines.(fn -> Date.new(2020, 1, "x") end)              # expect: FunctionClauseError: no function clause matching in Calendar.ISO.valid_date?/3
lines.(fn -> :lists.umerge(1) end)                    # expect: FunctionClauseError: no function clause matching in :lists.umerge/1

# case: tables say what is wrong with an access
lines = fn fun ->
  try do
    fun.()
  rescue
    error in ArgumentError -> IO.puts(Exception.message(error) |> String.replace(~r/\s+/, " ") |> String.split(": * ") |> List.last() |> String.trim())
  end
end

table = :ets.new(:some, [:named_table])
:ets.insert(table, {1, :a})
lines.(fn -> :ets.lookup(5, 1) end)                   # expect: 1st argument: not an atom or a table identifier
lines.(fn -> :ets.lookup(:none, 1) end)               # expect: 1st argument: the table identifier does not refer to an existing ETS table
lines.(fn -> :ets.new(:some, [:named_table]) end)     # expect: 1st argument: table name already exists
lines.(fn -> :ets.insert(table, {}) end)              # expect: 2nd argument: is an empty tuple
lines.(fn -> :ets.insert(table, [{1}, 5]) end)        # expect: 2nd argument: not a non-empty tuple or a list of non-empty tuples
lines.(fn -> :ets.lookup_element(table, 1, 3) end)    # expect: 3rd argument: position is greater than the size of the object
lines.(fn -> :ets.lookup_element(table, 2, 1) end)    # expect: 2nd argument: not a key that exists in the table
lines.(fn -> :ets.update_element(table, 1, {1, :b}) end)   # expect: 3rd argument: the position is the same as the key position
lines.(fn -> :ets.update_counter(table, 1, 1) end)    # expect: 3rd argument: the value in the given position, in the object, is not an integer
lines.(fn -> :ets.update_counter(table, 1, {5, 1}) end)    # expect: 3rd argument: the position in the update operation is out of range
lines.(fn -> :ets.update_counter(table, 2, :x) end)   # expect: 2nd argument: not a key that exists in the table * 3rd argument: not a valid update operation
lines.(fn -> :ets.next(table, 2) end)                 # expect: 2nd argument: not a key that exists in the table
lines.(fn -> :ets.give_away(table, self(), 1) end)    # expect: 2nd argument: the process is already the owner of the table
Task.await(Task.async(fn -> lines.(fn -> :ets.insert(table, {2}) end) end))   # expect: 1st argument: the table identifier refers to an ETS table with insufficient access rights
bag = :ets.new(:bag, [:bag])
lines.(fn -> :ets.update_counter(bag, 1, 1) end)      # expect: 1st argument: the table identifier refers to an ETS table of a type not supported by this operation

# case: what natives find wrong beyond the kind of an argument
lines = fn fun ->
  try do
    fun.()
  rescue
    error in ArgumentError -> IO.puts(Exception.message(error) |> String.replace(~r/\s+/, " ") |> String.split(": * ") |> List.last() |> String.trim())
  end
end

lines.(fn -> :counters.get(:counters.new(1, []), 5) end)   # expect: 2nd argument: out of range
lines.(fn -> :atomics.add(5, 1, 1) end)               # expect: 1st argument: invalid atomics reference
lines.(fn -> :persistent_term.get({:none, 1}) end)    # expect: 1st argument: no persistent term stored with this key
lines.(fn -> :re.run("a", "(") end)                   # expect: 2nd argument: could not parse regular expression missing ) on character 1
lines.(fn -> :re.run(:a, "b") end)                    # expect: 1st argument: not an iodata term
lines.(fn -> :binary.decode_hex("616") end)           # expect: 1st argument: must contain an even number of bytes
lines.(fn -> Process.flag(:none, 1) end)              # expect: 1st argument: invalid process flag
lines.(fn -> :erlang.register(:undefined, self()) end)    # expect: 1st argument: 'undefined' is not a valid name
lines.(fn -> :erlang.system_info(:none) end)          # expect: 1st argument: invalid system info item
lines.(fn -> :erlang.phash2(:a, 0) end)               # expect: 2nd argument: out of range
