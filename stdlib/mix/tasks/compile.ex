defmodule Mix.Tasks.Compile do
  use Mix.Task
  @shortdoc "Compiles the project and its dependencies"
  @recursive true
  @moduledoc """
  Compiles the project: `phial compile [--force] [--warnings-as-errors] [--no-deps-check]`.

  The modules of `lib/**/*.ex` (`:elixirc_paths`) go to `_build/ENV/lib/APP/ebin` with the application's description. Sources are compiled
  side by side, and only those that a change concerns: see `Mix.Compilers.Elixir`. In an umbrella project, all of its apps are compiled.
  """

  @switches [
    force: :boolean,
    deps_check: :boolean,
    verbose: :boolean,
    all_warnings: :boolean,
    warnings_as_errors: :boolean,
    start: :boolean,
    compile: :boolean,
    protocol_consolidation: :boolean,
    return_errors: :boolean,
    halt: :boolean
  ]

  @impl true
  def run(args) do
    Mix.Project.get!()
    {opts, _, _} = OptionParser.parse(args, switches: @switches)
    Mix.Task.run("loadconfig")

    {changed, any?} =
      for dep <- Mix.Dep.all(), dep.opts[:compile] != false, reduce: {%{}, false} do
        {changed, any?} ->
          case Mix.Dep.inside(dep, fn -> compile_once(opts, changed) end) do
            {:ok, more} -> {Map.merge(changed, more), true}
            :noop -> {changed, any?}
          end
      end

    result = compile_once(opts, changed)
    {if(result != :noop or any?, do: :ok, else: :noop), []}
  end

  # An app of an umbrella may have been compiled for another one already: what changed then is news for this one, too.
  defp compile_once(opts, changed) do
    key = {Mix, :compiled, Mix.Project.app_path()}

    case :persistent_term.get(key, nil) do
      nil ->
        result = compile_app(opts, changed)
        if Mix.Project.parent_umbrella?(), do: :persistent_term.put(key, result)
        result

      result ->
        result
    end
  end

  # The project on top of the stack, in its directory: {:ok, changed modules} or :noop.
  defp compile_app(opts, changed) do
    config = Mix.Project.config()
    Mix.Project.build_structure(config)
    dest = Mix.Project.compile_path(config)
    manifest = Path.join(Mix.Project.manifest_path(config), "compile.elixir")
    force = opts[:force] || config_changed?(manifest)
    files = config[:elixirc_paths] |> Enum.flat_map(&sources/1) |> Enum.uniq() |> Enum.sort()
    Code.prepend_path(dest)
    strict? = Keyword.get(opts, :warnings_as_errors, Keyword.get(config[:elixirc_options] || [], :warnings_as_errors, false))

    case Mix.Compilers.Elixir.compile(manifest, files, dest, force: force, changed: changed, warnings_as_errors: strict?) do
      :error -> exit({:shutdown, 1})
      {:ok, modules, changed} -> finish(config, manifest, dest, modules, {:ok, changed})
      {:noop, modules} -> finish(config, manifest, dest, modules, :noop)
    end
  end

  defp finish(config, manifest, dest, modules, result) do
    unless File.exists?(manifest), do: File.write!(manifest, "")
    spec = {:application, config[:app], properties(config, modules)}
    generated? = write_app(Path.join(dest, "#{config[:app]}.app"), spec)
    if generated?, do: Mix.shell().info("Generated #{config[:app]} app")
    Application.load(spec)
    if generated? and result == :noop, do: {:ok, %{}}, else: result
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

  # The description of the application as it was compiled.
  @doc false
  def application_spec do
    config = Mix.Project.config()
    entries = Mix.Compilers.Elixir.read(Path.join(Mix.Project.manifest_path(config), "compile.elixir"))
    {:application, config[:app], properties(config, Enum.sort(for({_, entry} <- entries, module <- entry.modules, do: module)))}
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
