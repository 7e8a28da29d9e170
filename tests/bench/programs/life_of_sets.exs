# answer: ........................##...............
# group: tuples, structs and maps
# The game of life on a set of pairs.
defmodule Life do
  def step(cells) do
    cells
    |> Enum.flat_map(&neighbours/1)
    |> Enum.frequencies()
    |> Enum.filter(fn {c, n} -> n == 3 or (n == 2 and MapSet.member?(cells, c)) end)
    |> MapSet.new(fn {c, _} -> c end)
  end

  defp neighbours({x, y}), do: for(dx <- -1..1, dy <- -1..1, {dx, dy} != {0, 0}, do: {x + dx, y + dy})

  def show(cells, xs, ys),
    do: Enum.map_join(ys, "\n", fn y -> for x <- xs, into: "", do: if(MapSet.member?(cells, {x, y}), do: "#", else: ".") end)
end

acorn = MapSet.new([{1, 0}, {3, 1}, {0, 2}, {1, 2}, {4, 2}, {5, 2}, {6, 2}])
r = Stream.iterate(acorn, &Life.step/1) |> Enum.at(700)
IO.puts(MapSet.size(r))
IO.puts(Life.show(r, -20..20, -5..5))
