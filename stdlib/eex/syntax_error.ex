defmodule EEx.SyntaxError do
  @moduledoc """
  Raised for a template that can't be read.
  """
  defexception [:message, :file, :line, :column]

  @impl true
  def message(%{message: message, line: nil}), do: message

  def message(%{file: file, line: line, column: column, message: message}),
    do: "#{file}:#{line}:#{column}: #{message}"
end
