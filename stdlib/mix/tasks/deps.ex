defmodule Mix.Tasks.Deps do
  use Mix.Task
  @shortdoc "Lists the dependencies and their state"
  @moduledoc """
  Lists the dependencies of the project: `phial mix deps`.

  They are projects on this machine: named by `:path`, `:in_umbrella`, or put in `deps/NAME` by hand. Nothing is downloaded.
  """

  @impl true
  def run(_args) do
    Mix.Project.get!()

    for dep <- Mix.Dep.direct() do
      state = if Mix.Dep.available?(dep), do: "ok", else: "the dependency is not available"
      Mix.shell().info("* #{dep.app} (#{Path.relative_to_cwd(dep.path)})\n  #{state}")
    end

    :ok
  end
end

defmodule Mix.Tasks.Deps.Get do
  use Mix.Task
  @shortdoc "Checks that the dependencies are there"
  @moduledoc "Checks that all dependencies are on this machine. Nothing is downloaded; for those that are missing, says how to put them there."

  @impl true
  def run(_args) do
    Mix.Project.get!()
    Mix.Dep.all()
    Mix.shell().info("All dependencies are up to date")
  end
end

defmodule Mix.Tasks.Deps.Compile do
  use Mix.Task
  @shortdoc "Compiles the dependencies"
  @moduledoc "Compiles the dependencies of the project, with `--force` even if nothing changed."

  @impl true
  def run(args) do
    Mix.Project.get!()
    Mix.Task.run("loadconfig")
    for dep <- Mix.Dep.all(), dep.opts[:compile] != false, do: Mix.Dep.inside(dep, fn -> Mix.Task.run("compile", args) end)
    :ok
  end
end

defmodule Mix.Tasks.Deps.Tree do
  use Mix.Task
  @shortdoc "Shows the tree of dependencies"
  @moduledoc "Shows which dependencies need which."

  @impl true
  def run(_args) do
    Mix.Project.get!()
    all = Map.new(Mix.Dep.all(), &{&1.app, &1})
    Mix.shell().info(to_string(Mix.Project.config()[:app] || "umbrella"))
    show(for(dep <- Mix.Dep.direct(), do: dep.app), all, "")
  end

  defp show(apps, all, indent) do
    last = length(apps) - 1

    for {app, index} <- Enum.with_index(apps) do
      {branch, more} = if index == last, do: {"└── ", "    "}, else: {"├── ", "│   "}
      dep = all[app]
      Mix.shell().info("#{indent}#{branch}#{app} (#{Path.relative_to_cwd(dep.path)})")
      show(dep.needs, all, indent <> more)
    end

    :ok
  end
end
