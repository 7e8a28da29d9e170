defmodule Mix.Tasks.Format do
  use Mix.Task
  @shortdoc "Formats the sources"
  @moduledoc """
  Formats files in place: `phial format [FILE ...] [--check-formatted] [--dry-run] [--dot-formatter FILE]`.

  Without files, those that `:inputs` of `.formatter.exs` names. `-` formats standard input to standard output. `--check-formatted` writes
  nothing and fails when a file is not formatted.
  """

  @impl true
  def run(args) do
    {opts, args} = OptionParser.parse!(args, strict: [check_formatted: :boolean, dry_run: :boolean, dot_formatter: :string])
    settings = settings(opts[:dot_formatter] || ".formatter.exs", opts[:dot_formatter] != nil)

    if args == ["-"] do
      IO.write(format(IO.read(:stdio, :eof), settings, "stdin"))
    else
      results = for file <- files(args, settings), do: format_file(file, settings, opts)
      unformatted = for {:changed, file} <- results, do: file

      if opts[:check_formatted] && unformatted != [] do
        Mix.raise("""
        mix format failed due to --check-formatted.
        The following files are not formatted:

        #{Enum.map_join(unformatted, "\n", &"  * #{&1}")}\
        """)
      end

      :ok
    end
  end

  defp settings(file, required?) do
    cond do
      File.regular?(file) ->
        {settings, _} = Code.eval_file(file)
        unless Keyword.keyword?(settings), do: Mix.raise("Expected #{file} to return a keyword list, got: #{inspect(settings)}")
        settings

      required? ->
        Mix.raise("There is no file #{file}")

      true ->
        []
    end
  end

  defp files([], settings) do
    case List.wrap(settings[:inputs]) do
      [] -> Mix.raise("Expected one or more files/patterns to be given to mix format or for a .formatter.exs file to exist with an :inputs key")
      patterns -> patterns |> Enum.flat_map(&Path.wildcard(&1, match_dot: true)) |> Enum.uniq()
    end
  end

  defp files(patterns, _settings) do
    Enum.flat_map(patterns, fn pattern ->
      case Path.wildcard(pattern, match_dot: true) do
        [] -> Mix.raise("Could not find a file to format: #{pattern}")
        found -> found
      end
    end)
  end

  defp format_file(file, settings, opts) do
    before = File.read!(file)
    formatted = format(before, settings, file)

    if formatted == before do
      :same
    else
      unless opts[:check_formatted] || opts[:dry_run], do: File.write!(file, formatted)
      {:changed, file}
    end
  end

  defp format(text, settings, file) do
    case IO.iodata_to_binary(Code.format_string!(text, Keyword.take(settings, [:line_length, :locals_without_parens, :force_do_end_blocks]) ++ [file: file])) do
      "" -> ""
      formatted -> formatted <> "\n"
    end
  end
end
