defmodule :application_master do
  @moduledoc """
  The group leader of one application's processes: it starts the callback module, passes
  input and output requests on to its own group leader, and stops the application in order.
  """

  @doc false
  def init(controller, name, type, module, args, keys) do
    :erlang.process_flag(:trap_exit, true)
    gl = :erlang.group_leader()
    master = self()

    # The callback runs in a process whose group leader is the master, and which stays to be
    # the parent of the top supervisor.
    starter = :erlang.spawn_link(fn -> run(master, module, args, phases(keys)) end)
    await(%{controller: controller, name: name, type: type, gl: gl, starter: starter})
  end

  defp phases(keys) do
    case :lists.keyfind(:start_phases, 1, keys) do
      {_, phases} when is_list(phases) -> phases
      _ -> []
    end
  end

  defp await(%{starter: starter} = state) do
    receive do
      {^starter, :started} ->
        tell(state, :ok)
        loop(state)

      {^starter, {:failed, reason}} ->
        tell(state, {:error, reason})

      {:EXIT, ^starter, reason} ->
        tell(state, {:error, reason})

      {:io_request, _, _, _} = request ->
        send(state.gl, request)
        await(state)
    end
  end

  defp tell(state, result),
    do: send(state.controller, {:"$application_started", state.name, self(), state.type, result})

  defp loop(%{starter: starter, gl: gl} = state) do
    receive do
      {:io_request, _, _, _} = request ->
        send(gl, request)
        loop(state)

      {:"$application_stop", _from, _ref} ->
        send(starter, :stop)
        loop(state)

      {:EXIT, ^starter, reason} ->
        kill_rest()
        :erlang.exit(reason)

      {:EXIT, controller, reason} when controller == state.controller ->
        send(starter, :stop)

        receive do
          {:EXIT, ^starter, _} -> :ok
        end

        :erlang.exit(reason)

      _ ->
        loop(state)
    end
  end

  # Processes that the supervision tree did not know of.
  defp kill_rest do
    self = self()

    for pid <- :erlang.processes(),
        pid != self,
        {:group_leader, ^self} <- [:erlang.process_info(pid, :group_leader)],
        do: :erlang.exit(pid, :kill)
  end

  defp run(master, module, args, phases) do
    :erlang.group_leader(master, self())
    :erlang.process_flag(:trap_exit, true)

    result =
      try do
        module.start(:normal, args)
      catch
        :throw, value -> value
        :error, reason -> {:"$crashed", {reason, __STACKTRACE__}}
        :exit, reason -> {:"$crashed", reason}
      end

    case result do
      {:ok, pid} when is_pid(pid) ->
        started(master, module, pid, [], phases)

      {:ok, pid, app_state} when is_pid(pid) ->
        started(master, module, pid, app_state, phases)

      {:error, reason} ->
        send(master, {self(), {:failed, {reason, {module, :start, [:normal, args]}}}})

      {:"$crashed", reason} ->
        send(master, {self(), {:failed, {:bad_return, {{module, :start, [:normal, args]}, {:EXIT, reason}}}}})

      other ->
        send(master, {self(), {:failed, {:bad_return, {{module, :start, [:normal, args]}, other}}}})
    end
  end

  defp started(master, module, pid, app_state, phases) do
    :erlang.link(pid)

    case run_phases(phases, module) do
      :ok ->
        send(master, {self(), :started})
        watch(module, pid, app_state)

      {:error, reason} ->
        stop_top(pid)
        send(master, {self(), {:failed, reason}})
    end
  end

  defp run_phases([], _module), do: :ok

  defp run_phases([{phase, args} | rest], module) do
    case module.start_phase(phase, :normal, args) do
      :ok -> run_phases(rest, module)
      {:error, reason} -> {:error, {reason, {module, :start_phase, [phase, :normal, args]}}}
    end
  end

  defp watch(module, pid, app_state) do
    receive do
      :stop ->
        app_state =
          if :erlang.function_exported(module, :prep_stop, 1),
            do: module.prep_stop(app_state),
            else: app_state

        stop_top(pid)
        call_stop(module, app_state)
        :erlang.exit(:normal)

      {:EXIT, ^pid, reason} ->
        call_stop(module, app_state)
        :erlang.exit(reason)

      _ ->
        watch(module, pid, app_state)
    end
  end

  defp stop_top(pid) do
    ref = :erlang.monitor(:process, pid)
    :erlang.exit(pid, :shutdown)

    receive do
      {:DOWN, ^ref, _, _, _} -> :ok
    end
  end

  defp call_stop(module, app_state) do
    if :erlang.function_exported(module, :stop, 1), do: module.stop(app_state)
  catch
    _, _ -> :ok
  end
end
