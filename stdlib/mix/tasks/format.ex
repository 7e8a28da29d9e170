defmodule Mix.Tasks.Format do
  use Mix.Task
  @shortdoc "Formats the sources"
  @moduledoc """
  Formats files in place: `phial format [FILE ...] [--check-formatted] [--dry-run] [--dot-formatter FILE]`; `--check` is short for
  `--check-formatted`.

  Without files, those that `:inputs` of `.formatter.exs` names, and those of the `.formatter.exs` in its `:subdirectories`. Names that are
  called without parentheses are taken over from the `:export` of dependencies in `:import_deps`. `-` formats standard input to standard output. `--check-formatted` writes
  nothing and fails when a file is not formatted.
  """

  @impl true
  def run(args) do
    {opts, args} = OptionParser.parse!(args, strict: [check_formatted: :boolean, check: :boolean, dry_run: :boolean, dot_formatter: :string])
    opts = if opts[:check], do: [check_formatted: true] ++ opts, else: opts
    settings = settings(opts[:dot_formatter] || ".formatter.exs", opts[:dot_formatter] != nil)

    if args == ["-"] do
      IO.write(format(IO.read(:stdio, :eof), settings, "stdin"))
    else
      results =
        files(args, settings)
        |> Task.async_stream(fn {file, settings} -> attempt(file, settings, opts) end, ordered: true, timeout: :infinity)
        |> Enum.map(fn {:ok, result} -> result end)

      failed = for {:failed, file, error} <- results, do: {file, error}

      for {file, error} <- failed, do: Mix.shell().error("mix format failed for file: #{file}\n\n** " <> Exception.format_banner(:error, error))
      if failed != [], do: exit({:shutdown, 1})
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

  # [{file, settings that hold for it}]
  defp files([], settings) do
    case {List.wrap(settings[:inputs]), settings[:subdirectories] || []} do
      {[], []} -> Mix.raise("Expected one or more files/patterns to be given to mix format or for a .formatter.exs file to exist with an :inputs key")
      _ -> inputs(".", settings)
    end
  end

  defp files(patterns, settings) do
    known = if settings[:subdirectories], do: Map.new(inputs(".", settings)), else: %{}

    Enum.flat_map(patterns, fn pattern ->
      case Path.wildcard(pattern, match_dot: true) do
        [] -> Mix.raise("Could not find a file to format: #{pattern}")
        found -> for file <- found, File.regular?(file), do: {file, Map.get(known, file, settings)}
      end
    end)
  end

  defp inputs(dir, settings) do
    settings = Keyword.update(settings, :locals_without_parens, exported(settings), &(&1 ++ exported(settings)))

    own =
      for pattern <- List.wrap(settings[:inputs]),
          path = if(dir == ".", do: pattern, else: Path.join(dir, pattern)),
          file <- Path.wildcard(path, match_dot: true),
          File.regular?(file),
          do: {file, settings}

    inner =
      for pattern <- settings[:subdirectories] || [],
          path <- Path.wildcard(if(dir == ".", do: pattern, else: Path.join(dir, pattern))),
          file = Path.join(path, ".formatter.exs"),
          File.regular?(file),
          entry <- inputs(path, settings(file, true)),
          do: entry

    Enum.uniq_by(inner ++ own, &elem(&1, 0))
  end

  defp exported(settings) do
    for app <- settings[:import_deps] || [],
        path = Mix.Project.deps_paths()[app] || Mix.raise("Unknown dependency #{inspect(app)} given to :import_deps in the formatter configuration"),
        name <- settings(Path.join(path, ".formatter.exs"), false)[:export][:locals_without_parens] || [],
        do: name
  end

  # All files are tried before the first that is wrong ends the task.
  defp attempt(file, settings, opts) do
    format_file(file, settings, opts)
  rescue
    error in [SyntaxError, TokenMissingError, MismatchedDelimiterError] -> {:failed, file, error}
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
