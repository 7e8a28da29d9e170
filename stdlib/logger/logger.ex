defmodule Logger do
  @moduledoc """
  Logging with levels and metadata.

      require Logger
      Logger.info("started", port: 4000)
      Logger.debug(fn -> "computed only when needed" end)
      Logger.error(what: :failed, reason: :timeout)

  Levels, from the most severe: `:emergency`, `:alert`, `:critical`, `:error`,
  `:warning`, `:notice`, `:info`, `:debug`. Messages under the level of `configure/1` are not
  even computed, and those that `:compile_time_purge_matching` in the environment of `:logger` names are not
  compiled at all.
  """

  @type level ::
          :emergency | :alert | :critical | :error | :warning | :warn | :notice | :info | :debug
  @type report :: map | keyword
  @type message :: :unicode.chardata() | String.Chars.t() | report
  @type metadata :: keyword

  @levels [:error, :info, :debug, :emergency, :alert, :critical, :warning, :notice]
  @metadata :"$logger_metadata$"
  @process_level {Logger, :level}

  # ---- Metadata -------------------------------------------------------------------------

  @doc """
  Returns the metadata of the calling process.

      iex> Logger.metadata(request: 1)
      iex> Logger.metadata()[:request]
      1
  """
  @spec metadata() :: metadata
  def metadata() do
    case Process.get(@metadata) do
      meta when is_map(meta) -> Map.to_list(meta)
      _ -> []
    end
  end

  @doc """
  Merges into the metadata of the calling process; `nil` removes a key.

      iex> Logger.metadata(user: 1)
      :ok
      iex> Logger.metadata(user: nil)
      iex> Logger.metadata()[:user]
      nil
  """
  @spec metadata(metadata) :: :ok
  def metadata(keyword) do
    meta =
      case Process.get(@metadata) do
        meta when is_map(meta) -> meta
        _ -> %{}
      end

    Process.put(@metadata, merge_metadata(meta, keyword))
    :ok
  end

  defp merge_metadata(meta, []), do: meta

  defp merge_metadata(meta, [{key, nil} | rest]),
    do: merge_metadata(:maps.remove(key, meta), rest)

  defp merge_metadata(meta, [{key, value} | rest]),
    do: merge_metadata(:maps.put(key, value, meta), rest)

  @doc """
  Replaces the metadata of the calling process.

      iex> Logger.reset_metadata(only: 1)
      iex> Logger.metadata()
      [only: 1]
  """
  @spec reset_metadata(metadata) :: :ok
  def reset_metadata(keyword \\ []) do
    Process.put(@metadata, merge_metadata(%{}, keyword))
    :ok
  end

  # ---- Levels ---------------------------------------------------------------------------

  @doc """
  Returns the levels, most severe first.

      iex> hd(Logger.levels())
      :emergency
  """
  @spec levels() :: [level]
  def levels(), do: [:emergency, :alert, :critical, :error, :warning, :notice, :info, :debug]

  @doc """
  Returns the primary level.

      iex> Logger.level() in [:all, :none | Logger.levels()]
      true
  """
  @spec level() :: level | :all | :none
  def level() do
    %{level: level} = :logger.get_primary_config()
    level
  end

  @doc """
  Compares two levels: `:gt` when the first is the more severe.

      iex> Logger.compare_levels(:debug, :warning)
      :lt
      iex> Logger.compare_levels(:error, :info)
      :gt
  """
  @spec compare_levels(level, level) :: :lt | :eq | :gt
  def compare_levels(left, right),
    do: :logger.compare_levels(erlang_level(left), erlang_level(right))

  defp erlang_level(:warn), do: :warning
  defp erlang_level(level), do: level

  @doc """
  Stops logging of the process `pid`, which must be the calling one.

      iex> Logger.disable(self())
      :ok
      iex> Logger.enable(self())
      :ok
  """
  def disable(pid) when pid == self() do
    put_process_level(pid, :none)
    :ok
  end

  @doc "Resumes logging of the calling process after `disable/1`."
  def enable(pid) when pid == self() do
    delete_process_level(pid)
    :ok
  end

  @doc """
  Tells whether the calling process logs.

      iex> Logger.enabled?(self())
      true
  """
  def enabled?(pid) when pid == self(), do: Process.get(@process_level) != :none

  @doc """
  Sets a level for the calling process alone.

      iex> Logger.put_process_level(self(), :error)
      :ok
      iex> Logger.get_process_level(self())
      :error
      iex> Logger.delete_process_level(self())
      :ok
  """
  @spec put_process_level(pid, level | :all | :none) :: :ok
  def put_process_level(pid, level) when pid == self() do
    Process.put(@process_level, erlang_level(level))
    :ok
  end

  @doc "Returns the level of the calling process, or `nil`."
  @spec get_process_level(pid) :: level | :all | :none | nil
  def get_process_level(pid) when pid == self(), do: Process.get(@process_level)

  @doc "Removes the level of the calling process."
  @spec delete_process_level(pid) :: :ok
  def delete_process_level(pid) when pid == self() do
    Process.delete(@process_level)
    :ok
  end

  @doc """
  Sets a level for messages of one or several modules.

      iex> Logger.put_module_level(SomeModule, :error)
      :ok
      iex> Logger.get_module_level(SomeModule)
      [{SomeModule, :error}]
      iex> Logger.delete_module_level(SomeModule)
      :ok
  """
  @spec put_module_level(module | [module], level | :all | :none) :: :ok | {:error, term}
  def put_module_level(module, level), do: :logger.set_module_level(module, erlang_level(level))

  @doc "Returns the levels set for one or several modules."
  @spec get_module_level(module | [module]) :: [{module, level | :all | :none}]
  def get_module_level(module), do: :logger.get_module_level(module)

  @doc "Removes the level of one or several modules."
  @spec delete_module_level(module | [module]) :: :ok
  def delete_module_level(module), do: :logger.unset_module_level(module)

  @doc "Removes the levels of all modules."
  @spec delete_all_module_levels() :: :ok
  def delete_all_module_levels(), do: :logger.unset_module_level()

  @doc "Sets a level for messages of all modules of an application."
  @spec put_application_level(atom, level | :all | :none) :: :ok | {:error, :not_loaded}
  def put_application_level(appname, level) when is_atom(appname) do
    case Application.spec(appname, :modules) do
      modules when is_list(modules) -> put_module_level(modules, level)
      nil -> {:error, :not_loaded}
    end
  end

  @doc "Removes the levels of all modules of an application."
  @spec delete_application_level(atom) :: :ok | {:error, :not_loaded}
  def delete_application_level(appname) when is_atom(appname) do
    case Application.spec(appname, :modules) do
      modules when is_list(modules) -> delete_module_level(modules)
      nil -> {:error, :not_loaded}
    end
  end

  # ---- Configuration --------------------------------------------------------------------

  @doc """
  Changes the configuration while running: `:level`, `:translator_inspect_opts`, `:truncate`,
  `:utc_log`, `:sync_threshold` and the like.

      iex> Logger.configure(level: Logger.level())
      :ok
  """
  @spec configure(keyword) :: :ok
  def configure(options) do
    for {key, value} <- options do
      Application.put_env(:logger, key, value)

      if key == :level, do: :ok = :logger.set_primary_config(:level, erlang_level(value))

      if key in [:truncate, :utc_log],
        do: :logger.update_handler_config(:default, :formatter, default_formatter())
    end

    :ok
  end

  @doc """
  Returns the formatter of the default handler, with `overrides` of its options.

      iex> {Logger.Formatter, _} = Logger.default_formatter(format: "$message")
      iex> :ok
      :ok
  """
  def default_formatter(overrides \\ []) when is_list(overrides) do
    console = :application.get_env(:logger, :console, [])
    console = if is_list(console), do: Keyword.take(console, [:format, :metadata, :colors]), else: []
    own = :application.get_env(:logger, :default_formatter, [])

    general =
      for key <- [:truncate, :utc_log],
          {:ok, value} <- [:application.get_env(:logger, key)],
          do: {key, value}

    Logger.Formatter.new(general |> Keyword.merge(console) |> Keyword.merge(own) |> Keyword.merge(overrides))
  end

  @doc """
  Waits until all messages are written.

      iex> Logger.flush()
      :ok
  """
  @spec flush() :: :ok
  def flush() do
    for %{id: id, module: module} <- :logger.get_handler_config(),
        function_exported?(module, :filesync, 1),
        do: module.filesync(id)

    :ok
  end

  @doc "Adds the handlers that an application's environment, or a list, has under `:logger`."
  def add_handlers(app_or_list), do: :logger.add_handlers(app_or_list)

  @doc "Adds a translator `{module, function}` of reports; it is asked before the others."
  @spec add_translator({module, atom}) :: :ok
  def add_translator({mod, fun} = translator) when is_atom(mod) and is_atom(fun),
    do: change_translators(&[translator | List.delete(&1, translator)])

  @doc "Removes a translator."
  @spec remove_translator({module, atom}) :: :ok
  def remove_translator({mod, fun} = translator) when is_atom(mod) and is_atom(fun),
    do: change_translators(&List.delete(&1, translator))

  defp change_translators(fun) do
    %{filters: filters} = :logger.get_primary_config()

    filters =
      for {id, {filter, config}} <- filters do
        if id == :logger_translator,
          do: {id, {filter, %{config | translators: fun.(config.translators)}}},
          else: {id, {filter, config}}
      end

    :logger.set_primary_config(:filters, filters)
  end

  # Backends are handlers now; these names stay for the one that everybody has.

  @doc false
  def add_backend(backend, opts \\ [])

  def add_backend(:console, _opts) do
    case :logger.add_handler(:default, :logger_std_h, :logger_config.default_handler([])) do
      :ok -> {:ok, Process.whereis(:logger)}
      {:error, {:already_exist, _}} -> {:error, :already_present}
    end
  end

  def add_backend(backend, _opts), do: {:error, {:no_backend, backend}}

  @doc false
  def remove_backend(backend, opts \\ [])
  def remove_backend(:console, _opts), do: :logger.remove_handler(:default)
  def remove_backend(_backend, _opts), do: {:error, :not_found}

  @doc false
  def configure_backend(:console, options) do
    if level = options[:level],
      do: :logger.set_handler_config(:default, :level, erlang_level(level))

    formatter = Keyword.take(options, [:format, :metadata, :colors])
    :logger.set_handler_config(:default, :formatter, default_formatter(formatter))
  end

  def configure_backend(_backend, _options), do: {:error, :not_found}

  # ---- Logging --------------------------------------------------------------------------

  for level <- @levels do
    @doc """
    Logs a message at the level that is the macro's name; returns `:ok`.

        Logger.info("text", key: :value)
    """
    defmacro unquote(level)(message_or_fun, metadata \\ []),
      do: macro_log(unquote(level), message_or_fun, metadata, __CALLER__)
  end

  @doc "Logs a message at level `warning`, under its old name."
  @deprecated "Use Logger.warning/2 instead"
  defmacro warn(message_or_fun, metadata \\ []),
    do: macro_log(:warning, message_or_fun, metadata, __CALLER__)

  @doc """
  Logs a message at `level`, which may be computed.

      Logger.log(:info, "mission accomplished")
  """
  defmacro log(level, message_or_fun, metadata \\ []),
    do: macro_log(level, message_or_fun, metadata, __CALLER__)

  @doc """
  Logs without macros, so without the location of the call.

      Logger.bare_log(:debug, fn -> "computed when needed" end, request: 1)
  """
  @spec bare_log(level, message | (() -> message | {message, metadata}), metadata) :: :ok
  def bare_log(level, message_or_fun, metadata \\ []) do
    case __should_log__(level, nil) do
      nil -> :ok
      level -> __do_log__(level, message_or_fun, %{}, Map.new(metadata))
    end
  end

  @doc false
  def __should_log__(level, module) do
    level = erlang_level(level)

    if level not in [:emergency, :alert, :critical, :error, :warning, :notice, :info, :debug] do
      raise ArgumentError,
            "expected log level to be one of #{inspect(levels())}, got: #{inspect(level)}"
    end

    if :logger.allow(level, module) and process_allows?(level), do: level
  end

  defp process_allows?(level) do
    case Process.get(@process_level) do
      nil -> true
      process_level -> :logger.compare_levels(level, process_level) != :lt
    end
  end

  @doc false
  def __do_log__(level, fun, location, metadata) when is_function(fun, 0) and is_map(metadata) do
    case fun.() do
      {msg, extra} -> __do_log__(level, msg, location, :maps.merge(metadata, Map.new(extra)))
      msg -> __do_log__(level, msg, location, metadata)
    end
  end

  def __do_log__(level, fun, location, metadata) when is_list(metadata),
    do: __do_log__(level, fun, location, Map.new(metadata))

  def __do_log__(level, msg, location, metadata) do
    domain =
      case metadata do
        %{domain: domain} -> [:elixir | domain]
        _ -> [:elixir]
      end

    meta = location |> :maps.merge(metadata) |> Map.put(:domain, domain)
    :logger.macro_log(%{}, level, message(msg), meta)
  end

  defp message(msg) when is_binary(msg), do: {:string, msg}
  defp message([{key, _} | _] = msg) when is_atom(key), do: {:report, msg}
  defp message([]), do: {:string, ""}
  defp message(msg) when is_list(msg), do: {:string, msg}

  defp message(%_{} = msg),
    do: if(String.Chars.impl_for(msg), do: {:string, to_string(msg)}, else: {:report, msg})

  defp message(msg) when is_map(msg), do: {:report, msg}
  defp message(msg), do: {:string, to_string(msg)}

  defp macro_log(level, data, metadata, caller) do
    location = location(caller)
    {compile_metadata, quoted_metadata} = split_metadata(location, metadata)

    if is_atom(level) and purged?(level, Keyword.merge(Map.to_list(location), compile_metadata)) do
      quote do
        _ = fn -> {unquote(data), unquote(metadata)} end
        :ok
      end
    else
      quote do
        case Logger.__should_log__(unquote(level), __MODULE__) do
          nil ->
            :ok

          level ->
            Logger.__do_log__(level, unquote(data), unquote(Macro.escape(location)), unquote(quoted_metadata))
        end
      end
    end
  end

  # Metadata that is literal may decide on purging.
  defp split_metadata(_location, metadata) do
    if Keyword.keyword?(metadata) do
      literal =
        for {key, value} <- metadata, is_atom(value) or is_number(value) or is_binary(value), do: {key, value}

      {literal, {:%{}, [], metadata}}
    else
      {[], metadata}
    end
  end

  defp location(%{module: module, function: function, file: file, line: line}) do
    mfa =
      case function do
        {name, arity} -> %{mfa: {module, name, arity}}
        nil -> if module, do: %{module: module}, else: %{}
      end

    base = Map.merge(mfa, %{file: String.to_charlist(Path.relative_to_cwd(file)), line: line})

    case :application.get_env(:logger, :compile_time_application) do
      {:ok, application} when application != nil -> Map.put(base, :application, application)
      _ -> base
    end
  end

  defp purged?(level, metadata) do
    case :application.get_env(:logger, :compile_time_purge_matching) do
      {:ok, [_ | _] = matching} ->
        Enum.any?(matching, fn filter -> Enum.all?(filter, &purge_match?(&1, level, metadata)) end)

      _ ->
        false
    end
  end

  defp purge_match?({:level_lower_than, minimum}, level, _metadata),
    do: compare_levels(level, minimum) == :lt

  defp purge_match?({:module, module}, _level, metadata) do
    case metadata[:mfa] do
      {^module, _, _} -> true
      _ -> metadata[:module] == module
    end
  end

  defp purge_match?({:function, function}, _level, metadata) do
    case metadata[:mfa] do
      {_, name, arity} -> "#{name}/#{arity}" == function
      _ -> false
    end
  end

  defp purge_match?({key, value}, _level, metadata), do: Keyword.fetch(metadata, key) == {:ok, value}
end
