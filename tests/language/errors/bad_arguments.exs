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
