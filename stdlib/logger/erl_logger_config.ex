defmodule :logger_config do
  @moduledoc """
  Where the logger's configuration comes from, and the process that serializes its changes.

  `initial/0` reads the environment of the application `:logger`: `:level`,
  `:default_handler`, `:default_formatter`, `:handle_otp_reports`, `:handle_sasl_reports`,
  `:translators`. The process is started by the first change.
  """

  @doc "Returns the configuration that the environment asks for."
  def initial do
    env = fn key, default -> :application.get_env(:logger, key, default) end

    primary = %{
      level: env.(:level, :debug),
      filter_default: :log,
      metadata: %{},
      filters: [
        logger_process_level: {&Logger.Filter.process_level/2, []},
        logger_translator: {&Logger.Filter.translate/2, translation(env)}
      ]
    }

    handlers =
      case env.(:default_handler, []) do
        false -> []
        options -> [{:default, default_handler(options)}]
      end

    %{primary: primary, modules: %{}, handlers: handlers}
  end

  defp translation(env) do
    %{
      otp: env.(:handle_otp_reports, true),
      sasl: env.(:handle_sasl_reports, false),
      translators: env.(:translators, [{Logger.Translator, :translate}])
    }
  end

  @doc "Returns the configuration of the handler `:default` for a keyword list of options."
  def default_handler(options) do
    base = %{
      id: :default,
      module: if(:phial_host_log.wanted?(), do: :phial_host_log, else: :logger_std_h),
      level: :all,
      filter_default: :log,
      filters: [],
      config: %{type: :standard_io}
    }

    given = :maps.from_list(options)
    config = :maps.merge(base.config, :maps.get(:config, given, %{}))
    handler = :maps.merge(:maps.merge(base, given), %{id: :default, config: config})

    if :maps.is_key(:formatter, handler),
      do: handler,
      else: :maps.put(:formatter, Logger.default_formatter(), handler)
  end

  @doc "Runs `fun` when no other change is under way; returns its result."
  def update(fun) do
    case :erlang.whereis(:logger) do
      pid when is_pid(pid) and pid == self() -> fun.()
      :undefined -> start_and_call(fun)
      pid -> call(pid, fun)
    end
  end

  defp start_and_call(fun) do
    caller = self()
    ref = make_ref()

    {_, monitor} =
      :erlang.spawn_monitor(fn ->
        try do
          :erlang.register(:logger, self())
        catch
          :error, :badarg -> :erlang.exit(:normal)
        end

        send(caller, {ref, :ready})
        loop()
      end)

    receive do
      {^ref, :ready} -> :ok
      {:DOWN, ^monitor, _, _, _} -> :ok
    end

    :erlang.demonitor(monitor, [:flush])
    update(fun)
  end

  defp call(pid, fun) do
    ref = :erlang.monitor(:process, pid)
    send(pid, {:update, self(), ref, fun})

    receive do
      {^ref, result} ->
        :erlang.demonitor(ref, [:flush])
        result

      {:DOWN, ^ref, _, _, reason} ->
        {:error, reason}
    end
  end

  defp loop do
    receive do
      {:update, from, ref, fun} ->
        result =
          try do
            fun.()
          catch
            class, reason -> {:error, {class, reason, __STACKTRACE__}}
          end

        send(from, {ref, result})
        loop()

      _ ->
        loop()
    end
  end
end
