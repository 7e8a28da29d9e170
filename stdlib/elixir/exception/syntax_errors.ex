# The errors of the parser. All show the source line with a mark, when it is known, in the form of the compiler's own
# messages.

defmodule Exception.Snippet do
  @moduledoc false

  # Lines of source stand right of a gutter with their number:
  #
  #     error: unexpected token: )
  #     │
  #   1 │ foo(]
  #     │    ^
  #     │
  #     └─ nofile:1:4
  #
  # `marks` is a list of {line, column, text}; without text the mark is a caret.
  def format(description, file, {line, column}, lines, marks) do
    shown = marks |> Enum.map(&elem(&1, 0)) |> Enum.uniq() |> Enum.sort()
    width = max(length(Integer.digits(List.last(shown))), 2) + 1
    blank = String.duplicate(" ", width + 1) <> "│"

    body =
      shown
      |> Enum.map(fn number ->
        here = for {^number, column, text} <- marks, do: {column, text}

        [
          String.pad_leading(Integer.to_string(number), width) <> " │ " <> Map.fetch!(lines, number)
          | mark_lines(Enum.sort(here), blank)
        ]
      end)
      |> with_gaps(shown)

    IO.iodata_to_binary([
      "    error: " <> description <> "\n",
      blank <> "\n",
      for(text <- body, do: [text, "\n"]),
      blank <> "\n",
      String.duplicate(" ", width + 1) <> "└─ #{file}:#{line}:#{column}"
    ])
  end

  defp with_gaps([first | rest], [number | numbers]), do: first ++ with_gaps(rest, numbers, number)
  defp with_gaps([], [], _previous), do: []

  defp with_gaps([lines | rest], [number | numbers], previous) do
    gap = if number > previous + 1, do: [" ..."], else: []
    gap ++ lines ++ with_gaps(rest, numbers, number)
  end

  defp mark_lines([{column, nil} | _], blank), do: [blank <> " " <> spaces(column - 1) <> "^"]
  defp mark_lines([{column, text}], blank), do: [blank <> " " <> spaces(column - 1) <> "└ " <> text]

  defp mark_lines([{first, first_text}, {second, second_text}], blank) do
    [
      blank <> " " <> spaces(first - 1) <> "│" <> spaces(second - first - 1) <> "└ " <> second_text,
      blank <> " " <> spaces(first - 1) <> "└ " <> first_text
    ]
  end

  defp spaces(count), do: String.duplicate(" ", max(count, 0))

  # The numbered lines of a snippet that starts at the given line.
  def lines(snippet, first) do
    snippet |> String.split(["\r\n", "\n"]) |> Enum.with_index(first) |> Map.new(fn {text, number} -> {number, text} end)
  end

  def relative(nil), do: "nofile"
  def relative(file), do: Exception.__relative__(file)

  def plain(file, line, column, description) do
    Exception.format_file_line_column(Exception.__relative__(file), line, column) <> " " <> description
  end
end

defmodule SyntaxError do
  @moduledoc """
  Raised when code is not valid syntax.
  """
  defexception [:file, :line, :column, :snippet, description: "syntax error"]

  def message(%{file: file, line: line, column: column, description: description, snippet: snippet})
      when not is_nil(snippet) and not is_nil(column) do
    file = Exception.Snippet.relative(file)
    lines = Exception.Snippet.lines(snippet, line)

    "invalid syntax found on #{file}:#{line}:#{column}:\n" <>
      Exception.Snippet.format(description, file, {line, column}, lines, [{line, column, nil}])
  end

  def message(%{file: file, line: line, column: column, description: description}) do
    "invalid syntax found on " <> Exception.Snippet.plain(file, line, column, description)
  end
end

defmodule TokenMissingError do
  @moduledoc """
  Raised when code ends too early: an expression is incomplete or something opened is not closed.
  """
  defexception [
    :file,
    :line,
    :column,
    :end_line,
    :end_column,
    :snippet,
    :opening_delimiter,
    :expected_delimiter,
    description: "expression is incomplete"
  ]

  def message(%{snippet: snippet, opening_delimiter: opening, end_column: end_column} = exception)
      when not is_nil(snippet) and not is_nil(opening) and not is_nil(end_column) do
    %{file: file, line: line, column: column, end_line: end_line, description: description} = exception
    file = Exception.Snippet.relative(file)
    lines = Exception.Snippet.lines(snippet, line)
    missing = "missing closing delimiter (expected \"#{exception.expected_delimiter}\")"
    end_line = if Map.has_key?(lines, end_line), do: end_line, else: line
    marks = [{line, column, "unclosed delimiter"}, {end_line, max(end_column, 1), missing}]

    "token missing on #{file}:#{end_line}:#{end_column}:\n" <>
      Exception.Snippet.format(description, file, {end_line, end_column}, lines, marks)
  end

  def message(%{file: file, line: line, column: column, description: description, snippet: snippet})
      when not is_nil(snippet) and not is_nil(column) do
    file = Exception.Snippet.relative(file)
    lines = Exception.Snippet.lines(snippet, line)

    "token missing on #{file}:#{line}:#{column}:\n" <>
      Exception.Snippet.format(description, file, {line, column}, lines, [{line, column, nil}])
  end

  def message(%{file: file, line: line, column: column, description: description}) do
    "token missing on " <> Exception.Snippet.plain(file, line, column, description)
  end
end

defmodule MismatchedDelimiterError do
  @moduledoc """
  Raised when something is closed by the wrong delimiter.
  """
  defexception [
    :file,
    :line,
    :column,
    :end_line,
    :end_column,
    :opening_delimiter,
    :closing_delimiter,
    :expected_delimiter,
    :snippet,
    description: "mismatched delimiter"
  ]

  def message(%{file: file, line: line, column: column, end_line: end_line, end_column: end_column} = exception)
      when not is_nil(end_line) do
    relative = Exception.Snippet.relative(file)

    case exception.snippet do
      nil ->
        "mismatched delimiter found on " <> Exception.Snippet.plain(file, end_line, end_column, exception.description)

      snippet ->
        marks = [
          {line, column, "unclosed delimiter"},
          {end_line, end_column, "mismatched closing delimiter (expected \"#{exception.expected_delimiter}\")"}
        ]

        lines = Exception.Snippet.lines(snippet, line)

        "mismatched delimiter found on #{relative}:#{end_line}:#{end_column}:\n" <>
          Exception.Snippet.format(exception.description, relative, {end_line, end_column}, lines, marks)
    end
  end

  def message(%{file: file, line: line, column: column, description: description}) do
    "mismatched delimiter found on " <> Exception.Snippet.plain(file, line, column, description)
  end
end
