defmodule Mix.Tasks.Loadconfig do
  use Mix.Task
  @shortdoc "Reads the configuration of the project"
  @moduledoc "Reads `config/config.exs` (`:config_path`), or the file that is given, into the environments of the applications."

  @impl true
  def run(args) do
    case args do
      [] -> Mix.Config.load(Mix.Project.config()[:config_path])
      [file | _] -> if(File.regular?(file), do: Mix.Config.load(file), else: Mix.raise("There is no configuration file #{file}"))
    end
  end
end

defmodule Mix.Tasks.App.Config do
  use Mix.Task
  @shortdoc "Compiles the project and reads its configuration"
  @moduledoc "Compiles the project and reads `config/runtime.exs`, unless told not to: `--no-compile`."

  @impl true
  def run(args) do
    Mix.Project.get!()
    if "--no-compile" in args, do: Mix.Task.run("loadpaths", []), else: Mix.Task.run("compile", [])
    runtime = Mix.Project.config()[:config_path] |> Path.dirname() |> Path.join("runtime.exs")

    if File.regular?(runtime) do
      {config, _} =
        Config.__eval__!(Path.expand(runtime), File.read!(runtime), env: Mix.env(), target: Mix.target(), imports: :disabled)

      Mix.Config.persist(config)
    end

    :ok
  end
end

defmodule Mix.Tasks.Loadpaths do
  use Mix.Task
  @shortdoc "Puts what was compiled on the code path"
  @recursive true
  @moduledoc "Puts the compiled code of the project and of its dependencies on the code path, without compiling, and reads its configuration."

  @impl true
  def run(_args) do
    Mix.Task.run("loadconfig")
    for dep <- Mix.Dep.all(), do: Mix.Dep.inside(dep, fn -> add(Mix.Project.compile_path()) end)
    add(Mix.Project.compile_path())
  end

  defp add(path) do
    Code.prepend_path(path)
    Application.load(Mix.Tasks.Compile.application_spec())
    :ok
  end
end

defmodule Mix.Tasks.App.Start do
  use Mix.Task
  @shortdoc "Starts the application of the project"
  @moduledoc "Compiles the project and starts its application with those that it needs: `--no-start`, `--no-compile`, `--permanent`."

  @impl true
  def run(args) do
    Mix.Task.run("app.config", args)
    config = Mix.Project.config()

    unless "--no-start" in args do
      type = if config[:start_permanent] or "--permanent" in args, do: :permanent, else: :temporary
      apps = if Mix.Project.umbrella?(), do: Enum.sort(Map.keys(Mix.Project.apps_paths())), else: [config[:app]]

      for app <- apps do
        case Application.ensure_all_started(app, type) do
          {:ok, _} -> :ok
          {:error, {app, reason}} -> Mix.raise("Could not start application #{app}: " <> Application.format_error(reason))
        end
      end
    end

    :ok
  end
end
