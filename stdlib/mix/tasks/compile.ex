defmodule Mix.Tasks.Compile do
  use Mix.Task
  @shortdoc "Compiles the project and its dependencies"
  @moduledoc """
  Compiles the project: `phial compile [--force] [--no-deps-check]`.

  The modules of `lib/**/*.ex` (`:elixirc_paths`) go to `_build/ENV/lib/APP/ebin` with the application's description. Sources that did
  not change are not compiled again.
  """

  @impl true
  def run(args) do
    Mix.Project.get!()

    {opts, _} =
      OptionParser.parse!(args, switches: [force: :boolean, deps_check: :boolean, verbose: :boolean, all_warnings: :boolean, start: :boolean])

    if Mix.Project.umbrella?(), do: Mix.raise("Umbrella projects have no code of their own: run the task in one of the apps")
    Mix.Task.run("loadconfig")
    deps = Mix.Dep.all()
    results = for dep <- deps, dep.opts[:compile] != false, do: Mix.Dep.inside(dep, fn -> compile_app(opts, false) end)
    compile_app(opts, :ok in results)
  end

  # The project on top of the stack, in its directory.
  defp compile_app(opts, needs_changed?) do
    config = Mix.Project.config()
    Mix.Project.build_structure(config)
    dest = Mix.Project.compile_path(config)
    manifest = Path.join(Mix.Project.manifest_path(config), "compile.elixir")
    force = opts[:force] || needs_changed? || config_changed?(manifest)
    files = config[:elixirc_paths] |> Enum.flat_map(&sources/1) |> Enum.uniq() |> Enum.sort()
    Code.prepend_path(dest)

    case Mix.Compilers.Elixir.compile(manifest, files, dest, force: force) do
      :error ->
        exit({:shutdown, 1})

      {status, modules} ->
        unless File.exists?(manifest), do: File.write!(manifest, "")
        spec = {:application, config[:app], properties(config, modules)}
        generated? = write_app(Path.join(dest, "#{config[:app]}.app"), spec)
        if generated?, do: Mix.shell().info("Generated #{config[:app]} app")
        Application.load(spec)
        if status == :ok or generated?, do: :ok, else: :noop
    end
  end

  defp sources(path) do
    if File.regular?(path), do: [path], else: Path.wildcard(Path.join(path, "**/*.ex"))
  end

  defp config_changed?(manifest) do
    case File.stat(manifest, time: :posix) do
      {:ok, stat} -> Mix.Project.config_mtime() > stat.mtime
      {:error, _} -> true
    end
  end

  defp write_app(path, spec) do
    text = IO.iodata_to_binary(:io_lib.format(~c"~tp.~n", [spec]))
    if File.read(path) == {:ok, text}, do: false, else: File.write!(path, text) == :ok
  end

  # What the application controller wants to know.
  defp properties(config, modules) do
    project = Mix.Project.get!()
    given = if function_exported?(project, :application, 0), do: project.application(), else: []

    unless Keyword.keyword?(given) do
      Mix.raise("Application configuration returned from application/0 should be a keyword list")
    end

    needs = for dep <- Mix.Dep.direct(), dep.opts[:runtime] != false, dep.opts[:app] != false, do: dep.app
    {extra, given} = Keyword.pop(given, :extra_applications, [])
    {included, given} = Keyword.pop(given, :included_applications, [])
    extra = Enum.map(extra, fn {app, _mode} -> app; app -> app end)
    applications = Keyword.get(given, :applications, Enum.uniq([:kernel, :stdlib, :elixir] ++ extra ++ (needs -- included)))
    base = [
      modules: modules,
      applications: applications,
      description: to_charlist(config[:description] || Atom.to_string(config[:app])),
      vsn: to_charlist(config[:version] || "0.1.0"),
      registered: [],
      included_applications: included
    ]

    Keyword.merge(base, Keyword.delete(given, :applications))
  end
end
