# case: patterns of negative integers, small and large
kind = fn
  -1 -> :one
  -1152921504606846976 -> :least_small
  -1152921504606846977 -> :below
  -99999999999999999999 -> :large
  -1.5 -> :float
  _ -> :other
end

values = [-1, -1152921504606846976, -1152921504606846977, -99999999999999999999, -1.5, -1152921504606846975, 99999999999999999999]
IO.inspect(Enum.map(values, kind)) # expect: [:one, :least_small, :below, :large, :float, :other, :other]
x = String.to_integer("-1152921504606846976")
IO.inspect(match?(-1152921504606846976, x)) # expect: true
IO.inspect(match?({-99999999999999999999, +5}, {x * 100, 5})) # expect: false
