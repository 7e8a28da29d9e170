defmodule :application do
  @moduledoc """
  Applications: components with a name, an environment, dependencies, and maybe a supervision tree.

  What is loaded, what runs and all environments are in one ETS table, which
  `:application_controller` owns and everybody reads; see there.
  """

  @callback start(type :: term, args :: term) ::
              {:ok, pid} | {:ok, pid, state :: term} | {:error, reason :: term}
  @callback stop(state :: term) :: term
  @callback prep_stop(state :: term) :: term
  @callback start_phase(phase :: atom, type :: term, args :: term) :: :ok | {:error, reason :: term}
  @callback config_change(changed :: list, new :: list, removed :: list) :: :ok
  @optional_callbacks prep_stop: 1, start_phase: 3, config_change: 3

  @table :ac_tab

  # ---- Environment ----------------------------------------------------------------------

  @doc "Returns `{:ok, value}` of a key of the environment of the caller's application, or `:undefined`."
  def get_env(key) do
    case get_application() do
      {:ok, application} -> get_env(application, key)
      :undefined -> :undefined
    end
  end

  @doc "Returns `{:ok, value}` of a key of an application's environment, or `:undefined`."
  def get_env(application, key) do
    case read({:env, application, key}) do
      [{_, value}] -> {:ok, value}
      [] -> :undefined
    end
  end

  @doc """
  Returns a key of an application's environment, or `default`.

      iex> :application.get_env(:app_of_doc, :size, 1)
      1
  """
  def get_env(application, key, default) do
    case read({:env, application, key}) do
      [{_, value}] -> value
      [] -> default
    end
  end

  @doc "Returns the environment of the caller's application."
  def get_all_env do
    case get_application() do
      {:ok, application} -> get_all_env(application)
      :undefined -> []
    end
  end

  @doc "Returns the environment of an application as a list of pairs."
  def get_all_env(application) do
    case :ets.whereis(@table) do
      :undefined ->
        []

      _ ->
        for [key, value] <- :ets.match(@table, {{:env, application, :"$1"}, :"$2"}), do: {key, value}
    end
  end

  @doc """
  Sets a key of an application's environment.

      iex> :application.set_env(:app_of_doc, :color, :red)
      :ok
      iex> :application.get_env(:app_of_doc, :color)
      {:ok, :red}
  """
  def set_env(application, key, value), do: set_env(application, key, value, [])

  @doc "Like `set_env/3`; with `persistent: true` the value stays when the application is loaded."
  def set_env(application, key, value, options) when is_list(options) do
    :application_controller.ensure()
    :ets.insert(@table, {{:env, application, key}, value})

    if :lists.keyfind(:persistent, 1, options) == {:persistent, true},
      do: :ets.insert(@table, {{:persistent, application, key}, true})

    :ok
  end

  # A timeout, as the third argument of old, changes nothing here.
  def set_env(application, key, value, _timeout), do: set_env(application, key, value, [])

  @doc "Sets the environments of several applications: `[{application, [{key, value}]}]`."
  def set_env(config), do: set_env(config, [])

  def set_env(config, options) do
    for {application, env} <- config, {key, value} <- env, do: set_env(application, key, value, options)
    :ok
  end

  @doc "Removes a key of an application's environment."
  def unset_env(application, key), do: unset_env(application, key, [])

  def unset_env(application, key, _options) do
    if :ets.whereis(@table) != :undefined do
      :ets.delete(@table, {:env, application, key})
      :ets.delete(@table, {:persistent, application, key})
    end

    :ok
  end

  # ---- Specification --------------------------------------------------------------------

  @doc """
  Returns `{:ok, value}` of a key of a loaded application's specification, or `:undefined`.

      iex> :application.get_key(:unknown_app_of_doc, :vsn)
      :undefined
  """
  def get_key(application, :modules) do
    case spec(application) do
      nil -> :undefined
      keys -> {:ok, modules(application, :proplists.get_value(:modules, keys, []))}
    end
  end

  def get_key(application, key) do
    case get_all_key(application) do
      {:ok, keys} ->
        case :lists.keyfind(key, 1, keys) do
          {_, value} -> {:ok, value}
          false -> :undefined
        end

      :undefined ->
        :undefined
    end
  end

  # The library's own applications keep no list: theirs are the modules that came with the system, by name.
  defp modules(application, []) do
    for name <- :phial_compiler.library_modules(), application == library_application(:erlang.binary_to_list(name)), do: :erlang.binary_to_atom(name)
  end

  defp modules(_application, modules), do: modules

  defp library_application(~c"Elixir." ++ rest) do
    case :string.split(rest, ~c".") do
      [~c"ExUnit" | _] -> :ex_unit
      [~c"Logger" | _] -> :logger
      [~c"EEx" | _] -> :eex
      [~c"IEx" | _] -> :iex
      [~c"Mix" | _] -> :mix
      _ -> :elixir
    end
  end

  defp library_application(name) do
    kernel =
      [~c"application", ~c"auth", ~c"code", ~c"erpc", ~c"error_logger", ~c"file", ~c"file_io_server", ~c"gen_tcp", ~c"gen_udp", ~c"global"] ++
        [~c"inet", ~c"logger", ~c"net_adm", ~c"net_kernel", ~c"os", ~c"pg", ~c"rpc", ~c"seq_trace", ~c"logger_formatter", ~c"logger_filters"]

    if name in kernel, do: :kernel, else: :stdlib
  end

  @doc "Like `get_key/2` of the caller's application."
  def get_key(key) do
    case get_application() do
      {:ok, application} -> get_key(application, key)
      :undefined -> :undefined
    end
  end

  @doc "Returns the whole specification of the caller's application."
  def get_all_key do
    case get_application() do
      {:ok, application} -> get_all_key(application)
      :undefined -> []
    end
  end

  @doc "Returns `{:ok, keys}`, the whole specification of a loaded application, or `:undefined`."
  def get_all_key(application) do
    case spec(application) do
      nil -> :undefined
      keys -> {:ok, :lists.keystore(:env, 1, keys, {:env, get_all_env(application)})}
    end
  end

  defp spec(application) do
    case read({:loaded, application}) do
      [{_, keys}] -> keys
      [] -> :application_controller.initially_loaded(application)
    end
  end

  defp read(key) do
    case :ets.whereis(@table) do
      :undefined -> []
      table -> :ets.lookup(table, key)
    end
  end

  @doc "Returns `{:ok, application}` of the calling process, or `:undefined`."
  def get_application, do: get_application(:erlang.group_leader())

  @doc "Returns `{:ok, application}` that a process or a module belongs to, or `:undefined`."
  def get_application(pid) when is_pid(pid) do
    leader =
      case :erlang.process_info(pid, :group_leader) do
        {:group_leader, leader} -> leader
        _ -> nil
      end

    case :ets.whereis(@table) do
      :undefined ->
        :undefined

      table ->
        case :ets.match(table, {{:master, :"$1"}, leader}) ++ :ets.match(table, {{:master, :"$1"}, pid}) do
          [[application] | _] -> {:ok, application}
          [] -> :undefined
        end
    end
  end

  # Stack traces ask this for every frame. The system's own applications list no modules.
  def get_application(module) when is_atom(module) do
    case :ets.whereis(@table) do
      :undefined -> :undefined
      table -> find_application(:ets.match(table, {{:loaded, :"$1"}, :"$2"}), module)
    end
  end

  defp find_application([[application, keys] | rest], module) do
    {_, modules} = :lists.keyfind(:modules, 1, keys)
    if :lists.member(module, modules), do: {:ok, application}, else: find_application(rest, module)
  end

  defp find_application([], _module), do: :undefined

  @doc "Returns the type that the node was started with."
  def start_type, do: :local

  @doc "Returns `{name, description, version}` of the loaded applications."
  def loaded_applications, do: :application_controller.loaded()

  @doc "Returns `{name, description, version}` of the running applications, newest first."
  def which_applications, do: :application_controller.running()
  def which_applications(_timeout), do: :application_controller.running()

  @doc "Returns what is loaded and what runs."
  def info do
    [loaded: loaded_applications(), running: for({app, _, _} <- which_applications(), do: app)]
  end

  # ---- Loading, starting, stopping ------------------------------------------------------

  @doc "Loads an application by name, from its `.app` file, or from a given `{:application, name, keys}`."
  def load(application), do: :application_controller.load(application)

  @doc "Like `load/1`; the distribution is not looked at."
  def load(application, _distribution), do: load(application)

  @doc "Unloads an application that does not run."
  def unload(application), do: :application_controller.unload(application)

  @doc "Starts an application, whose dependencies must run."
  def start(application), do: start(application, :temporary)

  @doc "Starts an application as `:temporary`, `:transient` or `:permanent`."
  def start(application, type) when type in [:temporary, :transient, :permanent] do
    case load(application) do
      :ok -> :application_controller.start(name(application), type)
      {:error, {:already_loaded, name}} -> :application_controller.start(name, type)
      error -> error
    end
  end

  defp name({:application, name, _}), do: name
  defp name(name), do: name

  @doc "Like `start/1`, and fine when the application runs."
  def ensure_started(application), do: ensure_started(application, :temporary)

  def ensure_started(application, type) do
    case start(application, type) do
      {:error, {:already_started, ^application}} -> :ok
      other -> other
    end
  end

  @doc """
  Starts an application, or several, with all their dependencies; returns `{:ok, started}`.

      iex> :application.ensure_all_started(:elixir)
      {:ok, []}
  """
  def ensure_all_started(application), do: ensure_all_started(application, :temporary)
  def ensure_all_started(application, type), do: ensure_all_started(application, type, :serial)

  def ensure_all_started(application, type, mode) when is_atom(application),
    do: ensure_all_started([application], type, mode)

  def ensure_all_started(applications, type, _mode) when is_list(applications) do
    case start_all(applications, type, [], false) do
      {:ok, started} ->
        {:ok, :lists.reverse(started)}

      {:error, reason, started} ->
        for application <- started, do: stop(application)
        {:error, reason}
    end
  end

  defp start_all([], _type, started, _), do: {:ok, started}

  defp start_all([application | rest], type, started, optional?) do
    case start_one(application, type, started, optional?) do
      {:ok, started} -> start_all(rest, type, started, optional?)
      error -> error
    end
  end

  defp start_one(application, type, started, optional?) do
    case :application_controller.running?(application) do
      true ->
        {:ok, started}

      false ->
        case load(application) do
          {:error, {:already_loaded, _}} ->
            start_loaded(application, type, started)

          :ok ->
            start_loaded(application, type, started)

          {:error, {~c"no such file or directory", _}} when optional? ->
            {:ok, started}

          {:error, reason} ->
            {:error, {application, reason}, started}
        end
    end
  end

  defp start_loaded(application, type, started) do
    {:ok, dependencies} = get_key(application, :applications)

    optional =
      case get_key(application, :optional_applications) do
        {:ok, list} -> list
        :undefined -> []
      end

    {optional, required} = :lists.partition(&:lists.member(&1, optional), dependencies)

    with {:ok, started} <- start_all(required, type, started, false),
         {:ok, started} <- start_all(optional, type, started, true) do
      case :application_controller.start(application, type) do
        :ok -> {:ok, [application | started]}
        {:error, {:already_started, _}} -> {:ok, started}
        {:error, reason} -> {:error, {application, reason}, started}
      end
    end
  end

  @doc "Stops an application."
  def stop(application), do: :application_controller.stop(application)

  @doc "Changes the type a running application was started with."
  def permit(_application, _permission), do: :ok

  @doc "Does nothing: nodes do not take over applications here."
  def takeover(_application, _type), do: {:error, :not_distributed}

  @doc "Starts a type of boot scripts that has no use here: always an error."
  def start_boot(application), do: start(application, :permanent)

  @doc "Starts an application at boot with a type."
  def start_boot(application, type), do: start(application, type)
end
