defmodule Application do
  @moduledoc """
  Applications, and their environment.

  An application's environment is a set of keys that configuration files fill and code
  reads with `get_env/3`, `fetch_env/2` and, at compile time, `compile_env/3`.
  A module that says `use Application` and defines `start/2` is the entry point that
  a project's `mod:` names; `start/2` returns the pid of a top supervisor.
  """

  @type app :: atom
  @type key :: atom
  @type value :: term
  @type state :: term
  @type start_type :: :normal | {:takeover, node} | {:failover, node}
  @type restart_type :: :permanent | :transient | :temporary
  @type application_key :: atom

  @callback start(start_type, start_args :: term) ::
              {:ok, pid} | {:ok, pid, state} | {:error, reason :: term}
  @callback prep_stop(state) :: state
  @callback stop(state) :: term
  @callback start_phase(phase :: term, start_type, phase_args :: term) :: :ok | {:error, reason :: term}
  @callback config_change(changed, new, removed) :: :ok
            when changed: keyword, new: keyword, removed: [atom]
  @optional_callbacks start_phase: 3, prep_stop: 1, config_change: 3

  @doc false
  defmacro __using__(_) do
    quote location: :keep do
      @behaviour Application

      @doc false
      def stop(_state), do: :ok

      defoverridable Application
    end
  end

  # ---- Environment ----------------------------------------------------------------------

  @doc """
  Returns the whole environment of `app`.

      iex> Application.get_all_env(:unknown_app_of_doc)
      []
  """
  @spec get_all_env(app) :: [{key, value}]
  def get_all_env(app) when is_atom(app), do: :application.get_all_env(app)

  @doc """
  Returns a key of the environment of `app`, or `default`.

      iex> Application.put_env(:doc_app, :size, 10)
      iex> Application.get_env(:doc_app, :size)
      10
      iex> Application.get_env(:doc_app, :color, :red)
      :red
  """
  @spec get_env(app, key, value) :: value
  def get_env(app, key, default \\ nil) when is_atom(app) do
    :application.get_env(app, key, default)
  end

  @doc """
  Returns `{:ok, value}` of a key of the environment of `app`, or `:error`.

      iex> Application.fetch_env(:doc_app, :no_such_key)
      :error
  """
  @spec fetch_env(app, key) :: {:ok, value} | :error
  def fetch_env(app, key) when is_atom(app) do
    case :application.get_env(app, key) do
      {:ok, value} -> {:ok, value}
      :undefined -> :error
    end
  end

  @doc """
  Returns a key of the environment of `app`, or raises.

      iex> Application.put_env(:doc_app, :size, 10)
      iex> Application.fetch_env!(:doc_app, :size)
      10
  """
  @spec fetch_env!(app, key) :: value
  def fetch_env!(app, key) when is_atom(app) do
    case :application.get_env(app, key) do
      {:ok, value} ->
        value

      :undefined ->
        raise ArgumentError,
              "could not fetch application environment #{inspect(key)} for application #{inspect(app)} #{fetch_failure(app, key)}"
    end
  end

  defp fetch_failure(app, key) do
    case :application.get_key(app, :vsn) do
      :undefined -> "because the application was not loaded nor configured"
      {:ok, _} -> "because configuration at #{inspect(key)} was not set"
    end
  end

  @doc """
  Sets a key of the environment of `app`. Option `:persistent` keeps it when `app` is loaded later.

      iex> Application.put_env(:doc_app, :size, 11)
      :ok
  """
  @spec put_env(app, key, value, timeout: timeout, persistent: boolean) :: :ok
  def put_env(app, key, value, opts \\ []) when is_atom(app) do
    :application.set_env(app, key, value, opts)
  end

  @doc """
  Sets the environments of several applications.

      iex> Application.put_all_env(doc_all_app: [size: 1, color: :blue])
      :ok
      iex> Application.get_env(:doc_all_app, :color)
      :blue
  """
  @spec put_all_env([{app, [{key, value}]}], timeout: timeout, persistent: boolean) :: :ok
  def put_all_env(config, opts \\ []) when is_list(config) and is_list(opts) do
    :application.set_env(config, opts)
  end

  @doc """
  Removes a key of the environment of `app`.

      iex> Application.put_env(:doc_app, :gone, 1)
      iex> Application.delete_env(:doc_app, :gone)
      :ok
      iex> Application.get_env(:doc_app, :gone)
      nil
  """
  @spec delete_env(app, key, timeout: timeout, persistent: boolean) :: :ok
  def delete_env(app, key, opts \\ []) when is_atom(app) do
    :application.unset_env(app, key, opts)
  end

  @doc """
  Reads a key of an environment while the calling module is compiled.

  `key_or_path` is a key or a list of keys into nested keyword lists.
  """
  @spec compile_env(app, key | list, value) :: value
  defmacro compile_env(app, key_or_path, default \\ nil) do
    if __CALLER__.function do
      raise "Application.compile_env/3 cannot be called inside functions, only in the module body"
    end

    key_or_path = expand_path(key_or_path, __CALLER__)

    quote do
      Application.__compile_env__(unquote(app), unquote(key_or_path), {:ok, unquote(default)})
    end
  end

  @doc """
  Like `compile_env/3`, but raises when the key is not set.
  """
  @spec compile_env!(app, key | list) :: value
  defmacro compile_env!(app, key_or_path) do
    if __CALLER__.function do
      raise "Application.compile_env!/2 cannot be called inside functions, only in the module body"
    end

    key_or_path = expand_path(key_or_path, __CALLER__)

    quote do
      Application.__compile_env__(unquote(app), unquote(key_or_path), :error)
    end
  end

  @doc "Like `compile_env/3`, for macros: `env` is their caller."
  @spec compile_env(Macro.Env.t(), app, key | list, value) :: value
  def compile_env(%Macro.Env{} = _env, app, key_or_path, default),
    do: __compile_env__(app, key_or_path, {:ok, default})

  @doc "Like `compile_env!/2`, for macros: `env` is their caller."
  @spec compile_env!(Macro.Env.t(), app, key | list) :: value
  def compile_env!(%Macro.Env{} = _env, app, key_or_path), do: __compile_env__(app, key_or_path, :error)

  defp expand_path(path, env) do
    Macro.prewalk(path, fn
      {:__aliases__, _, _} = alias -> Macro.expand(alias, env)
      other -> other
    end)
  end

  @doc false
  def __compile_env__(app, key_or_path, default) do
    {key, path} =
      case key_or_path do
        [key | path] when is_atom(key) -> {key, path}
        key when is_atom(key) -> {key, []}
      end

    found = with {:ok, value} <- fetch_env(app, key), do: traverse(value, path)

    case {found, default} do
      {{:ok, value}, _} ->
        value

      {:error, {:ok, default}} ->
        default

      {:error, :error} ->
        where = if path == [], do: inspect(key), else: "path #{inspect(path)} of key #{inspect(key)}"

        raise ArgumentError,
              "could not fetch application environment #{where} for application #{inspect(app)} " <>
                fetch_failure(app, key)
    end
  end

  defp traverse(value, []), do: {:ok, value}

  defp traverse(value, [key | rest]) do
    case Access.fetch(value, key) do
      {:ok, value} -> traverse(value, rest)
      :error -> :error
    end
  end

  # ---- Specification --------------------------------------------------------------------

  @doc """
  Returns the specification of a loaded application, or `nil`.

      iex> is_list(Application.spec(:elixir))
      true
  """
  @spec spec(app) :: [{application_key, value}] | nil
  def spec(app) when is_atom(app) do
    case :application.get_all_key(app) do
      {:ok, keys} -> :lists.keydelete(:env, 1, keys)
      :undefined -> nil
    end
  end

  @doc """
  Returns one key of the specification of a loaded application, or `nil`.

      iex> Application.spec(:unknown_app_of_doc, :vsn)
      nil
  """
  @spec spec(app, application_key) :: value | nil
  def spec(app, key)
      when is_atom(app) and
             key in [
               :description,
               :id,
               :vsn,
               :modules,
               :maxP,
               :maxT,
               :registered,
               :included_applications,
               :optional_applications,
               :applications,
               :mod,
               :start_phases
             ] do
    case :application.get_key(app, key) do
      {:ok, value} -> value
      :undefined -> nil
    end
  end

  @doc """
  Returns the application that a loaded module belongs to, or `nil`.

      iex> Application.get_application(NoSuchModule)
      nil
  """
  @spec get_application(atom) :: atom | nil
  def get_application(module) when is_atom(module) do
    case :application.get_application(module) do
      {:ok, app} -> app
      :undefined -> nil
    end
  end

  @doc """
  Returns the directory of an application.
  """
  @spec app_dir(app) :: String.t()
  def app_dir(app) when is_atom(app) do
    case :code.lib_dir(app) do
      dir when is_list(dir) or is_binary(dir) -> IO.chardata_to_string(dir)
      {:error, :bad_name} -> raise ArgumentError, "unknown application: #{inspect(app)}"
    end
  end

  @doc "Returns a path, or a list of path segments, inside the directory of an application."
  @spec app_dir(app, String.t() | [String.t()]) :: String.t()
  def app_dir(app, path) when is_atom(app) and is_binary(path), do: Path.join(app_dir(app), path)
  def app_dir(app, path) when is_atom(app) and is_list(path), do: Path.join([app_dir(app) | path])

  @doc """
  Returns `{name, description, version}` of the running applications.

      iex> Enum.any?(Application.started_applications(), &match?({:elixir, _, _}, &1))
      true
  """
  def started_applications(timeout \\ 5000), do: :application.which_applications(timeout)

  @doc """
  Returns `{name, description, version}` of the loaded applications.

      iex> Enum.any?(Application.loaded_applications(), &match?({:stdlib, _, _}, &1))
      true
  """
  def loaded_applications(), do: :application.loaded_applications()

  # ---- Starting and stopping ------------------------------------------------------------

  @doc """
  Starts an application, after those it needs; fine when it runs already.

      iex> Application.ensure_started(:elixir)
      :ok
  """
  @spec ensure_started(app, restart_type) :: :ok | {:error, term}
  def ensure_started(app, type \\ :temporary) when is_atom(app),
    do: :application.ensure_started(app, type)

  @doc """
  Loads an application; fine when it is loaded.

      iex> Application.ensure_loaded(:elixir)
      :ok
  """
  @spec ensure_loaded(app) :: :ok | {:error, term}
  def ensure_loaded(app) when is_atom(app) do
    case :application.load(app) do
      :ok -> :ok
      {:error, {:already_loaded, ^app}} -> :ok
      {:error, _} = error -> error
    end
  end

  @doc """
  Starts one or several applications and all they need; returns `{:ok, started}`.

  Options are `:type` (`:temporary`) and `:mode` (`:serial` or `:concurrent`).

      iex> Application.ensure_all_started(:elixir)
      {:ok, []}
  """
  @spec ensure_all_started(app | [app], keyword | restart_type) ::
          {:ok, [app]} | {:error, {app, term}}
  def ensure_all_started(app_or_apps, type_or_opts \\ [])

  def ensure_all_started(app_or_apps, type) when is_atom(type),
    do: ensure_all_started(app_or_apps, type: type)

  def ensure_all_started(app_or_apps, opts) when is_list(opts) do
    opts = Keyword.validate!(opts, type: :temporary, mode: :serial)
    :application.ensure_all_started(List.wrap(app_or_apps), opts[:type], opts[:mode])
  end

  @doc """
  Starts an application, whose dependencies must run.

      iex> Application.start(:elixir)
      {:error, {:already_started, :elixir}}
  """
  @spec start(app, restart_type) :: :ok | {:error, term}
  def start(app, type \\ :temporary) when is_atom(app), do: :application.start(app, type)

  @doc """
  Stops an application.

      iex> Application.stop(:unknown_app_of_doc)
      {:error, {:not_started, :unknown_app_of_doc}}
  """
  @spec stop(app) :: :ok | {:error, term}
  def stop(app) when is_atom(app), do: :application.stop(app)

  @doc """
  Loads an application by name or from a specification.

      iex> Application.load(:elixir)
      {:error, {:already_loaded, :elixir}}
  """
  @spec load(app) :: :ok | {:error, term}
  def load(app) when is_atom(app), do: :application.load(app)
  def load({:application, _, _} = spec), do: :application.load(spec)

  @doc """
  Unloads an application that does not run.

      iex> Application.unload(:unknown_app_of_doc)
      {:error, {:not_loaded, :unknown_app_of_doc}}
  """
  @spec unload(app) :: :ok | {:error, term}
  def unload(app) when is_atom(app), do: :application.unload(app)

  @doc """
  Describes an error of `start/2`, `stop/1` or `load/1` in words.

      iex> Application.format_error({:already_started, :foo})
      "already started application foo"
  """
  @spec format_error(any) :: String.t()
  def format_error(reason) do
    impl_format(reason)
  catch
    # The reason may hold anything.
    _, _ -> Exception.format_exit(reason)
  end

  defp impl_format({:already_loaded, app}), do: "already loaded application #{app}"
  defp impl_format({:not_loaded, app}), do: "not loaded application #{app}"
  defp impl_format({:already_started, app}), do: "already started application #{app}"
  defp impl_format({:not_started, app}), do: "not started application #{app}"

  defp impl_format({:bad_application, app}), do: "bad application: #{inspect(app)}"
  defp impl_format({:bad_start_type, type}), do: "bad start type: #{inspect(type)}"
  defp impl_format({:invalid_name, name}), do: "invalid application name: #{inspect(name)}"
  defp impl_format({:invalid_options, opts}), do: "invalid application options: #{inspect(opts)}"
  defp impl_format({:badstartspec, spec}), do: "bad application start specs: #{inspect(spec)}"
  defp impl_format({~c"no such file or directory", file}), do: "could not find application file: #{file}"

  defp impl_format({:bad_return, {{mod, :start, args}, {:EXIT, reason}}}),
    do: Exception.format_exit({reason, {mod, :start, args}})

  defp impl_format({:bad_return, {{mod, :start, args}, return}}),
    do: Exception.format_mfa(mod, :start, args) <> " returned a bad value: " <> inspect(return)

  defp impl_format({:EXIT, reason}), do: Exception.format_exit(reason)

  defp impl_format({reason, {mod, :start, args}}) do
    Exception.format_mfa(mod, :start, args) <> " returned an error: " <> Exception.format_exit(reason)
  end

  defp impl_format(reason), do: Exception.format_exit(reason)
end
