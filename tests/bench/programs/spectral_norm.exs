# answer: 1.274224131
# group: floats
# The spectral norm of an infinite matrix, cut at 600: floats in lists.
defmodule Spectral do
  def run(n) do
    {u, v} = Enum.reduce(1..10, {List.duplicate(1.0, n), nil}, fn _, {u, _} -> v = times(u, n); {times(v, n), v} end)
    {uv, vv} = Enum.reduce(Enum.zip(u, v), {0.0, 0.0}, fn {a, b}, {uv, vv} -> {uv + a * b, vv + b * b} end)
    :math.sqrt(uv / vv)
  end

  defp times(v, n), do: v |> rows(0, n, :plain) |> rows(0, n, :turned)

  defp rows(_v, n, n, _kind), do: []
  defp rows(v, i, n, :plain), do: [plain(v, i, 0, 0.0) | rows(v, i + 1, n, :plain)]
  defp rows(v, i, n, :turned), do: [turned(v, i, 0, 0.0) | rows(v, i + 1, n, :turned)]

  defp plain([], _i, _j, sum), do: sum
  defp plain([x | rest], i, j, sum), do: plain(rest, i, j + 1, sum + x * cell(i, j))

  defp turned([], _i, _j, sum), do: sum
  defp turned([x | rest], i, j, sum), do: turned(rest, i, j + 1, sum + x * cell(j, i))

  defp cell(i, j), do: 1.0 / (div((i + j) * (i + j + 1), 2) + i + 1)
end

IO.puts(:erlang.float_to_binary(Spectral.run(600), decimals: 9))
