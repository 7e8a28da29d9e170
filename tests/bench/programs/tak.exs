# answer: 9
# group: calls and recursion
# Takeuchi's function: three nested calls, no data.
defmodule Tak do
  def tak(x, y, z) when y < x, do: tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y))
  def tak(_x, _y, z), do: z

  def repeat(0, last), do: last
  def repeat(left, _last), do: repeat(left - 1, tak(24, 16, 8))
end

IO.puts(Tak.repeat(60, 0))
