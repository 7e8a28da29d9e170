defmodule Mix do
  @moduledoc """
  The build tool: makes, compiles, runs and tests projects.

  A project is a directory with a `mix.exs`, whose module says `use Mix.Project`. `phial new`, `phial compile`, `phial run`,
  `phial test` and `phial format` run the tasks of those names, `phial mix TASK` runs any task, and `phial -S mix` opens a
  shell in which the project is compiled and started. The environment is `:dev`, or what `MIX_ENV` names; `phial test`
  prefers `:test`.
  """

  @doc "The environment."
  @spec env() :: atom
  def env, do: setting(:env, "MIX_ENV", :dev)

  @doc "Changes the environment; projects that are already loaded keep what they read."
  @spec env(atom) :: :ok
  def env(env) when is_atom(env), do: :persistent_term.put({Mix, :env}, env)

  @doc "The target, `:host` unless `MIX_TARGET` names another."
  @spec target() :: atom
  def target, do: setting(:target, "MIX_TARGET", :host)

  # What was set in this program, else what the environment says.
  defp setting(key, variable, default) do
    case {:persistent_term.get({Mix, key}, nil), System.get_env(variable)} do
      {nil, name} when name in [nil, ""] -> default
      {nil, name} -> String.to_atom(name)
      {value, _name} -> value
    end
  end

  @doc "Changes the target."
  @spec target(atom) :: :ok
  def target(target) when is_atom(target), do: :persistent_term.put({Mix, :target}, target)

  @doc "The module that messages go through: see `Mix.Shell`."
  @spec shell() :: module
  def shell, do: :persistent_term.get({Mix, :shell}, Mix.Shell.IO)

  @doc "Sends messages through another module, such as `Mix.Shell.Quiet`."
  @spec shell(module) :: :ok
  def shell(shell), do: :persistent_term.put({Mix, :shell}, shell)

  @doc "Loads an application that comes with the system, such as `:crypto`; raises `Mix.Error` if there is none."
  @spec ensure_application!(atom) :: :ok
  def ensure_application!(app) when is_atom(app) do
    case Application.load(app) do
      :ok -> :ok
      {:error, {:already_loaded, _}} -> :ok
      {:error, _} -> Mix.raise("The application #{inspect(app)} could not be found")
    end
  end

  @doc "Whether `MIX_DEBUG` asks for details."
  @spec debug?() :: boolean
  def debug?, do: :persistent_term.get({Mix, :debug}, System.get_env("MIX_DEBUG") in ["1", "true"])

  @doc "Asks for details, or no longer does."
  @spec debug(boolean) :: :ok
  def debug(debug) when is_boolean(debug), do: :persistent_term.put({Mix, :debug}, debug)

  @doc "The compilers that run by default."
  def compilers, do: [:elixir, :app]

  @doc """
  Makes projects available to a script: `Mix.install([{:other, path: "../other"}])`.

  The dependencies are those of a project (see `Mix.Dep`): on this machine, nothing is downloaded. They are compiled once, put on the
  code path and started. Options: `:force`, `:start_applications`, `:config`.
  """
  @spec install([atom | tuple], keyword) :: :ok
  def install(deps, opts \\ []) when is_list(deps) and is_list(opts) do
    if Mix.Project.get(), do: Mix.raise("Mix.install/2 cannot be used inside a Mix project")

    deps =
      for dep <- deps do
        dep = if is_atom(dep), do: {dep, []}, else: dep
        opts = elem(dep, tuple_size(dep) - 1)
        path = is_list(opts) && opts[:path]
        if path, do: put_elem(dep, tuple_size(dep) - 1, Keyword.put(opts, :path, Path.expand(path))), else: dep
      end

    case :persistent_term.get({Mix, :installed}, nil) do
      nil -> :ok
      ^deps -> :ok
      _ -> Mix.raise("Mix.install/2 can only be called with the same dependencies in the given VM")
    end

    build = Path.join(System.get_env("MIX_INSTALL_DIR") || Path.join(System.tmp_dir!(), "phial_install"), Integer.to_string(:erlang.phash2({System.version(), deps}), 36))
    Application.put_all_env(opts[:config] || [], persistent: true)
    Mix.Project.push_config(app: :mix_install, version: "0.1.0", deps: deps, deps_path: Path.join(build, "deps"), build_path: build, config_path: Path.join(build, "config.exs"))

    try do
      Mix.Task.run("deps.compile", if(opts[:force], do: ["--force"], else: []))

      if Keyword.get(opts, :start_applications, true) do
        for dep <- Mix.Dep.direct(), dep.opts[:runtime] != false, dep.opts[:app] != false do
          {:ok, _} = Application.ensure_all_started(dep.app)
        end
      end

      :persistent_term.put({Mix, :installed}, deps)
    after
      Mix.Project.pop()
    end

    :ok
  end

  @doc "Whether `install/2` has made dependencies available."
  @spec installed?() :: boolean
  def installed?, do: :persistent_term.get({Mix, :installed}, nil) != nil

  @doc "Ends the task with a message to the user and the `:exit_status` (1)."
  @spec raise(binary, keyword) :: no_return
  def raise(message, opts \\ []) when is_binary(message) and is_list(opts) do
    Kernel.raise(Mix.Error, mix: Keyword.get(opts, :exit_status, 1), message: message)
  end
end

defmodule Mix.Error do
  @moduledoc "What `Mix.raise/1` raises: a message for the user, shown without a stack trace."
  defexception mix: 1, message: "mix failed"
end

defmodule Mix.NoProjectError do
  @moduledoc "A task needs a project and there is none."
  defexception mix: 1,
               message: "Could not find a Mix.Project, please ensure you are running Mix in a directory with a mix.exs file"
end

defmodule Mix.NoTaskError do
  @moduledoc "There is no task of that name."
  defexception task: nil, mix: 1, message: nil

  @impl true
  def exception(opts) do
    task = Keyword.fetch!(opts, :task)
    %Mix.NoTaskError{task: task, message: "The task #{inspect(task)} could not be found" <> suggestion(task)}
  end

  defp suggestion(task) do
    case Enum.max_by(Mix.Task.names(), &String.jaro_distance(&1, task), fn -> "" end) do
      name when name != "" -> if(String.jaro_distance(name, task) > 0.8, do: ". Did you mean #{inspect(name)}?", else: "")
      _ -> ""
    end
  end
end

defmodule Mix.InvalidTaskError do
  @moduledoc "The module that a task's name stands for has no `run/1`."
  defexception task: nil, mix: 1, message: nil

  @impl true
  def exception(opts) do
    task = Keyword.fetch!(opts, :task)
    %Mix.InvalidTaskError{task: task, message: "The task #{inspect(task)} does not export run/1"}
  end
end
