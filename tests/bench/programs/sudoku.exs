# answer: 6 15808309
# group: whole programs
# Hard puzzles, by constraints and search: a map of 81 cells of which one changes at a time.
defmodule Sudoku do
  @peers (for r <- 0..8, c <- 0..8, into: %{} do
    peers =
      for r2 <- 0..8, c2 <- 0..8, {r2, c2} != {r, c},
          r2 == r or c2 == c or (div(r2, 3) == div(r, 3) and div(c2, 3) == div(c, 3)),
          do: {r2, c2}
    {{r, c}, peers}
  end)

  def parse(string) do
    string
    |> String.graphemes()
    |> Enum.with_index()
    |> Enum.reduce(initial(), fn
      {ch, _}, board when ch in ["0", "."] -> board
      {ch, i}, board -> assign(board, {div(i, 9), rem(i, 9)}, String.to_integer(ch))
    end)
  end

  defp initial, do: for(r <- 0..8, c <- 0..8, into: %{}, do: {{r, c}, Enum.to_list(1..9)})

  def assign(nil, _, _), do: nil

  def assign(board, cell, value) do
    if value in board[cell] do
      board = %{board | cell => [value]}
      Enum.reduce_while(@peers[cell], board, fn peer, board ->
        case eliminate(board, peer, value) do
          nil -> {:halt, nil}
          board -> {:cont, board}
        end
      end)
    end
  end

  defp eliminate(board, cell, value) do
    case board[cell] do
      [^value] -> nil
      [a, b] when a == value or b == value ->
        assign(board, cell, if(a == value, do: b, else: a))
      values ->
        %{board | cell => List.delete(values, value)}
    end
  end

  def solve(nil), do: nil

  def solve(board) do
    board
    |> Enum.filter(fn {_, values} -> length(values) > 1 end)
    |> Enum.min_by(fn {cell, values} -> {length(values), cell} end, fn -> nil end)
    |> case do
      nil -> board
      {cell, values} -> Enum.find_value(values, fn v -> board |> assign(cell, v) |> solve() end)
    end
  end

  def render(board) do
    for r <- 0..8 do
      Enum.map_join(0..8, fn c -> board[{r, c}] |> hd() |> Integer.to_string() end)
    end
    |> Enum.join("\n")
  end
end

puzzles = [
  "4.....8.5.3..........7......2.....6.....8.4......1.......6.3.7.5..2.....1.4......",
  "52...6.........7.13...........4..8..6......5...........418.........3..2...87.....",
  "6.....8.3.4.7.................5.4.7.3..2.....1.6.......2.....5.....8.6......1....",
  "48.3............71.2.......7.5....6....2..8.............1.76...3.....4......5....",
  "....14....3....2...7..........9...3.6.1.............8.2.....1.4....5.6.....7.8...",
  "8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4.."
]

solved = Enum.map(puzzles, fn p -> p |> Sudoku.parse() |> Sudoku.solve() |> Sudoku.render() end)
IO.puts("#{length(solved)} #{:erlang.phash2(solved)}")
