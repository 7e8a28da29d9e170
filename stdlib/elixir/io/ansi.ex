defmodule IO.ANSI do
  @moduledoc """
  Escape sequences that colour and move text on a terminal.

  Each sequence is a function that returns it as a string, and a name that `format/2` knows: `[:red, "text", :reset]`.
  Whether output is to be coloured is the setting `:ansi_enabled` of the application `:elixir`.
  """

  @type ansicode :: atom
  @type ansilist :: maybe_improper_list(char | ansicode | binary | list, binary | ansicode | [])
  @type ansidata :: ansilist | ansicode | binary

  @doc """
  Tells whether output is to be coloured.

      iex> is_boolean(IO.ANSI.enabled?())
      true
  """
  @spec enabled?() :: boolean
  def enabled?, do: Application.get_env(:elixir, :ansi_enabled, false)

  @doc """
  Returns the colours of the shell and of `inspect/2` by kind of term.

      iex> Keyword.get(IO.ANSI.syntax_colors(), :atom)
      :cyan
  """
  @spec syntax_colors() :: keyword(ansidata)
  def syntax_colors do
    Application.get_env(:elixir, :ansi_syntax_colors) ||
      [
        atom: :cyan,
        binary: :default_color,
        boolean: :magenta,
        charlist: :yellow,
        list: :default_color,
        map: :default_color,
        nil: :magenta,
        number: :yellow,
        string: :green,
        tuple: :default_color,
        variable: :light_cyan,
        call: :default_color,
        operator: :default_color
      ]
  end

  ## Colours by number

  @doc """
  Sets the colour of the text to one of the 256 of a terminal.

      iex> IO.ANSI.color(5)
      "\\e[38;5;5m"
  """
  @spec color(0..255) :: String.t()
  def color(code) when code in 0..255, do: "\e[38;5;#{code}m"

  @doc """
  Sets the colour of the text by red, green and blue, each from 0 to 5.

      iex> IO.ANSI.color(1, 2, 3)
      "\\e[38;5;67m"
  """
  @spec color(0..5, 0..5, 0..5) :: String.t()
  def color(r, g, b) when r in 0..5 and g in 0..5 and b in 0..5, do: color(16 + 36 * r + 6 * g + b)

  @doc """
  Sets the colour of the background to one of 256.

      iex> IO.ANSI.color_background(5)
      "\\e[48;5;5m"
  """
  @spec color_background(0..255) :: String.t()
  def color_background(code) when code in 0..255, do: "\e[48;5;#{code}m"

  @doc """
  Sets the colour of the background by red, green and blue, each from 0 to 5.

      iex> IO.ANSI.color_background(1, 2, 3)
      "\\e[48;5;67m"
  """
  @spec color_background(0..5, 0..5, 0..5) :: String.t()
  def color_background(r, g, b) when r in 0..5 and g in 0..5 and b in 0..5,
    do: color_background(16 + 36 * r + 6 * g + b)

  ## Attributes

  @doc "Takes back all attributes."
  @spec reset() :: String.t()
  def reset, do: "\e[0m"

  @doc "Makes the text bright or bold."
  @spec bright() :: String.t()
  def bright, do: "\e[1m"

  @doc "Makes the text faint."
  @spec faint() :: String.t()
  def faint, do: "\e[2m"

  @doc "Makes the text italic."
  @spec italic() :: String.t()
  def italic, do: "\e[3m"

  @doc "Underlines the text."
  @spec underline() :: String.t()
  def underline, do: "\e[4m"

  @doc "Makes the text blink slowly."
  @spec blink_slow() :: String.t()
  def blink_slow, do: "\e[5m"

  @doc "Makes the text blink fast."
  @spec blink_rapid() :: String.t()
  def blink_rapid, do: "\e[6m"

  @doc "Swaps the colours of text and background."
  @spec inverse() :: String.t()
  def inverse, do: "\e[7m"

  @doc "Swaps the colours of text and background."
  @spec reverse() :: String.t()
  def reverse, do: "\e[7m"

  @doc "Hides the text."
  @spec conceal() :: String.t()
  def conceal, do: "\e[8m"

  @doc "Crosses the text out."
  @spec crossed_out() :: String.t()
  def crossed_out, do: "\e[9m"

  @doc "Chooses the first font."
  @spec primary_font() :: String.t()
  def primary_font, do: "\e[10m"

  @doc "Chooses the alternative font 1."
  @spec font_1() :: String.t()
  def font_1, do: "\e[11m"

  @doc "Chooses the alternative font 2."
  @spec font_2() :: String.t()
  def font_2, do: "\e[12m"

  @doc "Chooses the alternative font 3."
  @spec font_3() :: String.t()
  def font_3, do: "\e[13m"

  @doc "Chooses the alternative font 4."
  @spec font_4() :: String.t()
  def font_4, do: "\e[14m"

  @doc "Chooses the alternative font 5."
  @spec font_5() :: String.t()
  def font_5, do: "\e[15m"

  @doc "Chooses the alternative font 6."
  @spec font_6() :: String.t()
  def font_6, do: "\e[16m"

  @doc "Chooses the alternative font 7."
  @spec font_7() :: String.t()
  def font_7, do: "\e[17m"

  @doc "Chooses the alternative font 8."
  @spec font_8() :: String.t()
  def font_8, do: "\e[18m"

  @doc "Chooses the alternative font 9."
  @spec font_9() :: String.t()
  def font_9, do: "\e[19m"

  @doc "Takes back bright and faint."
  @spec normal() :: String.t()
  def normal, do: "\e[22m"

  @doc "Takes back italic."
  @spec not_italic() :: String.t()
  def not_italic, do: "\e[23m"

  @doc "Takes back underlining."
  @spec no_underline() :: String.t()
  def no_underline, do: "\e[24m"

  @doc "Takes back blinking."
  @spec blink_off() :: String.t()
  def blink_off, do: "\e[25m"

  @doc "Takes back the swap of colours."
  @spec inverse_off() :: String.t()
  def inverse_off, do: "\e[27m"

  @doc "Takes back the swap of colours."
  @spec reverse_off() :: String.t()
  def reverse_off, do: "\e[27m"

  @doc "Makes the text black."
  @spec black() :: String.t()
  def black, do: "\e[30m"

  @doc "Makes the text light black."
  @spec light_black() :: String.t()
  def light_black, do: "\e[90m"

  @doc "Makes the background black."
  @spec black_background() :: String.t()
  def black_background, do: "\e[40m"

  @doc "Makes the background light black."
  @spec light_black_background() :: String.t()
  def light_black_background, do: "\e[100m"

  @doc "Makes the text red."
  @spec red() :: String.t()
  def red, do: "\e[31m"

  @doc "Makes the text light red."
  @spec light_red() :: String.t()
  def light_red, do: "\e[91m"

  @doc "Makes the background red."
  @spec red_background() :: String.t()
  def red_background, do: "\e[41m"

  @doc "Makes the background light red."
  @spec light_red_background() :: String.t()
  def light_red_background, do: "\e[101m"

  @doc "Makes the text green."
  @spec green() :: String.t()
  def green, do: "\e[32m"

  @doc "Makes the text light green."
  @spec light_green() :: String.t()
  def light_green, do: "\e[92m"

  @doc "Makes the background green."
  @spec green_background() :: String.t()
  def green_background, do: "\e[42m"

  @doc "Makes the background light green."
  @spec light_green_background() :: String.t()
  def light_green_background, do: "\e[102m"

  @doc "Makes the text yellow."
  @spec yellow() :: String.t()
  def yellow, do: "\e[33m"

  @doc "Makes the text light yellow."
  @spec light_yellow() :: String.t()
  def light_yellow, do: "\e[93m"

  @doc "Makes the background yellow."
  @spec yellow_background() :: String.t()
  def yellow_background, do: "\e[43m"

  @doc "Makes the background light yellow."
  @spec light_yellow_background() :: String.t()
  def light_yellow_background, do: "\e[103m"

  @doc "Makes the text blue."
  @spec blue() :: String.t()
  def blue, do: "\e[34m"

  @doc "Makes the text light blue."
  @spec light_blue() :: String.t()
  def light_blue, do: "\e[94m"

  @doc "Makes the background blue."
  @spec blue_background() :: String.t()
  def blue_background, do: "\e[44m"

  @doc "Makes the background light blue."
  @spec light_blue_background() :: String.t()
  def light_blue_background, do: "\e[104m"

  @doc "Makes the text magenta."
  @spec magenta() :: String.t()
  def magenta, do: "\e[35m"

  @doc "Makes the text light magenta."
  @spec light_magenta() :: String.t()
  def light_magenta, do: "\e[95m"

  @doc "Makes the background magenta."
  @spec magenta_background() :: String.t()
  def magenta_background, do: "\e[45m"

  @doc "Makes the background light magenta."
  @spec light_magenta_background() :: String.t()
  def light_magenta_background, do: "\e[105m"

  @doc "Makes the text cyan."
  @spec cyan() :: String.t()
  def cyan, do: "\e[36m"

  @doc "Makes the text light cyan."
  @spec light_cyan() :: String.t()
  def light_cyan, do: "\e[96m"

  @doc "Makes the background cyan."
  @spec cyan_background() :: String.t()
  def cyan_background, do: "\e[46m"

  @doc "Makes the background light cyan."
  @spec light_cyan_background() :: String.t()
  def light_cyan_background, do: "\e[106m"

  @doc "Makes the text white."
  @spec white() :: String.t()
  def white, do: "\e[37m"

  @doc "Makes the text light white."
  @spec light_white() :: String.t()
  def light_white, do: "\e[97m"

  @doc "Makes the background white."
  @spec white_background() :: String.t()
  def white_background, do: "\e[47m"

  @doc "Makes the background light white."
  @spec light_white_background() :: String.t()
  def light_white_background, do: "\e[107m"

  @doc "Gives the text its default colour."
  @spec default_color() :: String.t()
  def default_color, do: "\e[39m"

  @doc "Gives the background its default colour."
  @spec default_background() :: String.t()
  def default_background, do: "\e[49m"

  @doc "Frames the text."
  @spec framed() :: String.t()
  def framed, do: "\e[51m"

  @doc "Encircles the text."
  @spec encircled() :: String.t()
  def encircled, do: "\e[52m"

  @doc "Draws a line over the text."
  @spec overlined() :: String.t()
  def overlined, do: "\e[53m"

  @doc "Takes back frame and circle."
  @spec not_framed_encircled() :: String.t()
  def not_framed_encircled, do: "\e[54m"

  @doc "Takes back the line over the text."
  @spec not_overlined() :: String.t()
  def not_overlined, do: "\e[55m"

  ## The cursor and the screen

  @doc "Moves the cursor to the upper left corner."
  @spec home() :: String.t()
  def home, do: "\e[H"

  @doc "Clears the screen."
  @spec clear() :: String.t()
  def clear, do: "\e[2J"

  @doc "Clears the line."
  @spec clear_line() :: String.t()
  def clear_line, do: "\e[2K"

  @doc """
  Moves the cursor to a line and column.

      iex> IO.ANSI.cursor(1, 2)
      "\\e[1;2H"
  """
  @spec cursor(non_neg_integer, non_neg_integer) :: String.t()
  def cursor(line, column) when is_integer(line) and line >= 0 and is_integer(column) and column >= 0,
    do: "\e[#{line};#{column}H"

  @doc """
  Moves the cursor up by so many lines.

      iex> IO.ANSI.cursor_up(2)
      "\\e[2A"
  """
  @spec cursor_up(pos_integer) :: String.t()
  def cursor_up(lines \\ 1) when is_integer(lines) and lines >= 1, do: "\e[#{lines}A"

  @doc """
  Moves the cursor down by so many lines.

      iex> IO.ANSI.cursor_down(2)
      "\\e[2B"
  """
  @spec cursor_down(pos_integer) :: String.t()
  def cursor_down(lines \\ 1) when is_integer(lines) and lines >= 1, do: "\e[#{lines}B"

  @doc """
  Moves the cursor to the right by so many columns.

      iex> IO.ANSI.cursor_right(2)
      "\\e[2C"
  """
  @spec cursor_right(pos_integer) :: String.t()
  def cursor_right(columns \\ 1) when is_integer(columns) and columns >= 1, do: "\e[#{columns}C"

  @doc """
  Moves the cursor to the left by so many columns.

      iex> IO.ANSI.cursor_left(2)
      "\\e[2D"
  """
  @spec cursor_left(pos_integer) :: String.t()
  def cursor_left(columns \\ 1) when is_integer(columns) and columns >= 1, do: "\e[#{columns}D"

  ## Formatting

  @doc """
  Turns chardata with names of sequences into chardata with the sequences, or without them if not to be coloured. A reset
  is put at the end if there were any.

      iex> IO.iodata_to_binary(IO.ANSI.format(["Hello, ", :red, "world"], true))
      "Hello, \\e[31mworld\\e[0m"
      iex> IO.iodata_to_binary(IO.ANSI.format(["Hello, ", :red, "world"], false))
      "Hello, world"
  """
  @spec format(ansidata, boolean) :: IO.chardata()
  def format(ansidata, emit? \\ enabled?()) when is_boolean(emit?),
    do: format(ansidata, [], [], emit?, :maybe)

  @doc """
  Does as `format/2`, without the reset at the end.

      iex> IO.iodata_to_binary(IO.ANSI.format_fragment([:bright, "Word"], true))
      "\\e[1mWord"
  """
  @spec format_fragment(ansidata, boolean) :: IO.chardata()
  def format_fragment(ansidata, emit? \\ enabled?()) when is_boolean(emit?),
    do: format(ansidata, [], [], emit?, false)

  # `rest` is what is to be done after the term at hand; `reset?` is :maybe until a sequence has been put out.
  defp format([term | rest], todo, acc, emit?, reset?), do: format(term, [rest | todo], acc, emit?, reset?)

  defp format(term, todo, acc, true, reset?) when is_atom(term) and term != [] do
    format([], todo, [acc | sequence(term)], true, if(reset? == false, do: false, else: true))
  end

  defp format(term, todo, acc, false, reset?) when is_atom(term) and term != [],
    do: format([], todo, acc, false, reset?)

  defp format([], [next | todo], acc, emit?, reset?), do: format(next, todo, acc, emit?, reset?)
  defp format([], [], acc, _, true), do: [acc | "\e[0m"]
  defp format([], [], acc, _, _), do: acc
  defp format(term, todo, acc, emit?, reset?), do: format([], todo, [acc, term], emit?, reset?)

  defp sequence(:reset), do: "\e[0m"
  defp sequence(:bright), do: "\e[1m"
  defp sequence(:faint), do: "\e[2m"
  defp sequence(:italic), do: "\e[3m"
  defp sequence(:underline), do: "\e[4m"
  defp sequence(:blink_slow), do: "\e[5m"
  defp sequence(:blink_rapid), do: "\e[6m"
  defp sequence(:inverse), do: "\e[7m"
  defp sequence(:reverse), do: "\e[7m"
  defp sequence(:conceal), do: "\e[8m"
  defp sequence(:crossed_out), do: "\e[9m"
  defp sequence(:primary_font), do: "\e[10m"
  defp sequence(:font_1), do: "\e[11m"
  defp sequence(:font_2), do: "\e[12m"
  defp sequence(:font_3), do: "\e[13m"
  defp sequence(:font_4), do: "\e[14m"
  defp sequence(:font_5), do: "\e[15m"
  defp sequence(:font_6), do: "\e[16m"
  defp sequence(:font_7), do: "\e[17m"
  defp sequence(:font_8), do: "\e[18m"
  defp sequence(:font_9), do: "\e[19m"
  defp sequence(:normal), do: "\e[22m"
  defp sequence(:not_italic), do: "\e[23m"
  defp sequence(:no_underline), do: "\e[24m"
  defp sequence(:blink_off), do: "\e[25m"
  defp sequence(:inverse_off), do: "\e[27m"
  defp sequence(:reverse_off), do: "\e[27m"
  defp sequence(:black), do: "\e[30m"
  defp sequence(:light_black), do: "\e[90m"
  defp sequence(:black_background), do: "\e[40m"
  defp sequence(:light_black_background), do: "\e[100m"
  defp sequence(:red), do: "\e[31m"
  defp sequence(:light_red), do: "\e[91m"
  defp sequence(:red_background), do: "\e[41m"
  defp sequence(:light_red_background), do: "\e[101m"
  defp sequence(:green), do: "\e[32m"
  defp sequence(:light_green), do: "\e[92m"
  defp sequence(:green_background), do: "\e[42m"
  defp sequence(:light_green_background), do: "\e[102m"
  defp sequence(:yellow), do: "\e[33m"
  defp sequence(:light_yellow), do: "\e[93m"
  defp sequence(:yellow_background), do: "\e[43m"
  defp sequence(:light_yellow_background), do: "\e[103m"
  defp sequence(:blue), do: "\e[34m"
  defp sequence(:light_blue), do: "\e[94m"
  defp sequence(:blue_background), do: "\e[44m"
  defp sequence(:light_blue_background), do: "\e[104m"
  defp sequence(:magenta), do: "\e[35m"
  defp sequence(:light_magenta), do: "\e[95m"
  defp sequence(:magenta_background), do: "\e[45m"
  defp sequence(:light_magenta_background), do: "\e[105m"
  defp sequence(:cyan), do: "\e[36m"
  defp sequence(:light_cyan), do: "\e[96m"
  defp sequence(:cyan_background), do: "\e[46m"
  defp sequence(:light_cyan_background), do: "\e[106m"
  defp sequence(:white), do: "\e[37m"
  defp sequence(:light_white), do: "\e[97m"
  defp sequence(:white_background), do: "\e[47m"
  defp sequence(:light_white_background), do: "\e[107m"
  defp sequence(:default_color), do: "\e[39m"
  defp sequence(:default_background), do: "\e[49m"
  defp sequence(:framed), do: "\e[51m"
  defp sequence(:encircled), do: "\e[52m"
  defp sequence(:overlined), do: "\e[53m"
  defp sequence(:not_framed_encircled), do: "\e[54m"
  defp sequence(:not_overlined), do: "\e[55m"
  defp sequence(:home), do: "\e[H"
  defp sequence(:clear), do: "\e[2J"
  defp sequence(:clear_line), do: "\e[2K"
  defp sequence(:cursor_up), do: "\e[1A"
  defp sequence(:cursor_down), do: "\e[1B"
  defp sequence(:cursor_right), do: "\e[1C"
  defp sequence(:cursor_left), do: "\e[1D"
  defp sequence(other), do: raise(ArgumentError, "invalid ANSI sequence specification: #{inspect(other)}")
end
