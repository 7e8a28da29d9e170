defmodule Mix.Tasks.Do do
  use Mix.Task
  @shortdoc "Runs several tasks one after the other"
  @moduledoc """
  Runs several tasks: `phial mix do compile + test --trace`. A comma after a word separates them as well.

  `--app NAME` (several times) runs them in those apps of an umbrella.
  """

  @impl true
  def run(args) do
    {apps, args} = apps(args, [])
    tasks = split(args, [], [])
    if tasks == [], do: Mix.raise("mix do expects at least one task: mix do TASK + TASK")

    if apps == [] do
      run_all(tasks)
    else
      unless Mix.Project.umbrella?(), do: Mix.raise("The --app option is for umbrella projects")
      dirs = Mix.Project.apps_paths()
      for app <- apps, not is_map_key(dirs, app), do: Mix.raise("There is no app #{app} in the umbrella")
      Mix.Project.recur(fn _ -> if Mix.Project.config()[:app] in apps, do: run_all(tasks) end)
      :ok
    end
  end

  defp apps(["--app", app | rest], apps), do: apps(rest, [String.to_atom(app) | apps])
  defp apps(rest, apps), do: {apps, rest}

  defp run_all(tasks) do
    for [task | args] <- tasks, do: Mix.Task.run(task, args)
    :ok
  end

  @doc false
  def split([], [], tasks), do: Enum.reverse(tasks)
  def split([], task, tasks), do: Enum.reverse([Enum.reverse(task) | tasks])
  def split(["+" | rest], task, tasks), do: split(rest, [], add(task, tasks))
  def split(["," | rest], task, tasks), do: split(rest, [], add(task, tasks))

  def split([word | rest], task, tasks) do
    if String.ends_with?(word, ",") do
      split(rest, [], add([String.trim_trailing(word, ",") | task], tasks))
    else
      split(rest, [word | task], tasks)
    end
  end

  defp add([], tasks), do: tasks
  defp add(task, tasks), do: [Enum.reverse(task) | tasks]
end

defmodule Mix.Tasks.Cmd do
  use Mix.Task
  @shortdoc "Runs a command of the operating system"
  @recursive true
  @moduledoc "Runs a command in the directory of the project, or of each app of an umbrella: `phial mix cmd pwd`. It fails when the command does."

  @impl true
  def run([]), do: Mix.raise("Expected a command to be given: mix cmd COMMAND")

  def run(args) do
    Mix.Shell.name_app()

    case Mix.shell().cmd(Enum.map_join(args, " ", &quoted/1)) do
      0 -> :ok
      status -> exit({:shutdown, status})
    end
  end

  defp quoted(word), do: if(word =~ ~r/\s/, do: "'" <> String.replace(word, "'", "'\\''") <> "'", else: word)
end
