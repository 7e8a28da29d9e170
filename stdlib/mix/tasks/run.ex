defmodule Mix.Tasks.Run do
  use Mix.Task
  @shortdoc "Starts the application and runs files or code"
  @moduledoc """
  Starts the application of the project, and runs a file or code in it:
  `phial run [FILE [ARGS]] [-e CODE] [-r FILE] [--no-start] [--no-compile] [--no-halt]`.
  """

  @switches [
    eval: :keep,
    require: :keep,
    start: :boolean,
    compile: :boolean,
    halt: :boolean,
    mix_exs: :boolean,
    deps_check: :boolean
  ]

  @impl true
  def run(args) do
    {opts, rest} = OptionParser.parse_head!(args, aliases: [e: :eval, r: :require], strict: @switches)
    code? = Keyword.has_key?(opts, :eval) or Keyword.has_key?(opts, :require)

    {file, argv} =
      case rest do
        [file | argv] when not code? -> {file, argv}
        argv -> {nil, argv}
      end

    System.argv(argv)
    if opts[:halt] == false, do: System.no_halt(true)

    if Mix.Project.get() do
      Mix.Task.run("app.start", flag(opts, :start) ++ flag(opts, :compile))
    else
      if file == nil and not code?, do: raise(Mix.NoProjectError, [])
    end

    for {kind, text} <- opts do
      case kind do
        :eval -> Code.eval_string(text, [], file: "nofile")
        :require -> if(File.regular?(text), do: Code.require_file(text), else: no_file(text))
        _ -> :ok
      end
    end

    if file, do: if(File.regular?(file), do: Code.require_file(file), else: no_file(file))
    :ok
  end

  defp flag(opts, name), do: if(opts[name] == false, do: ["--no-#{name}"], else: [])
  defp no_file(file), do: Mix.raise("No such file: #{file}")
end

defmodule Mix.Tasks.Eval do
  use Mix.Task
  @shortdoc "Evaluates code with the project loaded but not started"
  @moduledoc "Evaluates code: `phial mix eval CODE`. The project is compiled and loaded; its application is not started."

  @impl true
  def run(args) do
    case args do
      [code | argv] ->
        System.argv(argv)
        if Mix.Project.get(), do: Mix.Task.run("app.config", [])
        Code.eval_string(code, [], file: "nofile")
        :ok

      [] ->
        Mix.raise("\"mix eval\" expects a single string to evaluate")
    end
  end
end
