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

  @doc false
  # A project without a module, for Mix.install/2.
  def push_config(config) do
    :persistent_term.put(@stack, [%{module: Mix.Install, file: nil, config: Keyword.merge(defaults(), config)} | stack()])
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
      build_embedded: false,
      build_per_environment: true,
      aliases: [],
      compilers: Mix.compilers(),
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

  @doc "The apps of an umbrella project: `%{app => path}`, or `nil` for another project."
  def apps_paths(config \\ config()) do
    if dir = config[:apps_path] do
      wanted = config[:apps]

      for path <- Path.wildcard(Path.join(dir, "*")),
          File.regular?(Path.join(path, "mix.exs")),
          app = String.to_atom(Path.basename(path)),
          wanted == nil or app in wanted,
          into: %{},
          do: {app, path}
    end
  end

  @doc "Whether a task runs in an app of an umbrella for the umbrella."
  def parent_umbrella?, do: :persistent_term.get({Mix, :recursing}, false)

  @doc "The former name of `parent_umbrella?/0`."
  def recursing?, do: parent_umbrella?()

  @doc "Calls the function in each app of the umbrella, those first that others need; returns the results in order."
  def recur(fun) do
    paths = apps_paths()
    outer = :persistent_term.get({Mix, :recursing}, false)
    :persistent_term.put({Mix, :recursing}, true)

    try do
      for app <- in_order(paths), do: in_project(app, paths[app], fun)
    after
      :persistent_term.put({Mix, :recursing}, outer)
    end
  end

  defp in_order(paths) do
    needs = for {app, path} <- paths, into: %{}, do: {app, in_project(app, path, fn _ -> for(dep <- Mix.Dep.direct(), do: dep.app) end)}
    paths |> Map.keys() |> Enum.sort() |> Enum.reduce([], &visit(&1, &2, needs, [])) |> Enum.reverse()
  end

  defp visit(app, done, needs, path) do
    cond do
      app in done or not is_map_key(needs, app) -> done
      app in path -> Mix.raise("The apps of the umbrella need each other in a circle: #{Enum.map_join(Enum.reverse([app | path]), " -> ", &to_string/1)}")
      true -> [app | Enum.reduce(needs[app], done, &visit(&1, &2, needs, [app | path]))]
    end
  end

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

  @doc "Where protocols are consolidated; here their implementations are found when they are called, so nothing is put there."
  def consolidation_path(config \\ config()), do: config |> build_path() |> Path.join("lib") |> Path.join(to_string(config[:app])) |> Path.join("consolidated")

  @doc "The paths of compiled code."
  def load_paths do
    if umbrella?(), do: Enum.flat_map(recur(fn _ -> load_paths() end), & &1), else: [compile_path()]
  end

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

      app_shown = :persistent_term.get({Mix, :app_shown}, nil)
      :persistent_term.put({Mix, :app_shown}, false)

      try do
        fun.(top.module)
      after
        pop()
        :persistent_term.put({Mix, :app_shown}, app_shown)
      end
    end)
  end
end
