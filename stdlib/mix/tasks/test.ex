defmodule Mix.Tasks.Test do
  use Mix.Task
  @shortdoc "Runs the tests of the project"
  @moduledoc """
  Runs tests: `phial test [FILE | DIRECTORY | FILE:LINE ...]`, all of `test/**/*_test.exs` unless some are named.

  Options: `--only TAG[:VALUE]`, `--exclude`, `--include`, `--failed`, `--seed N`, `--trace`, `--max-cases N`, `--max-failures N`,
  `--timeout MS`, `--slowest N`, `--color`, `--no-start`, `--no-compile`, `--exit-status N`. `test/test_helper.exs` runs first. The status is
  2 when a test failed, and 1 when a file did not compile.

  `--sim N` runs each test under N simulated schedules, each in a fork of the program as it was when the test began, until one fails; `--sim-seed SEED` repeats
  one of them. `--sim-delay`, `--sim-late`, `--sim-drop` and `--sim-kill` give the probability that a message is held back, a timer is late or
  lost, a process is killed.
  """

  @switches [
    only: :keep,
    exclude: :keep,
    include: :keep,
    failed: :boolean,
    seed: :integer,
    trace: :boolean,
    max_cases: :integer,
    max_failures: :integer,
    timeout: :integer,
    slowest: :integer,
    color: :boolean,
    start: :boolean,
    compile: :boolean,
    force: :boolean,
    deps_check: :boolean,
    raise: :boolean,
    formatter: :keep,
    exit_status: :integer,
    sim: :integer,
    sim_seed: :integer,
    sim_schedule: :string,
    sim_delay: :float,
    sim_late: :float,
    sim_drop: :float,
    sim_kill: :float
  ]

  @impl true
  def run(args) do
    {opts, paths} = OptionParser.parse!(args, strict: @switches)
    Mix.Project.get!()
    if Mix.Project.umbrella?(), do: run_apps(args, opts, paths), else: run_app(opts, paths)
  end

  # Each app's tests run in its directory; the apps after one that failed run too.
  defp run_apps(args, _opts, paths) do
    dirs = Mix.Project.apps_paths()
    flags = args -- paths

    statuses =
      Mix.Project.recur(fn _ ->
        dir = dirs[Mix.Project.config()[:app]] || File.cwd!()
        own = for path <- paths, String.starts_with?(path, dir <> "/"), do: Path.relative_to(path, dir)

        if paths == [] or own != [] do
          Mix.Shell.name_app()

          try do
            Mix.Task.run("test", flags ++ own)
            0
          catch
            :exit, {:shutdown, status} -> status
          end
        else
          0
        end
      end)

    case Enum.max(statuses, fn -> 0 end) do
      0 -> :ok
      status -> exit({:shutdown, status})
    end
  end

  defp run_app(opts, paths) do
    if opts[:force], do: Mix.Task.run("compile", ["--force"])
    Mix.Task.run("app.start", for(name <- [:start, :compile], opts[name] == false, do: "--no-#{name}"))
    Application.ensure_loaded(:ex_unit)
    config = Mix.Project.config()
    manifest = Path.join(Mix.Project.manifest_path(), "failures")
    {paths, locations} = ExUnit.Filters.parse_paths(paths)
    {failed_files, failed_ids} = if opts[:failed], do: ExUnit.Filters.failure_info(manifest), else: {nil, nil}

    settings =
      [autorun: false, failures_manifest_path: manifest] ++
        Keyword.take(opts, [:seed, :trace, :max_cases, :max_failures, :timeout, :slowest, :exit_status]) ++
        if(opts[:trace] && !opts[:timeout], do: [timeout: :infinity], else: []) ++
        if(Keyword.has_key?(opts, :color), do: [colors: [enabled: opts[:color]]], else: []) ++
        if(failed_ids, do: [only_test_ids: failed_ids], else: []) ++
        simulation(opts) ++
        formatters(Keyword.get_values(opts, :formatter))

    ExUnit.configure([include: [], exclude: []] ++ settings)
    directories = config[:test_paths] || if(File.dir?("test"), do: ["test"], else: [])
    require_helpers(directories, paths)
    ExUnit.configure(settings ++ filters(opts, locations))
    {:ok, _} = Application.ensure_all_started(:ex_unit)

    pattern = config[:test_pattern] || "*_test.exs"
    files = find(if(paths == [], do: directories, else: paths), pattern)
    files = if failed_files, do: Enum.filter(files, &(Path.expand(&1) in Enum.map(failed_files, fn f -> Path.expand(f) end))), else: files
    if files == [], do: nothing(opts), else: run_files(files, opts)
  end

  @faults [:sim_schedule, :sim_delay, :sim_late, :sim_drop, :sim_kill]

  defp simulation(opts) do
    seeds =
      cond do
        opts[:sim_seed] -> opts[:sim_seed]..opts[:sim_seed]//1
        opts[:sim] -> 1..opts[:sim]//1
        true -> nil
      end

    flags = for {key, value} <- Keyword.take(opts, @faults), into: "", do: " --#{String.replace(to_string(key), "_", "-")} #{value}"

    cond do
      seeds == nil -> []
      Phial.Sim.simulated?() -> [sim: %{seeds: seeds, flags: flags}, seed: opts[:seed] || 0]
      true -> Mix.raise("--sim works from the command line only: phial test --sim N")
    end
  end

  defp nothing(opts) do
    Mix.shell().info("There are no tests to run")
    if opts[:only], do: none_executed()
    :ok
  end

  defp none_executed do
    Mix.shell().error("The --only option was given to \"mix test\" but no test was executed")
    exit({:shutdown, 1})
  end

  defp formatters([]), do: []
  defp formatters(names), do: [formatters: Enum.map(names, &Module.concat([&1]))]

  # What the helper excludes or includes holds too.
  defp filters(opts, locations) do
    only = ExUnit.Filters.parse(Keyword.get_values(opts, :only))
    include = ExUnit.Filters.parse(Keyword.get_values(opts, :include)) ++ only ++ Keyword.get(locations, :include, [])

    exclude =
      ExUnit.Filters.parse(Keyword.get_values(opts, :exclude)) ++ if(only != [] or locations != [], do: [:test], else: [])

    # Tests that are named by their lines run even if the helper excludes them.
    [
      include: Enum.uniq(include ++ List.wrap(Application.get_env(:ex_unit, :include))),
      exclude: Enum.uniq(exclude ++ List.wrap(Application.get_env(:ex_unit, :exclude)))
    ]
  end

  defp require_helpers(directories, paths) do
    wanted =
      if paths == [], do: directories, else: Enum.filter(directories, fn dir -> Enum.any?(paths, &inside?(&1, dir)) end)

    for directory <- wanted do
      helper = Path.join(directory, "test_helper.exs")
      if File.regular?(helper), do: Code.require_file(helper), else: Mix.raise("Cannot run tests because test helper file #{inspect(helper)} does not exist")
    end
  end

  defp inside?(path, directory), do: String.starts_with?(Path.expand(path) <> "/", Path.expand(directory) <> "/")

  defp find(paths, pattern) do
    paths
    |> Enum.flat_map(fn path ->
      cond do
        File.regular?(path) -> [path]
        File.dir?(path) -> Path.wildcard(Path.join(path, "**/" <> pattern))
        (found = Path.wildcard(path)) != [] -> found
        true -> Mix.raise("Paths given to \"mix test\" did not match any directory/file: #{path}")
      end
    end)
    |> Enum.uniq()
  end

  defp run_files(files, opts) do
    task = ExUnit.async_run()

    case Kernel.ParallelCompiler.require(files) do
      {:ok, _, _} ->
        result = ExUnit.await_run(task)

        cond do
          result.failures > 0 -> exit({:shutdown, Application.fetch_env!(:ex_unit, :exit_status)})
          opts[:only] && result.total == result.excluded -> none_executed()
          true -> :ok
        end

      {:error, _, _} ->
        Task.shutdown(task, :brutal_kill)
        exit({:shutdown, 1})
    end
  end
end
