# n: 1000000
# A binary appended to n times.
defmodule Append do
  def run(0, acc), do: byte_size(acc)
  def run(n, acc), do: run(n - 1, <<acc::binary, n::16>>)
end

[n] = System.argv()
n = String.to_integer(n)
Append.run(div(n, 8), <<>>)
start = System.monotonic_time(:microsecond)
true = Append.run(n, <<>>) == 2 * n
IO.puts(System.monotonic_time(:microsecond) - start)
