defmodule Mix.Dep do
  @moduledoc """
  The dependencies of a project: other projects on this machine.

  A dependency is found at its `:path`, beside the project (`:in_umbrella`), or, if it comes from elsewhere, in `deps/NAME`
  where it has to have been put. Nothing is downloaded.
  """

  defstruct [:app, :path, opts: [], needs: []]

  @doc "The direct dependencies of the project on top that its environment asks for."
  def direct do
    config = Mix.Project.config()
    env = Mix.env()
    for dep <- config[:deps], dep = read(dep, config), wanted?(dep, env), do: dep
  end

  defp read({app, requirement}, config) when is_binary(requirement) or is_struct(requirement, Regex), do: read({app, [], config})
  defp read({app, opts}, config) when is_list(opts), do: read({app, opts, config})
  defp read({app, _requirement, opts}, config) when is_list(opts), do: read({app, opts, config})
  defp read(other, _config), do: Mix.raise("Dependency specified in the wrong format: #{inspect(other)}")

  defp read({app, opts, config}) do
    path =
      cond do
        path = opts[:path] -> Path.expand(path)
        opts[:in_umbrella] -> Path.expand("../#{app}")
        true -> Path.join(Mix.Project.deps_path(config), Atom.to_string(app))
      end

    %Mix.Dep{app: app, path: path, opts: opts}
  end

  defp wanted?(dep, env) do
    case dep.opts[:only] do
      nil -> true
      only -> env in List.wrap(only)
    end
  end

  @doc "All dependencies of the project, each once and after those that it needs itself."
  def all do
    {deps, _} = collect(direct(), [], [])
    Enum.reverse(deps)
  end

  defp collect([], found, _path), do: {found, :ok}

  defp collect([dep | rest], found, path) do
    cond do
      dep.app in path ->
        Mix.raise("Dependencies go round in a circle: #{Enum.map_join(Enum.reverse([dep.app | path]), " -> ", &to_string/1)}")

      Enum.any?(found, &(&1.app == dep.app)) ->
        collect(rest, found, path)

      true ->
        unless available?(dep), do: unavailable(dep)
        inner = Mix.Dep.inside(dep, fn -> direct() end)
        inner = Enum.reject(inner, & &1.opts[:optional])
        {found, :ok} = collect(inner, found, [dep.app | path])
        collect(rest, [%{dep | needs: Enum.map(inner, & &1.app)} | found], path)
    end
  end

  @doc "Whether the sources of the dependency are there."
  def available?(dep), do: File.regular?(Path.join(dep.path, "mix.exs"))

  defp unavailable(%{opts: opts} = dep) do
    source = opts[:git] || (opts[:github] && "https://github.com/#{opts[:github]}.git")

    message =
      cond do
        source ->
          "  it is at #{source}, and Phial downloads nothing: put a copy there with \"git clone #{source} #{Path.relative_to_cwd(dep.path)}\", " <>
            "or give the :path of one"

        opts[:path] || opts[:in_umbrella] ->
          "  there is no project in #{dep.path}"

        true ->
          "  it is a package of Hex, and Phial downloads nothing: put its sources in #{Path.relative_to_cwd(dep.path)}, or give the :path of a copy"
      end

    Mix.raise("""
    Unchecked dependencies for environment #{Mix.env()}:
    * #{dep.app}
    #{message}
    Can't continue due to errors on dependencies\
    """)
  end

  @doc "Calls the function in the project of the dependency, with the environment that it is compiled in."
  def inside(dep, fun) do
    env = Mix.env()
    build = Mix.Project.build_path()
    outer = :persistent_term.get({Mix, :build_path}, nil)
    :persistent_term.put({Mix, :build_path}, build)
    Mix.env(dep.opts[:env] || if(dep.opts[:in_umbrella], do: env, else: :prod))

    try do
      Mix.Project.in_project(dep.app, dep.path, fn _ -> fun.() end)
    after
      Mix.env(env)
      :persistent_term.put({Mix, :build_path}, outer)
    end
  end
end
