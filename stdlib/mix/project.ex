defmodule Mix.Project do
  @moduledoc """
  The project: what `mix.exs` says.

      defmodule MyApp.MixProject do
        use Mix.Project

        def project, do: [app: :my_app, version: "1.0.0", deps: [{:other, path: "../other"}]]
        def application, do: [extra_applications: [:logger], mod: {MyApp.Application, []}]
      end

  Projects are kept on a stack: while a dependency is compiled its project is on top.
  """

  @stack {Mix, :projects}

  @doc false
  defmacro __using__(_opts) do
    quote do
      @after_compile Mix.Project
    end
  end

  @doc false
  def __after_compile__(env, _bytecode) do
    push(env.module, env.file)
  end

  @doc "Puts a project on the stack."
  def push(module, file \\ "nofile", _app \\ nil) do
    config = if function_exported?(module, :project, 0), do: module.project(), else: []
    config = Keyword.merge(defaults(), config)
    :persistent_term.put(@stack, [%{module: module, file: file, config: config} | stack()])
  end

  @doc "Takes the project on top off the stack."
  def pop do
    case stack() do
      [top | rest] ->
        :persistent_term.put(@stack, rest)
        top

      [] ->
        nil
    end
  end

  defp stack, do: :persistent_term.get(@stack, [])

  defp defaults do
    [
      aliases: [],
      build_embedded: false,
      build_per_environment: true,
      config_path: "config/config.exs",
      consolidate_protocols: true,
      default_task: "run",
      deps: [],
      deps_path: "deps",
      elixirc_paths: ["lib"],
      lockfile: "mix.lock",
      start_permanent: false
    ]
  end

  @doc "The module of the project, or `nil`."
  @spec get() :: module | nil
  def get do
    case stack() do
      [%{module: module} | _] -> module
      [] -> nil
    end
  end

  @doc "The module of the project; raises where there is none."
  @spec get!() :: module
  def get!, do: get() || raise(Mix.NoProjectError, [])

  @doc "The path of the `mix.exs` of the project, or `nil`."
  def project_file do
    case stack() do
      [%{file: file} | _] -> file
      [] -> nil
    end
  end

  @doc "The configuration of the project with the defaults."
  @spec config() :: keyword
  def config do
    case stack() do
      [%{config: config} | _] -> config
      [] -> defaults()
    end
  end

  @doc "Files that make everything compile again when they change."
  def config_files do
    config = config()[:config_path] |> Path.dirname() |> Path.join("**/*.exs") |> Path.wildcard()
    Enum.reject([project_file() || "mix.exs" | config], &(Path.basename(&1) == "runtime.exs"))
  end

  @doc "The time of the last change of those files."
  def config_mtime do
    config_files()
    |> Enum.map(fn file -> with({:ok, stat} <- File.stat(file, time: :posix), do: stat.mtime) end)
    |> Enum.filter(&is_integer/1)
    |> Enum.max(fn -> 0 end)
  end

  @doc "Whether the project holds others (`:apps_path`)."
  def umbrella?(config \\ config()), do: config[:apps_path] != nil

  @doc "Where dependencies that are not given by path are."
  def deps_path(config \\ config()), do: Path.expand(System.get_env("MIX_DEPS_PATH") || config[:deps_path])

  @doc "The paths of all dependencies, by name."
  def deps_paths(_opts \\ []), do: Map.new(Mix.Dep.all(), &{&1.app, &1.path})

  @doc "The names of all applications of the tree of dependencies, each after those that it needs."
  def deps_apps, do: Enum.map(Mix.Dep.all(), & &1.app)

  @doc "Where compiled things go: `_build/ENV`."
  def build_path(config \\ config()) do
    case :persistent_term.get({Mix, :build_path}, nil) do
      nil -> own_build_path(config)
      path -> path
    end
  end

  defp own_build_path(config) do
    root = System.get_env("MIX_BUILD_ROOT") || "_build"

    cond do
      path = System.get_env("MIX_BUILD_PATH") -> Path.expand(path)
      path = config[:build_path] -> path |> Path.join(Atom.to_string(Mix.env())) |> Path.expand()
      config[:build_per_environment] -> root |> Path.join(Atom.to_string(Mix.env())) |> Path.expand()
      true -> root |> Path.join("shared") |> Path.expand()
    end
  end

  @doc "Where the manifests of the compilers are."
  def manifest_path(config \\ config()), do: config |> app_path() |> Path.join(".mix")

  @doc "Where the application is built."
  def app_path(config \\ config()) do
    case config[:app] do
      nil -> Mix.raise("Cannot access build without an application name, please set :app in the project of mix.exs")
      app -> Path.join([build_path(config), "lib", Atom.to_string(app)])
    end
  end

  @doc "Where the compiled modules of the application go."
  def compile_path(config \\ config()), do: config |> app_path() |> Path.join("ebin")

  @doc "The paths of compiled code."
  def load_paths, do: [compile_path()]

  @doc "Makes the directory that the application is built in."
  def build_structure(config \\ config(), _opts \\ []) do
    path = app_path(config)
    File.mkdir_p!(Path.join(path, "ebin"))
    link = Path.join(path, "priv")
    if File.dir?("priv") and not File.exists?(link), do: File.ln_s(Path.expand("priv"), link)
    :ok
  end

  @doc "Compiles the project of the working directory: the task `compile`."
  def compile(args, _config \\ []), do: Mix.Task.run("compile", args)

  @doc false
  # Loads mix.exs of the working directory; whether there is one.
  def load(file \\ System.get_env("MIX_EXS") || "mix.exs") do
    path = Path.expand(file)

    case :persistent_term.get({Mix, :loaded, path}, nil) do
      nil ->
        if File.regular?(path) do
          before = length(stack())
          Code.compile_file(path)
          if length(stack()) == before, do: Mix.raise("#{file} has no module that says \"use Mix.Project\"")
          :persistent_term.put({Mix, :loaded, path}, get())
          true
        else
          false
        end

      module ->
        push(module, path)
        true
    end
  end

  @doc "Calls the function with the project in that directory on top of the stack, and the directory as the working one."
  def in_project(app, path, post_config \\ [], fun) do
    File.cd!(path, fn ->
      unless load(), do: Mix.raise("Cannot find mix.exs of the dependency :#{app} in #{path}")
      [top | rest] = stack()
      :persistent_term.put(@stack, [%{top | config: Keyword.merge(top.config, post_config)} | rest])

      try do
        fun.(top.module)
      after
        pop()
      end
    end)
  end
end
