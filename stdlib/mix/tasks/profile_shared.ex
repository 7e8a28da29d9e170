defmodule Mix.Tasks.Profile.Shared do
  @moduledoc false
  # What the profile tasks have in common: their options, the project, and the code that is run.

  @common [eval: :string, require: :keep, compile: :boolean, start: :boolean]

  # {function to profile, options}
  def prepare(args, strict) do
    {opts, rest} = OptionParser.parse_head!(args, strict: @common ++ strict, aliases: [e: :eval, r: :require])

    if Mix.Project.get() do
      if opts[:compile] != false, do: Mix.Task.run("compile", [])
      if opts[:start] != false, do: Mix.Task.run("app.start", [])
    end

    for file <- Keyword.get_values(opts, :require), do: Code.require_file(file)
    {code(opts[:eval], rest), opts}
  end

  defp code(nil, []), do: Mix.raise("Expected a script or -e CODE: see \"mix help profile.cprof\"")

  defp code(nil, [file | rest]) do
    unless File.regular?(file), do: Mix.raise("No file named #{file}")
    fn -> System.argv(rest); Code.require_file(file) end
  end

  defp code(text, rest) do
    quoted = Code.string_to_quoted!(text, file: "nofile")
    fn -> System.argv(rest); Code.eval_quoted(quoted) end
  end
end
