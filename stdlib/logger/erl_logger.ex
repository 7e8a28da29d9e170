defmodule :logger do
  @moduledoc """
  The logging core: log events, levels, filters and handlers.

  An event is `%{level: level, msg: msg, meta: meta}` with `msg` one of `{:string, chardata}`,
  `{:report, map_or_keyword}` and `{format, args}`. It passes the primary level (or the level of the
  logging module), the primary filters, and then for every handler its level, its filters
  and its module's `log/2`, all in the process that logs.

  The configuration is one persistent term, made from the environment of the application `:logger` when it
  is first needed; changes to it go through one process, so that none is lost.
  """

  @key {:logger, :config}
  @metadata :"$logger_metadata$"

  # ---- Logging --------------------------------------------------------------------------

  for level <- [:emergency, :alert, :critical, :error, :warning, :notice, :info, :debug] do
    @doc "Logs a string, a report or a function's result at the level of the name."
    def unquote(level)(msg), do: log(unquote(level), msg, %{})

    @doc "Logs at the level of the name with metadata, or a format with its arguments."
    def unquote(level)(msg, meta_or_args), do: log(unquote(level), msg, meta_or_args)

    @doc "Logs a format with arguments and metadata at the level of the name."
    def unquote(level)(format, args, meta), do: log(unquote(level), format, args, meta)
  end

  @doc "Logs `msg` at `level`."
  def log(level, msg), do: log(level, msg, %{})

  @doc "Logs a message with metadata, or a format with its arguments."
  def log(level, msg, meta) when is_map(meta), do: if(allow(level), do: do_log(level, msg, meta), else: :ok)
  def log(level, format, args), do: log(level, format, args, %{})

  @doc "Logs a format with arguments, or the result of a function called with `args`, with metadata."
  def log(level, fun, args, meta) when is_function(fun, 1) do
    if allow(level), do: do_log(level, fn -> fun.(args) end, meta), else: :ok
  end

  def log(level, format, args, meta) do
    if allow(level), do: do_log(level, {format, args}, meta), else: :ok
  end

  @doc false
  def macro_log(location, level, msg), do: do_log(level, msg, location)
  @doc false
  def macro_log(location, level, msg, meta) when is_map(meta),
    do: do_log(level, msg, :maps.merge(location, meta))

  def macro_log(location, level, format, args), do: do_log(level, {format, args}, location)
  @doc false
  def macro_log(location, level, format, args, meta),
    do: do_log(level, {format, args}, :maps.merge(location, meta))

  defp do_log(level, fun, meta) when is_function(fun, 0) do
    try do
      fun.()
    catch
      class, reason ->
        do_log(level, {~c"LAZY_FUN CRASH: ~tp; Reason: ~tp", [fun, {class, reason}]}, meta)
    else
      {format, args} when is_list(args) -> do_log(level, {format, args}, meta)
      {msg, extra} when is_map(extra) -> do_log(level, msg, :maps.merge(meta, extra))
      msg -> do_log(level, msg, meta)
    end
  end

  defp do_log(level, msg, meta) do
    config = config()
    dispatch(config, %{level: level, msg: message(msg), meta: metadata(meta, config)})
  end

  defp message({:string, _} = msg), do: msg
  defp message({:report, _} = msg), do: msg
  defp message({format, args} = msg) when is_list(args) and (is_list(format) or is_binary(format)), do: msg
  defp message(msg) when is_binary(msg), do: {:string, msg}
  defp message(msg) when is_map(msg), do: {:report, msg}
  defp message([{key, _} | _] = msg) when is_atom(key), do: {:report, msg}
  defp message(msg) when is_list(msg), do: {:string, msg}
  defp message(msg), do: {~c"~tp", [msg]}

  defp metadata(meta, %{primary: %{metadata: primary}}) do
    base = %{pid: self(), gl: :erlang.group_leader(), time: timestamp()}
    base = if map_size(primary) == 0, do: base, else: :maps.merge(primary, base)

    base =
      case :erlang.get(@metadata) do
        process when is_map(process) -> :maps.merge(base, process)
        _ -> base
      end

    :maps.merge(base, meta)
  end

  # Logs a finished event: for events that the machine makes.
  @doc false
  def log_event(%{level: level, meta: meta} = event) do
    if allow(level) do
      base = %{pid: self(), gl: :erlang.group_leader(), time: timestamp()}
      dispatch(config(), %{event | meta: :maps.merge(base, meta)})
    else
      :ok
    end
  end

  defp dispatch(%{primary: primary, handlers: handlers}, event) do
    case filter(primary.filters, event, primary.filter_default) do
      :stop -> :ok
      event -> call_handlers(handlers, event, level_number(event.level))
    end
  end

  defp filter(filters, event, default), do: filter(filters, event, default, :ignored)

  defp filter([{_id, {fun, extra}} | rest], event, default, state) do
    result =
      try do
        fun.(event, extra)
      catch
        _, _ -> :ignore
      end

    case result do
      :stop -> :stop
      :ignore -> filter(rest, event, default, state)
      %{} = event -> filter(rest, event, default, :logged)
      _ -> filter(rest, event, default, state)
    end
  end

  defp filter([], _event, :stop, :ignored), do: :stop
  defp filter([], event, _default, _state), do: event

  defp call_handlers([], _event, _number), do: :ok

  defp call_handlers([{id, config} | rest], event, number) do
    if number <= level_number(config.level) do
      case filter(config.filters, event, config.filter_default) do
        :stop -> :ok
        event -> call_handler(id, config, event)
      end
    end

    call_handlers(rest, event, number)
  end

  defp call_handler(id, config, event) do
    config.module.log(event, config)
  catch
    class, reason ->
      stacktrace = __STACKTRACE__
      remove_handler(id)

      log(
        :error,
        ~c"Handler ~tp has been removed: ~tp",
        [id, {class, reason, stacktrace}],
        %{}
      )
  end

  # ---- Levels ---------------------------------------------------------------------------

  @doc "Tells whether the primary level lets `level` pass."
  def allow(level), do: level_number(level) <= config().level

  @doc "Tells whether `level` passes for events of `module`."
  def allow(level, module) do
    case config() do
      %{modules: modules, level: primary} when map_size(modules) == 0 ->
        level_number(level) <= primary

      %{modules: modules, level: primary} ->
        case modules do
          %{^module => set} -> level_number(level) <= level_number(set)
          _ -> level_number(level) <= primary
        end
    end
  end

  defp level_number(:emergency), do: 0
  defp level_number(:alert), do: 1
  defp level_number(:critical), do: 2
  defp level_number(:error), do: 3
  defp level_number(:warning), do: 4
  defp level_number(:notice), do: 5
  defp level_number(:info), do: 6
  defp level_number(:debug), do: 7
  defp level_number(:all), do: 10
  defp level_number(:none), do: -1

  @doc """
  Compares two levels by severity: `:gt`, `:eq` or `:lt`.

      iex> :logger.compare_levels(:error, :info)
      :gt
      iex> :logger.compare_levels(:debug, :debug)
      :eq
  """
  def compare_levels(level, level) do
    level_number(level)
    :eq
  end

  def compare_levels(:none, level) when level != :none,
    do:
      (
        level_number(level)
        :gt
      )

  def compare_levels(level, :none),
    do:
      (
        level_number(level)
        :lt
      )

  def compare_levels(a, b),
    do: if(level_number(a) < level_number(b), do: :gt, else: :lt)

  @doc """
  Sets the level for events of one or several modules.

      iex> :logger.set_module_level(:module_of_doc, :error)
      :ok
      iex> :logger.get_module_level(:module_of_doc)
      [module_of_doc: :error]
      iex> :logger.unset_module_level(:module_of_doc)
      :ok
  """
  def set_module_level(module, level) when is_atom(module), do: set_module_level([module], level)

  def set_module_level(modules, level) when is_list(modules) do
    if level?(level) do
      update(fn config ->
        new = for module <- modules, into: config.modules, do: {module, level}
        {:ok, %{config | modules: new}}
      end)
    else
      {:error, {:invalid_level, level}}
    end
  end

  @doc "Removes the levels of all modules."
  def unset_module_level, do: update(fn config -> {:ok, %{config | modules: %{}}} end)

  @doc "Removes the level of one or several modules."
  def unset_module_level(module) when is_atom(module), do: unset_module_level([module])

  def unset_module_level(modules) when is_list(modules) do
    update(fn config -> {:ok, %{config | modules: :maps.without(modules, config.modules)}} end)
  end

  @doc "Returns all module levels."
  def get_module_level, do: :maps.to_list(config().modules)

  @doc "Returns the levels set for one or several modules."
  def get_module_level(module) when is_atom(module), do: get_module_level([module])

  def get_module_level(modules) when is_list(modules) do
    for {module, level} <- get_module_level(), :lists.member(module, modules), do: {module, level}
  end

  @doc "Sets the level of all modules of an application."
  def set_application_level(application, level) do
    case :application.get_key(application, :modules) do
      {:ok, modules} -> set_module_level(modules, level)
      :undefined -> {:error, {:not_loaded, application}}
    end
  end

  @doc "Removes the levels of all modules of an application."
  def unset_application_level(application) do
    case :application.get_key(application, :modules) do
      {:ok, modules} -> unset_module_level(modules)
      :undefined -> {:error, {:not_loaded, application}}
    end
  end

  # ---- Configuration --------------------------------------------------------------------

  @doc "Returns the whole configuration."
  def get_config do
    %{
      primary: get_primary_config(),
      handlers: get_handler_config(),
      proxy: %{},
      module_levels: get_module_level()
    }
  end

  @doc "Returns the primary configuration."
  def get_primary_config, do: config().primary

  @doc "Replaces the primary configuration; keys that are not given get their defaults."
  def set_primary_config(new) when is_map(new) do
    defaults = %{level: :notice, filters: [], filter_default: :log, metadata: %{}}
    put_primary(fn _ -> :maps.merge(defaults, new) end)
  end

  @doc "Sets one key of the primary configuration."
  def set_primary_config(key, value), do: put_primary(&:maps.put(key, value, &1))

  @doc "Merges into the primary configuration."
  def update_primary_config(new) when is_map(new), do: put_primary(&:maps.merge(&1, new))

  defp put_primary(fun) do
    update(fn config ->
      primary = fun.(config.primary)

      if level?(primary.level) do
        {:ok, %{config | primary: primary, level: level_number(primary.level)}}
      else
        {:error, {:invalid_level, primary.level}}
      end
    end)
  end

  @doc "Adds a filter `{fun, extra}` to the primary configuration."
  def add_primary_filter(id, {fun, _} = filter) when is_function(fun, 2) do
    update(fn config ->
      filters = config.primary.filters

      if :lists.keymember(id, 1, filters) do
        {:error, {:already_exist, id}}
      else
        {:ok, put_in_primary(config, :filters, filters ++ [{id, filter}])}
      end
    end)
  end

  def add_primary_filter(_id, filter), do: {:error, {:invalid_filter, filter}}

  @doc "Removes a filter of the primary configuration."
  def remove_primary_filter(id) do
    update(fn config ->
      filters = config.primary.filters

      if :lists.keymember(id, 1, filters) do
        {:ok, put_in_primary(config, :filters, :lists.keydelete(id, 1, filters))}
      else
        {:error, {:not_found, id}}
      end
    end)
  end

  defp put_in_primary(config, key, value),
    do: %{config | primary: :maps.put(key, value, config.primary)}

  @doc "Adds a handler: a module with `log/2`."
  def add_handler(id, module, config) when is_atom(id) and is_atom(module) and is_map(config) do
    config = :maps.merge(handler_defaults(), config)
    config = :maps.merge(config, %{id: id, module: module})

    with true <- level?(config.level) || {:error, {:invalid_level, config.level}},
         true <-
           :code.ensure_loaded(module) == {:module, module} || {:error, {:invalid_handler, {:function_not_exported, {module, :log, 2}}}},
         true <- :erlang.function_exported(module, :log, 2) || {:error, {:invalid_handler, {:function_not_exported, {module, :log, 2}}}},
         false <- :lists.keymember(id, 1, config().handlers) && {:error, {:already_exist, id}},
         {:ok, config} <- callback(module, :adding_handler, [config], {:ok, config}) do
      update(fn all ->
        if :lists.keymember(id, 1, all.handlers),
          do: {:error, {:already_exist, id}},
          else: {:ok, %{all | handlers: all.handlers ++ [{id, config}]}}
      end)
    end
  end

  def add_handler(_id, _module, config), do: {:error, {:invalid_config, config}}

  @doc "Removes a handler."
  def remove_handler(id) do
    case :lists.keyfind(id, 1, config().handlers) do
      {_, config} ->
        callback(config.module, :removing_handler, [config], :ok)
        update(fn all -> {:ok, %{all | handlers: :lists.keydelete(id, 1, all.handlers)}} end)

      false ->
        {:error, {:not_found, id}}
    end
  end

  @doc "Adds the handlers that the environment of an application lists under `:logger`."
  def add_handlers(application) when is_atom(application) do
    add_handlers(:application.get_env(application, :logger, []))
  end

  def add_handlers(list) when is_list(list) do
    add_each(list)
  end

  defp add_each([{:handler, id, module, config} | rest]) do
    case add_handler(id, module, config) do
      :ok -> add_each(rest)
      {:error, reason} -> {:error, {:bad_config, {:handler, {id, module, config}, reason}}}
    end
  end

  defp add_each([{:handler, id, :undefined} | rest]) do
    remove_handler(id)
    add_each(rest)
  end

  defp add_each([{:module_level, level, modules} | rest]) do
    set_module_level(modules, level)
    add_each(rest)
  end

  defp add_each([{:filters, default, filters} | rest]) do
    update_primary_config(%{filter_default: default, filters: filters})
    add_each(rest)
  end

  defp add_each([_ | rest]), do: add_each(rest)
  defp add_each([]), do: :ok

  @doc "Returns the ids of the handlers."
  def get_handler_ids, do: for({id, _} <- config().handlers, do: id)

  @doc "Returns the configurations of all handlers."
  def get_handler_config, do: for({_, config} <- config().handlers, do: shown(config))

  @doc "Returns the configuration of a handler."
  def get_handler_config(id) do
    case :lists.keyfind(id, 1, config().handlers) do
      {_, config} -> {:ok, shown(config)}
      false -> {:error, {:not_found, id}}
    end
  end

  defp shown(%{module: module} = config),
    do: callback(module, :filter_config, [config], config)

  @doc "Replaces the configuration of a handler."
  def set_handler_config(id, new) when is_map(new),
    do:
      change_handler(
        id,
        :set,
        &:maps.merge(:maps.merge(handler_defaults(), :maps.with([:id, :module], &1)), new)
      )

  @doc "Sets one key of a handler's configuration."
  def set_handler_config(id, key, value), do: change_handler(id, :update, &:maps.put(key, value, &1))

  @doc "Merges into a handler's configuration."
  def update_handler_config(id, new) when is_map(new),
    do: change_handler(id, :update, &:maps.merge(&1, new))

  @doc "Sets or merges one key of a handler's configuration."
  def update_handler_config(id, :config, value) when is_map(value) do
    change_handler(id, :update, fn config ->
      :maps.put(:config, :maps.merge(:maps.get(:config, config, %{}), value), config)
    end)
  end

  def update_handler_config(id, key, value), do: set_handler_config(id, key, value)

  @doc "Merges into the formatter's configuration of a handler."
  def update_formatter_config(id, new) when is_map(new) do
    change_handler(id, :update, fn %{formatter: {module, config}} = all ->
      %{all | formatter: {module, :maps.merge(config, new)}}
    end)
  end

  def update_formatter_config(id, key, value), do: update_formatter_config(id, %{key => value})

  @doc "Adds a filter `{fun, extra}` to a handler."
  def add_handler_filter(id, filter_id, {fun, _} = filter) when is_function(fun, 2) do
    case get_handler_config(id) do
      {:ok, %{filters: filters}} ->
        if :lists.keymember(filter_id, 1, filters),
          do: {:error, {:already_exist, filter_id}},
          else: set_handler_config(id, :filters, filters ++ [{filter_id, filter}])

      error ->
        error
    end
  end

  def add_handler_filter(_id, _filter_id, filter), do: {:error, {:invalid_filter, filter}}

  @doc "Removes a filter of a handler."
  def remove_handler_filter(id, filter_id) do
    case get_handler_config(id) do
      {:ok, %{filters: filters}} ->
        if :lists.keymember(filter_id, 1, filters),
          do: set_handler_config(id, :filters, :lists.keydelete(filter_id, 1, filters)),
          else: {:error, {:not_found, filter_id}}

      error ->
        error
    end
  end

  defp change_handler(id, how, fun) do
    with {_, old} <- :lists.keyfind(id, 1, config().handlers) || {:error, {:not_found, id}},
         new = fun.(old),
         true <- level?(new.level) || {:error, {:invalid_level, new.level}},
         {:ok, new} <- callback(old.module, :changing_config, [how, old, new], {:ok, new}) do
      update(fn all ->
        {:ok, %{all | handlers: :lists.keyreplace(id, 1, all.handlers, {id, new})}}
      end)
    end
  end

  defp callback(module, function, args, default) do
    if :erlang.function_exported(module, function, length(args)),
      do: apply(module, function, args),
      else: default
  end

  defp handler_defaults do
    %{level: :all, filters: [], filter_default: :log, formatter: {:logger_formatter, %{}}}
  end

  defp level?(level) do
    level in [:emergency, :alert, :critical, :error, :warning, :notice, :info, :debug, :all, :none]
  end

  # ---- Process metadata -----------------------------------------------------------------

  @doc "Makes `meta` the metadata of the calling process."
  def set_process_metadata(meta) when is_map(meta) do
    :erlang.put(@metadata, meta)
    :ok
  end

  @doc """
  Merges into the metadata of the calling process.

      iex> :logger.update_process_metadata(%{request: 1})
      :ok
      iex> :logger.get_process_metadata().request
      1
  """
  def update_process_metadata(meta) when is_map(meta) do
    case :erlang.get(@metadata) do
      old when is_map(old) -> :erlang.put(@metadata, :maps.merge(old, meta))
      _ -> :erlang.put(@metadata, meta)
    end

    :ok
  end

  @doc "Returns the metadata of the calling process, or `:undefined`."
  def get_process_metadata, do: :erlang.get(@metadata)

  @doc "Removes the metadata of the calling process."
  def unset_process_metadata do
    :erlang.erase(@metadata)
    :ok
  end

  # ---- Helpers --------------------------------------------------------------------------

  @doc "Returns the time as events carry it: microseconds since 1970."
  def timestamp, do: :os.system_time(:microsecond)

  @doc "Format and arguments of a report of OTP's, which stands under `:report`."
  def format_otp_report(%{label: _, report: report}), do: format_report(report)
  def format_otp_report(report), do: format_report(report)

  @doc """
  Turns a report into a format and its arguments.

      iex> :logger.format_report(%{a: 1})
      {~c"    ~tp: ~tp", [:a, 1]}
  """
  def format_report(report) when is_map(report), do: format_report(:maps.to_list(report))
  def format_report([]), do: {~c"~tp", [[]]}

  def format_report(report) when is_list(report) do
    lines =
      for item <- report do
        case item do
          {key, value} -> {~c"    ~tp: ~tp", [key, value]}
          other -> {~c"    ~tp", [other]}
        end
      end

    format = :lists.append(:lists.join(~c"~n", for({format, _} <- lines, do: format)))
    {format, :lists.append(for({_, args} <- lines, do: args))}
  end

  def format_report(report), do: {~c"~tp", [report]}

  @doc "Returns the handler and filter settings to what the environment says."
  def reconfigure do
    :persistent_term.erase(@key)
    config()
    :ok
  end

  # ---- Storage --------------------------------------------------------------------------

  @compile {:inline, config: 0}
  defp config do
    case :persistent_term.get(@key, nil) do
      nil -> init_config()
      config -> config
    end
  end

  # Two processes may come here at once: they compute and store the same.
  defp init_config do
    config = :logger_config.initial()
    config = :maps.put(:level, level_number(config.primary.level), config)
    :persistent_term.put(@key, config)
    config
  end

  defp update(fun) do
    :logger_config.update(fn ->
      case fun.(config()) do
        {:ok, new} ->
          :persistent_term.put(@key, new)
          :ok

        {:error, _} = error ->
          error
      end
    end)
  end
end
