defmodule IEx.Screen do
  @moduledoc """
  Where text stands on a terminal: widths of characters, and the rows of a text that is being edited.
  """

  @doc """
  Cells that a grapheme takes.

      iex> Enum.map(["a", "日", "é"], &IEx.Screen.width/1)
      [1, 2, 1]
  """
  @spec width(String.t()) :: non_neg_integer
  def width(<<char>>) when char in 0x20..0x7E, do: 1
  def width(<<a::utf8, b::utf8, _::binary>>) when a in 0x1F1E6..0x1F1FF and b in 0x1F1E6..0x1F1FF, do: 2

  def width(<<char::utf8, rest::binary>>) do
    case :phial_io.char_width(char) do
      1 -> if String.contains?(rest, "\uFE0F"), do: 2, else: 1
      width -> width
    end
  end

  def width(_), do: 1

  @doc """
  Cells that a text takes in one line; escape sequences take none.

      iex> IEx.Screen.text_width("\\e[31m日本\\e[0m!")
      5
  """
  @spec text_width(String.t()) :: non_neg_integer
  def text_width(text), do: text |> units() |> Enum.reduce(0, fn {_, width}, sum -> sum + width end)

  @doc "The text's graphemes with their widths; an escape sequence that sets colours is a unit of no width."
  def units(text) do
    ~r/\e\[[0-9;]*m/
    |> Regex.split(text, include_captures: true)
    |> Enum.flat_map(fn
      "\e" <> _ = escape -> [{escape, 0}]
      plain -> Enum.map(String.graphemes(plain), &{&1, width(&1)})
    end)
  end

  @doc """
  The rows of an input: `{rows, cursor row, cursor column, column of the end}`, where a row is `{iodata, :soft | :hard}`; a soft row
  is full, and the next one goes on with its line.

  `left` and `right` are the graphemes before (reversed) and after the cursor; `prompt` stands before the first line and
  `continuation` before the others.
  """
  def layout(prompt, continuation, left, right, columns) do
    start = %{row: [], column: 0, rows: [], count: 0, columns: columns, continuation: units(continuation)}
    state = Enum.reduce(units(prompt), start, &put/2)
    state = Enum.reduce(Enum.reverse(left), state, &put_grapheme/2)
    state = if state.column >= columns, do: break(state, :soft), else: state
    cursor = {state.count, state.column}
    state = Enum.reduce(right, state, &put_grapheme/2)
    {row, column} = cursor
    {Enum.reverse([{Enum.reverse(state.row), :hard} | state.rows]), row, column, state.column}
  end

  defp put_grapheme("\n", state), do: Enum.reduce(state.continuation, break(state, :hard), &put/2)
  defp put_grapheme("\r\n", state), do: put_grapheme("\n", state)

  defp put_grapheme("\t", state) do
    Enum.reduce(1..(8 - rem(state.column, 8)), state, fn _, state -> put({" ", 1}, state) end)
  end

  defp put_grapheme(<<char>>, state) when char < 0x20, do: put({"?", 1}, state)
  defp put_grapheme(grapheme, state), do: put({grapheme, width(grapheme)}, state)

  defp put({text, width}, %{column: column, columns: columns} = state) when column + width > columns and width > 0 do
    state = if column < columns, do: %{state | row: [String.duplicate(" ", columns - column) | state.row]}, else: state
    put({text, width}, break(state, :soft))
  end

  defp put({text, width}, state), do: %{state | row: [text | state.row], column: state.column + width}

  defp break(state, how) do
    %{state | rows: [{Enum.reverse(state.row), how} | state.rows], row: [], column: 0, count: state.count + 1}
  end
end
