defmodule Mix.Tasks.Help do
  use Mix.Task
  @shortdoc "Lists the tasks, or explains one"
  @moduledoc "Lists the tasks: `phial mix help`. Explains one: `phial mix help TASK`."

  @impl true
  def run([]) do
    find_own()
    described = for module <- Mix.Task.load_all(), text = Mix.Task.shortdoc(module), do: {Mix.Task.task_name(module), text}
    width = described |> Enum.map(fn {name, _} -> String.length(name) end) |> Enum.max(fn -> 0 end)
    for {name, text} <- Enum.sort(described), do: Mix.shell().info("mix " <> String.pad_trailing(name, width) <> " # " <> text)
    :ok
  end

  def run([task | _]) do
    find_own()
    module = Mix.Task.get!(task)
    Mix.shell().info(["mix ", task, "\n\n", Mix.Task.moduledoc(module) || Mix.Task.shortdoc(module) || "There is no documentation for this task"])
  end

  # Tasks of the project and its dependencies are shown if they are compiled.
  defp find_own do
    if Mix.Project.get(), do: Mix.Task.run("loadpaths", [])
  rescue
    Mix.Error -> :ok
  end
end

defmodule Mix.Tasks.Clean do
  use Mix.Task
  @shortdoc "Removes what was compiled"
  @recursive true
  @moduledoc "Removes the compiled code of the project, with `--deps` that of its dependencies too."

  @impl true
  def run(args) do
    Mix.Project.get!()
    path = if "--deps" in args, do: Mix.Project.build_path(), else: Mix.Project.app_path()
    File.rm_rf!(path)
    :ok
  end
end
