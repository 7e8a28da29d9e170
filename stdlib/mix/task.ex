defmodule Mix.Task do
  @moduledoc """
  Tasks: `Mix.Tasks.Some.Name` is the task `some.name`.

      defmodule Mix.Tasks.Greet do
        use Mix.Task
        @shortdoc "Greets"

        @impl true
        def run(args), do: Mix.shell().info("Hello " <> Enum.join(args, " "))
      end

  Attributes: `@shortdoc` (what the list of tasks shows), `@requirements` (tasks that run before), `@preferred_cli_env`.
  """

  @type task_name :: String.t() | atom
  @callback run(command_line_args :: [binary]) :: any

  @done {Mix, :tasks}

  @doc false
  defmacro __using__(_opts) do
    quote do
      Module.register_attribute(__MODULE__, :shortdoc, persist: true)
      Module.register_attribute(__MODULE__, :requirements, persist: true)
      Module.register_attribute(__MODULE__, :preferred_cli_env, persist: true)
      Module.register_attribute(__MODULE__, :recursive, persist: true)
      @behaviour Mix.Task
    end
  end

  @doc "The name of a task's module."
  @spec task_name(module) :: String.t()
  def task_name(module) when is_atom(module) do
    module |> Module.split() |> Enum.drop(2) |> Enum.map_join(".", &Macro.underscore/1)
  end

  @doc "The module of a task, or `nil`."
  @spec get(task_name) :: module | nil
  def get(task) do
    case fetch(task) do
      {:ok, module} -> module
      {:error, _} -> nil
    end
  end

  @doc "The module of a task; raises where there is none."
  @spec get!(task_name) :: module
  def get!(task) do
    case fetch(task) do
      {:ok, module} -> module
      {:error, :invalid} -> raise Mix.InvalidTaskError, task: to_string(task)
      {:error, :not_found} -> raise Mix.NoTaskError, task: to_string(task)
    end
  end

  defp fetch(task) do
    module = task |> to_string() |> String.split(".") |> Enum.map_join(".", &Macro.camelize/1) |> then(&Module.concat("Mix.Tasks", &1))

    cond do
      not Code.ensure_loaded?(module) -> {:error, :not_found}
      function_exported?(module, :run, 1) -> {:ok, module}
      true -> {:error, :invalid}
    end
  end

  @doc "Whether the module is a task."
  def task?(module) when is_atom(module) do
    String.starts_with?(Atom.to_string(module), "Elixir.Mix.Tasks.") and Code.ensure_loaded?(module) and function_exported?(module, :run, 1)
  end

  @doc "The one-line description of a task, or `nil`."
  def shortdoc(module) do
    case List.keyfind(module.__info__(:attributes), :shortdoc, 0) do
      {_, [text | _]} -> text
      _ -> nil
    end
  end

  @doc "The documentation of a task, or `nil`."
  def moduledoc(module) do
    case Code.fetch_docs(module) do
      {:docs_v1, _, _, _, %{"en" => text}, _, _} -> text
      _ -> nil
    end
  end

  @doc "The tasks that have to run before."
  def requirements(module) do
    case List.keyfind(module.__info__(:attributes), :requirements, 0) do
      {_, list} -> List.flatten(list)
      _ -> []
    end
  end

  @doc "Whether the task of an umbrella project runs in each of its apps (`@recursive true`)."
  def recursive(module) do
    case List.keyfind(module.__info__(:attributes), :recursive, 0) do
      {_, [true | _]} -> true
      _ -> false
    end
  end

  @doc false
  def preferred_cli_env(task) do
    cli = if (project = Mix.Project.get()) && function_exported?(project, :cli, 0), do: project.cli(), else: []
    task = to_string(task)

    cond do
      env = Enum.find_value(cli[:preferred_envs] || [], fn {name, env} -> to_string(name) == task && env end) -> env
      task == "test" -> :test
      true -> nil
    end
  end

  @doc "All modules that are tasks, loaded."
  def load_all do
    for {name, _, _} <- :code.all_available(),
        name = to_string(name),
        String.starts_with?(name, "Elixir.Mix.Tasks."),
        module = String.to_atom(name),
        task?(module),
        uniq: true,
        do: module
  end

  @doc "The modules of all tasks; whatever folders are given, they are found on the code path."
  def load_tasks(_dirs), do: load_all()

  @doc "The modules of all tasks."
  def all_modules, do: load_all()

  @doc false
  def names, do: load_all() |> Enum.map(&task_name/1) |> Enum.sort()

  @doc "Whether the project gives the name to an alias."
  def alias?(task), do: Keyword.has_key?(aliases(), String.to_atom(to_string(task)))

  defp aliases, do: Mix.Project.config()[:aliases] || []

  @doc """
  Runs a task, or the project's alias of the name, unless it has run: then the result is `:noop`.
  """
  @spec run(task_name, [any]) :: any
  def run(task, args \\ []) do
    task = to_string(task)
    key = {:alias, task, Mix.Project.get()}

    case Enum.find(aliases(), fn {name, _} -> to_string(name) == task end) do
      {_, steps} -> if(done?(key), do: run_task(task, args), else: run_alias(key, steps, args))
      nil -> run_task(task, args)
    end
  end

  defp run_task(task, args) do
    key = {:task, task, Mix.Project.get()}

    if done?(key) do
      :noop
    else
      module = find!(task)
      put_done([key | done()])

      for requirement <- requirements(module) do
        [name | rest] = OptionParser.split(to_string(requirement))
        run(name, rest)
      end

      if recursive(module) and Mix.Project.get() && Mix.Project.umbrella?() do
        Mix.Project.recur(fn _ -> run(task, args) end)
      else
        module.run(args)
      end
    end
  end

  # A task may be one that the project itself, or a dependency, defines.
  defp find!(task) do
    if get(task) == nil and Mix.Project.get() != nil, do: run("compile", [])
    get!(task)
  end

  # An alias may run the task of its own name.
  defp run_alias(key, steps, args) do
    put_done([key | done()])

    try do
      run_steps(List.wrap(steps), args)
    after
      put_done(List.delete(done(), key))
    end
  end

  # The arguments go to the last step.
  defp run_steps([step], args), do: run_step(step, args)

  defp run_steps([step | rest], args) do
    run_step(step, [])
    run_steps(rest, args)
  end

  defp run_steps([], _args), do: :ok

  defp run_step(step, args) when is_function(step, 1), do: step.(args)

  defp run_step(step, args) when is_binary(step) do
    [name | own] = OptionParser.split(step)
    run(name, own ++ args)
  end

  @doc "Runs a task even if it has run."
  def rerun(task, args \\ []) do
    reenable(task)
    run(task, args)
  end

  @doc "Lets a task run again."
  def reenable(task) do
    put_done(List.delete(done(), {:task, to_string(task), Mix.Project.get()}))
    :ok
  end

  @doc "Lets all tasks run again."
  def clear, do: put_done([])

  defp done, do: :persistent_term.get(@done, [])
  defp done?(key), do: key in done()
  defp put_done(list), do: :persistent_term.put(@done, list)
end
