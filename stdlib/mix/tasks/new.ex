defmodule Mix.Tasks.New do
  use Mix.Task
  @shortdoc "Makes a new project"
  @moduledoc """
  Makes a project: `phial new PATH [--sup] [--umbrella] [--app APP] [--module MODULE]`.

  `--sup` gives it a supervision tree, `--umbrella` makes a project that holds others in `apps`; one that is made there becomes part
  of it. The application is called as the last part of the path, unless `--app` says otherwise.
  """

  @impl true
  def run(args) do
    {opts, args} = OptionParser.parse!(args, strict: [sup: :boolean, umbrella: :boolean, app: :string, module: :string])

    case args do
      [] ->
        Mix.raise("Expected PATH to be given, please use \"phial new PATH\"")

      [path | _] ->
        app = opts[:app] || Path.basename(Path.expand(path))
        check_app!(app, opts[:app] != nil)
        module = opts[:module] || Macro.camelize(app)
        check_module!(module)
        unless path == ".", do: check_directory!(path)
        File.mkdir_p!(path)

        File.cd!(path, fn ->
          if opts[:umbrella], do: generate_umbrella(app, module, path), else: generate(app, module, path, opts[:sup] || false)
        end)
    end
  end

  defp check_app!(name, given?) do
    unless name =~ ~r/^[a-z][a-z0-9_]*$/ do
      hint = if given?, do: "", else: ". The application name is taken from the path; use the --app option to give another"
      Mix.raise("Application name must start with a lowercase ASCII letter, followed by lowercase ASCII letters, numbers, " <>
        "or underscores, got: #{inspect(name)}#{hint}")
    end
  end

  defp check_module!(name) do
    unless name =~ ~r/^[A-Z]\w*(\.[A-Z]\w*)*$/ do
      Mix.raise("Module name must be a valid Elixir alias (for example: Foo.Bar), got: #{inspect(name)}")
    end

    if name in ~w(Elixir Kernel Mix Test) or Code.ensure_loaded?(Module.concat([name])) do
      Mix.raise("Module name #{name} is already taken, please choose another name")
    end
  end

  defp check_directory!(path) do
    if File.dir?(path) and not Mix.shell().yes?("The directory #{inspect(path)} already exists. Are you sure you want to continue?", []) do
      Mix.raise("Please select another directory for installation")
    end
  end

  defp generate_umbrella(app, module, path) do
    import Mix.Generator
    create_file("README.md", "# #{module}\n\nWhat `#{app}` is for goes here.\n")
    create_file(".formatter.exs", umbrella_formatter())
    create_file(".gitignore", gitignore(app))
    create_file("mix.exs", umbrella_mixfile(module))
    create_directory("apps")
    create_directory("config")
    create_file("config/config.exs", umbrella_config())
    cd = if path == ".", do: "", else: "    cd #{path}\n"

    Mix.shell().info("""

    Your umbrella project was created successfully.
    Inside your project, you will find an apps/ directory
    where you can create and host many apps:

    #{cd}    cd apps
        phial new my_app

    Commands like "phial compile" and "phial test" when executed
    in the umbrella project root will automatically run
    for each application in the apps/ directory.\
    """)
  end

  defp umbrella_formatter do
    """
    # Used by "phial format"
    [
      inputs: ["mix.exs", "config/*.exs"],
      subdirectories: ["apps/*"]
    ]
    """
  end

  defp umbrella_config do
    """
    # Read by all apps of the umbrella, before they are compiled.
    import Config

    # config :my_app, key: :value
    """
  end

  defp umbrella_mixfile(module) do
    """
    defmodule #{module}.MixProject do
      use Mix.Project

      def project do
        [
          apps_path: "apps",
          version: "0.1.0",
          start_permanent: Mix.env() == :prod,
          deps: deps()
        ]
      end

      # What is named here is needed by the umbrella itself; the apps name their own.
      defp deps do
        []
      end
    end
    """
  end

  # Whether the new project is made in the apps of an umbrella.
  defp in_umbrella? do
    case File.read("../../mix.exs") do
      {:ok, text} -> text =~ ~r/apps_path:\s*"apps"/
      {:error, _} -> false
    end
  end

  defp generate(app, module, path, sup?) do
    import Mix.Generator
    file = Macro.underscore(module)
    create_file("README.md", readme(app, module))
    create_file(".formatter.exs", formatter())
    create_file(".gitignore", gitignore(app))
    create_file("mix.exs", mixfile(app, module, sup?))
    create_directory("lib")
    create_file("lib/#{file}.ex", library(module))
    if sup?, do: create_file("lib/#{file}/application.ex", application(module))
    create_directory("test")
    create_file("test/test_helper.exs", "ExUnit.start()\n")
    create_file("test/#{file}_test.exs", test(module))
    cd = if path == ".", do: "", else: "    cd #{path}\n"

    Mix.shell().info("""

    Your Mix project was created successfully.
    You can use "phial" to compile it, test it, and more:

    #{cd}    phial test

    Run "phial mix help" for more commands.\
    """)
  end

  defp readme(app, module) do
    """
    # #{module}

    What `#{app}` is for goes here.

    ## Use

    Other projects name it among the dependencies of their `mix.exs`:

    ```elixir
    def deps do
      [
        {:#{app}, path: "../#{app}"}
      ]
    end
    ```
    """
  end

  defp formatter do
    """
    # Used by "phial format"
    [
      inputs: ["{mix,.formatter}.exs", "{config,lib,test}/**/*.{ex,exs}"]
    ]
    """
  end

  defp gitignore(app) do
    """
    # Compiled code
    /_build/

    # Dependencies that are fetched
    /deps/

    # Reports of coverage and generated documentation
    /cover/
    /doc/

    # Packages
    #{app}-*.tar

    # What the VM leaves when it dies
    phial_crash.dump

    # Temporary files, of tests for instance
    /tmp/
    """
  end

  defp mixfile(app, module, sup?) do
    [major, minor | _] = String.split(System.version(), ".")
    mod = if sup?, do: ",\n      mod: {#{module}.Application, []}", else: ""

    shared =
      if in_umbrella?() do
        """

              build_path: "../../_build",
              config_path: "../../config/config.exs",
              deps_path: "../../deps",
              lockfile: "../../mix.lock",\
        """
      else
        ""
      end

    example = if shared == "", do: "{:other, path: \"../other\"}", else: "{:sibling, in_umbrella: true}"

    """
    defmodule #{module}.MixProject do
      use Mix.Project

      def project do
        [
          app: :#{app},
          version: "0.1.0",#{shared}
          elixir: "~> #{major}.#{minor}",
          start_permanent: Mix.env() == :prod,
          deps: deps()
        ]
      end

      # The application that this project makes.
      def application do
        [
          extra_applications: [:logger]#{mod}
        ]
      end

      # The projects that this one needs.
      defp deps do
        [
          # #{example}
        ]
      end
    end
    """
  end

  defp library(module) do
    ~s'''
    defmodule #{module} do
      @moduledoc """
      Documentation for `#{module}`.
      """

      @doc """
      Hello world.

      ## Examples

          iex> #{module}.hello()
          :world

      """
      def hello do
        :world
      end
    end
    '''
  end

  defp application(module) do
    """
    defmodule #{module}.Application do
      @moduledoc false

      use Application

      @impl true
      def start(_type, _args) do
        children = [
          # {#{module}.Worker, argument}
        ]

        Supervisor.start_link(children, strategy: :one_for_one, name: #{module}.Supervisor)
      end
    end
    """
  end

  defp test(module) do
    """
    defmodule #{module}Test do
      use ExUnit.Case
      doctest #{module}

      test "greets the world" do
        assert #{module}.hello() == :world
      end
    end
    """
  end
end
