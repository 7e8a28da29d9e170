defmodule :application_controller do
  @moduledoc """
  The process that keeps account of applications.

  It owns the ETS table `:ac_tab` with rows
  `{{:loaded, app}, keys}`, `{{:env, app, key}, value}`, `{{:persistent, app, key}, true}`,
  `{{:running, app}, {number, type}}` and `{{:master, app}, pid}`. It is started when the first
  of these is written. The applications that are part of the system count as loaded and running without a row.

  Each running application with a callback module has a master: the group leader of
  the application's processes, which starts the callback module and waits for the end of the top supervisor.
  The controller never calls foreign code, so masters may ask it for anything while they start.
  """

  @table :ac_tab
  @name :application_controller
  @otp "27.0"
  @elixir "1.18.0"

  # ---- Applications of the system -------------------------------------------------------

  @system [
    kernel: {~c"ERTS  CXC 138 10", @otp, []},
    stdlib: {~c"STDLIB  CXC 138 10", @otp, [:kernel]},
    compiler: {~c"ERTS  CXC 138 10", @otp, [:kernel, :stdlib]},
    elixir: {~c"elixir", @elixir, [:kernel, :stdlib, :compiler]},
    logger: {~c"logger", @elixir, [:kernel, :stdlib, :elixir]},
    crypto: {~c"CRYPTO", @otp, [:kernel, :stdlib]},
    eex: {~c"eex", @elixir, [:kernel, :stdlib, :elixir]},
    ex_unit: {~c"ex_unit", @elixir, [:kernel, :stdlib, :elixir, :eex]},
    iex: {~c"iex", @elixir, [:kernel, :stdlib, :elixir]},
    mix: {~c"mix", @elixir, [:kernel, :stdlib, :elixir]},
    sasl: {~c"SASL  CXC 138 11", @otp, [:kernel, :stdlib]},
    asn1: {~c"ASN1", @otp, [:kernel, :stdlib]},
    public_key: {~c"Public key infrastructure", @otp, [:kernel, :stdlib, :crypto]},
    ssl: {~c"Erlang/OTP SSL application", @otp, [:kernel, :stdlib, :crypto, :public_key]},
    inets: {~c"INETS  CXC 138 49", @otp, [:kernel, :stdlib]},
    runtime_tools: {~c"RUNTIME_TOOLS", @otp, [:kernel, :stdlib]},
    tools: {~c"DEVTOOLS  CXC 138 16", @otp, [:kernel, :stdlib]},
    os_mon: {~c"CPO  CXC 138 46", @otp, [:kernel, :stdlib, :sasl]},
    syntax_tools: {~c"Syntax tools", @otp, [:kernel, :stdlib]},
    xmerl: {~c"XML parser", @otp, [:kernel, :stdlib]}
  ]

  @initially_running [:logger, :elixir, :compiler, :stdlib, :kernel]

  @doc "Returns the specification of an application of the system that runs from the start, or `nil`."
  def initially_loaded(application) when application in @initially_running,
    do: system_spec(application)

  def initially_loaded(_application), do: nil

  defp system_spec(application) do
    case :lists.keyfind(application, 1, @system) do
      {_, {description, vsn, applications}} ->
        [
          description: description,
          id: [],
          vsn: :erlang.binary_to_list(vsn),
          modules: [],
          maxP: :infinity,
          maxT: :infinity,
          registered: [],
          included_applications: [],
          optional_applications: [],
          applications: applications,
          env: system_env(application),
          mod: system_mod(application),
          start_phases: :undefined
        ]

      false ->
        nil
    end
  end

  defp system_mod(:ex_unit), do: {ExUnit, []}
  defp system_mod(_application), do: []

  defp system_env(:ex_unit) do
    [
      after_suite: [],
      assert_receive_timeout: 100,
      autorun: true,
      capture_log: false,
      colors: [],
      exclude: [],
      exit_status: 2,
      formatters: [ExUnit.CLIFormatter],
      include: [],
      max_failures: :infinity,
      module_load_timeout: 60_000,
      refute_receive_timeout: 100,
      slowest: 0,
      stacktrace_depth: 20,
      timeout: 60_000,
      trace: false
    ]
  end

  defp system_env(_application), do: []

  # ---- Client ---------------------------------------------------------------------------

  @doc "Starts the controller if it does not run."
  def ensure do
    case :ets.whereis(@table) do
      :undefined -> :phial_system_server.ensure(:application_controller)
      _ -> :ok
    end
  end

  @doc "Starts the controller in the tree of the calling process. `ensure/0` calls it."
  def start_server do
    :phial_system_server.start(@name, :application_controller)
  end

  defp call(request) do
    ensure()
    :gen_server.call(@name, request, :infinity)
  end

  @doc "Loads an application."
  def load({:application, name, keys}), do: call({:load, name, keys})

  def load(name) when is_atom(name) do
    cond do
      loaded?(name) ->
        {:error, {:already_loaded, name}}

      true ->
        case find(name) do
          {:ok, keys} -> call({:load, name, keys})
          error -> error
        end
    end
  end

  def load(other), do: {:error, {:bad_application, other}}

  defp loaded?(name), do: initially_loaded(name) != nil or rows({:loaded, name}) != []

  defp find(name) do
    case system_spec(name) do
      nil -> find_in_path(name)
      keys -> {:ok, keys}
    end
  end

  defp find_in_path(name) do
    file = :erlang.atom_to_binary(name) <> ".app"

    case find_file(:code.get_path(), file) do
      {:ok, path} ->
        case :file.consult(path) do
          {:ok, [{:application, ^name, keys}]} -> {:ok, keys}
          {:ok, _} -> {:error, {:invalid_name, name}}
          {:error, reason} -> {:error, {:bad_application_file, path, reason}}
        end

      :error ->
        {:error, {~c"no such file or directory", :erlang.binary_to_list(file)}}
    end
  end

  defp find_file([dir | rest], file) do
    path = :erlang.iolist_to_binary([:unicode.characters_to_binary(dir), ?/, file])

    case :prim_file.read_file_info(path) do
      {:ok, _} -> {:ok, path}
      _ -> find_file(rest, file)
    end
  end

  defp find_file([], _file), do: :error

  @doc "Unloads an application."
  def unload(name), do: call({:unload, name})

  @doc "Starts a loaded application."
  def start(name, type), do: if(running?(name), do: {:error, {:already_started, name}}, else: call({:start, name, type}))

  @doc "Stops a running application."
  def stop(name) do
    case call({:stop, name}) do
      {:stopping, master} ->
        ref = :erlang.monitor(:process, master)
        send(master, {:"$application_stop", self(), ref})

        receive do
          {:DOWN, ^ref, _, _, _} -> :ok
        end

        call({:stopped, name, :stopped})

      other ->
        other
    end
  end

  @doc "Tells whether an application runs."
  def running?(name) when name in @initially_running, do: rows({:stopped, name}) == []
  def running?(name), do: rows({:running, name}) != []

  @doc "Returns the running applications, newest first."
  def running do
    later =
      case :ets.whereis(@table) do
        :undefined -> []
        table -> :ets.match(table, {{:running, :"$1"}, {:"$2", :_}})
      end

    later = for [name, number] <- later, do: {number, name}
    names = for({_, name} <- :lists.reverse(:lists.sort(later)), do: name) ++ system_running()
    for name <- names, do: describe(name)
  end

  defp system_running, do: for(name <- @initially_running, running?(name), do: name)

  @doc "Returns the loaded applications."
  def loaded do
    later =
      case :ets.whereis(@table) do
        :undefined -> []
        table -> for [name] <- :ets.match(table, {{:loaded, :"$1"}, :_}), do: name
      end

    for name <- later ++ @initially_running, do: describe(name)
  end

  defp describe(name) do
    keys =
      case rows({:loaded, name}) do
        [{_, keys}] -> keys
        [] -> system_spec(name)
      end

    {_, description} = :lists.keyfind(:description, 1, keys)
    {_, vsn} = :lists.keyfind(:vsn, 1, keys)
    {name, description, vsn}
  end

  defp rows(key) do
    case :ets.whereis(@table) do
      :undefined -> []
      table -> :ets.lookup(table, key)
    end
  end

  # ---- Server ---------------------------------------------------------------------------

  @doc false
  def init([]) do
    :erlang.process_flag(:trap_exit, true)
    :ets.new(@table, [:named_table, :public, :set, {:read_concurrency, true}])
    # The controller belongs to no application, whoever was first to need it.
    if is_pid(:erlang.whereis(:user)), do: :erlang.group_leader(:erlang.whereis(:user), self())
    {:ok, %{number: 1, starting: %{}, types: %{}}}
  end

  @doc false
  def handle_call({:load, name, keys}, _from, state) do
    if loaded?(name) do
      {:reply, {:error, {:already_loaded, name}}, state}
    else
      keys = complete(keys)
      :ets.insert(@table, {{:loaded, name}, keys})
      {_, env} = :lists.keyfind(:env, 1, keys)

      for {key, value} <- env,
          :ets.lookup(@table, {:persistent, name, key}) == [],
          do: :ets.insert(@table, {{:env, name, key}, value})

      {:reply, :ok, state}
    end
  end

  def handle_call({:unload, name}, _from, state) do
    cond do
      running?(name) ->
        {:reply, {:error, {:running, name}}, state}

      rows({:loaded, name}) == [] ->
        {:reply, {:error, {:not_loaded, name}}, state}

      true ->
        :ets.delete(@table, {:loaded, name})
        :ets.match_delete(@table, {{:env, name, :_}, :_})
        :ets.match_delete(@table, {{:persistent, name, :_}, :_})
        {:reply, :ok, state}
    end
  end

  def handle_call({:start, name, type}, from, state) do
    cond do
      :maps.is_key(name, state.starting) ->
        waiting = :maps.get(name, state.starting)
        {:noreply, put_in_starting(state, name, [from | waiting])}

      running?(name) ->
        {:reply, {:error, {:already_started, name}}, state}

      rows({:loaded, name}) == [] and initially_loaded(name) == nil ->
        {:reply, {:error, {:not_loaded, name}}, state}

      true ->
        case missing(name) do
          [dependency | _] -> {:reply, {:error, {:not_started, dependency}}, state}
          [] -> start_now(name, type, from, state)
        end
    end
  end

  def handle_call({:stop, name}, _from, state) do
    cond do
      not running?(name) ->
        {:reply, {:error, {:not_started, name}}, state}

      true ->
        case rows({:master, name}) do
          [{_, master}] ->
            {:reply, {:stopping, master}, %{state | types: :maps.put(name, :stopping, state.types)}}

          [] ->
            report_exit(name, :stopped, type(name))
            {:reply, :ok, stopped(name, state)}
        end
    end
  end

  def handle_call({:stopped, name, reason}, _from, state) do
    if rows({:running, name}) != [], do: report_exit(name, reason, type(name))
    {:reply, :ok, stopped(name, state)}
  end

  def handle_call(_request, _from, state), do: {:reply, {:error, :bad_request}, state}

  @doc false
  def handle_cast(_msg, state), do: {:noreply, state}

  @doc false
  def handle_info({:"$application_started", name, master, type, result}, state) do
    case result do
      :ok ->
        :ets.insert(@table, {{:master, name}, master})
        {:noreply, answer_starting(name, :ok, running(name, type, state))}

      {:error, _} = error ->
        {:noreply, answer_starting(name, error, state)}
    end
  end

  # A master ended: at the request of `stop/1`, or with its application.
  def handle_info({:EXIT, master, reason}, state) do
    case :ets.match(@table, {{:master, :"$1"}, master}) do
      [[name]] ->
        if :maps.get(name, state.types, nil) == :stopping do
          {:noreply, state}
        else
          type = type(name)
          report_exit(name, reason, type)
          state = stopped(name, state)
          if fatal?(type, reason), do: :init.stop(1)
          {:noreply, state}
        end

      [] ->
        {:noreply, state}
    end
  end

  def handle_info(_msg, state), do: {:noreply, state}

  @doc false
  def terminate(_reason, _state), do: :ok

  @doc false
  def code_change(_old, state, _extra), do: {:ok, state}

  defp fatal?(:permanent, _reason), do: true
  defp fatal?(:transient, reason), do: reason not in [:normal, :shutdown]
  defp fatal?(_, _), do: false

  defp put_in_starting(state, name, waiting),
    do: %{state | starting: :maps.put(name, waiting, state.starting)}

  defp answer_starting(name, result, state) do
    [first | later] = :lists.reverse(:maps.get(name, state.starting))
    :gen_server.reply(first, result)
    # Who asked while it started is told so.
    later_result = if result == :ok, do: {:error, {:already_started, name}}, else: result
    for from <- later, do: :gen_server.reply(from, later_result)
    %{state | starting: :maps.remove(name, state.starting)}
  end

  defp start_now(name, type, from, state) do
    {_, mod} = :lists.keyfind(:mod, 1, keys(name))

    case mod do
      {module, args} ->
        controller = self()

        :erlang.spawn_link(:application_master, :init, [controller, name, type, module, args, keys(name)])
        {:noreply, put_in_starting(state, name, [from])}

      _ ->
        {:reply, :ok, running(name, type, state)}
    end
  end

  defp running(name, type, state) do
    :ets.delete(@table, {:stopped, name})

    if name not in @initially_running,
      do: :ets.insert(@table, {{:running, name}, {state.number, type}})

    %{state | number: state.number + 1}
  end

  defp stopped(name, state) do
    :ets.delete(@table, {:running, name})
    :ets.delete(@table, {:master, name})
    if name in @initially_running, do: :ets.insert(@table, {{:stopped, name}, true})
    %{state | types: :maps.remove(name, state.types)}
  end

  defp type(name) do
    case rows({:running, name}) do
      [{_, {_, type}}] -> type
      [] -> :permanent
    end
  end

  defp keys(name) do
    case rows({:loaded, name}) do
      [{_, keys}] -> keys
      [] -> system_spec(name)
    end
  end

  defp missing(name) do
    keys = keys(name)
    {_, dependencies} = :lists.keyfind(:applications, 1, keys)
    {_, optional} = :lists.keyfind(:optional_applications, 1, keys)

    for dependency <- dependencies,
        not running?(dependency),
        not (:lists.member(dependency, optional) and not loaded?(dependency)),
        do: dependency
  end

  defp complete(keys) do
    defaults = [
      description: [],
      id: [],
      vsn: [],
      modules: [],
      maxP: :infinity,
      maxT: :infinity,
      registered: [],
      included_applications: [],
      optional_applications: [],
      applications: [],
      env: [],
      mod: [],
      start_phases: :undefined
    ]

    for {key, default} <- defaults do
      case :lists.keyfind(key, 1, keys) do
        {_, value} -> {key, value}
        false -> {key, default}
      end
    end
  end

  # What ends with the system is not worth a word.
  defp report_exit(name, reason, type) do
    if :init.get_status() == {:started, :started}, do: log_exit(name, reason, type), else: :ok
  end

  defp log_exit(name, reason, type) do
    :logger.log(
      :notice,
      %{
        label: {:application_controller, :exit},
        report: [application: name, exited: reason, type: type]
      },
      %{
        domain: [:otp],
        report_cb: &:application_controller.format_log/1,
        error_logger: %{tag: :info_report, type: :std_info}
      }
    )
  end

  @doc false
  def format_log(%{label: {:application_controller, :exit}, report: report}) do
    {~c"Application: ~tw. Exited: ~tp. Type: ~tw.", [report[:application], report[:exited], report[:type]]}
  end
end
