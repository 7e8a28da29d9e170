defmodule Mix.CLI do
  @moduledoc """
  The command line of `phial mix`, and of the commands that are tasks.
  """

  @doc "Runs the task that the arguments name, or the default one."
  def main(args \\ System.argv()) do
    case args do
      [word | _] when word in ["-h", "--help"] -> run(["help"])
      [word | _] when word in ["-v", "--version"] -> IO.puts("Mix #{System.version()} (Phial)")
      args -> run(args)
    end
  end

  @doc "Compiles, loads and starts the project of the working directory, for a shell."
  def shell(args \\ []), do: run(["run" | args])

  defp run(args) do
    guarded(fn ->
      choose_env(args)
      # `new` makes a project, so that of the working directory is none of its business.
      unless match?(["new" | _], args), do: Mix.Project.load()
      {task, rest} = task(args)
      prefer_env(task)
      if Mix.Project.get(), do: check_version()
      Mix.Task.run(task, rest)
    end)
  end

  defp task([]), do: {to_string(Mix.Project.config()[:default_task]), []}
  defp task([task | rest]), do: {task, rest}

  # The environment has to stand before mix.exs is read, which may ask for it.
  defp choose_env(["test" | _]), do: if(System.get_env("MIX_ENV") in [nil, ""], do: Mix.env(:test))
  defp choose_env(_args), do: :ok

  defp prefer_env(task) do
    env = Mix.Task.preferred_cli_env(task)

    if env && System.get_env("MIX_ENV") in [nil, ""] && env != Mix.env() do
      Mix.env(env)

      if Mix.Project.get() do
        Mix.Project.pop()
        Mix.Project.load()
      end
    end
  end

  defp check_version do
    config = Mix.Project.config()
    requirement = config[:elixir]

    if requirement && not Version.match?(System.version(), requirement) do
      Mix.raise(
        "You're trying to run #{inspect(config[:app])} on Elixir v#{System.version()} but it has declared in its " <>
          "mix.exs file it supports only Elixir #{requirement}"
      )
    end
  end

  # Errors that are for the user show their message alone.
  defp guarded(fun) do
    fun.()
  rescue
    error in [Mix.Error, Mix.NoProjectError, Mix.NoTaskError, Mix.InvalidTaskError, OptionParser.ParseError] ->
      message = "** (Mix) " <> Exception.message(error)
      if Mix.debug?(), do: IO.puts(:stderr, Exception.format_stacktrace(__STACKTRACE__))
      Mix.shell().error(message)
      exit({:shutdown, Map.get(error, :mix, 1)})
  end
end
