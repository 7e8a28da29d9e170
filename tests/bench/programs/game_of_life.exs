# answer: 236 174
# group: whole programs
# The game of life on a plane without borders: cells in a MapSet, neighbours counted in a map.
defmodule Life do
  def parse(rle) do
    rle
    |> String.trim()
    |> String.split("\n")
    |> Enum.with_index()
    |> Enum.flat_map(fn {line, y} ->
      line |> String.graphemes() |> Enum.with_index() |> Enum.filter(&match?({"O", _}, &1)) |> Enum.map(fn {_, x} -> {x, y} end)
    end)
    |> MapSet.new()
  end

  def step(live) do
    counts =
      for {x, y} <- live, dx <- -1..1, dy <- -1..1, {dx, dy} != {0, 0}, reduce: %{} do
        acc -> Map.update(acc, {x + dx, y + dy}, 1, &(&1 + 1))
      end

    for {cell, n} <- counts, n == 3 or (n == 2 and MapSet.member?(live, cell)), into: MapSet.new(), do: cell
  end

  def run(live, n), do: live |> Stream.iterate(&step/1) |> Enum.at(n)
end

gun = """
........................O...........
......................O.O...........
............OO......OO............OO
...........O...O....OO............OO
OO........O.....O...OO..............
OO........O...O.OO....O.O...........
..........O.....O.......O...........
...........O...O....................
............OO......................
"""

IO.puts("#{gun |> Life.parse() |> Life.run(1200) |> MapSet.size()} #{".OO\nOO.\n.O." |> Life.parse() |> Life.run(500) |> MapSet.size()}")
