defmodule ExUnit.OnExitHandler do
  @moduledoc false
  # Keeps, for each running test, its supervisor and what to call when it is over.

  @table __MODULE__
  @supervisor_shutdown 30_000

  def child_spec(_), do: %{id: __MODULE__, start: {__MODULE__, :start_link, [[]]}}

  def start_link(_opts) do
    Agent.start_link(fn -> :ets.new(@table, [:public, :named_table, :set, read_concurrency: true]) end,
      name: __MODULE__
    )
  end

  def register(pid) when is_pid(pid), do: :ets.insert(@table, {pid, nil, []})

  def add(pid, name_or_ref, callback) when is_pid(pid) and is_function(callback, 0) do
    case :ets.lookup(@table, pid) do
      [{^pid, sup, callbacks}] ->
        :ets.insert(@table, {pid, sup, List.keystore(callbacks, name_or_ref, 0, {name_or_ref, callback})})
        :ok

      [] ->
        :error
    end
  end

  def get_supervisor(pid) when is_pid(pid) do
    case :ets.lookup(@table, pid) do
      [{^pid, sup, _}] -> {:ok, sup}
      [] -> :error
    end
  end

  def put_supervisor(pid, sup) when is_pid(pid) and is_pid(sup),
    do: :ets.update_element(@table, pid, {2, sup})

  # Ends the supervisor, then runs the callbacks, newest first, in a process of their own.
  # Returns `:ok` or `{kind, reason, stacktrace}` of the first failure.
  def run(pid, timeout) when is_pid(pid) do
    case :ets.take(@table, pid) do
      [{^pid, sup, callbacks}] ->
        error = terminate_supervisor(sup)
        exec_on_exit(Enum.reverse(callbacks), timeout) || error || :ok

      [] ->
        :ok
    end
  end

  defp terminate_supervisor(nil), do: nil

  defp terminate_supervisor(sup) do
    ref = Process.monitor(sup)
    Process.exit(sup, :shutdown)

    receive do
      {:DOWN, ^ref, _, _, _} -> nil
    after
      @supervisor_shutdown ->
        Process.demonitor(ref, [:flush])
        Process.exit(sup, :kill)
        {:error, ExUnit.TimeoutError.exception(timeout: @supervisor_shutdown, type: :supervisor), []}
    end
  end

  defp exec_on_exit([], _timeout), do: nil

  defp exec_on_exit(callbacks, timeout) do
    parent = self()
    {pid, ref} = spawn_monitor(fn -> run_callbacks(parent, callbacks) end)
    await(pid, ref, timeout, nil)
  end

  defp await(pid, ref, timeout, error) do
    receive do
      {^pid, :failed, failure} ->
        await(pid, ref, timeout, error || failure)

      {^pid, :done} ->
        Process.demonitor(ref, [:flush])
        error

      {:DOWN, ^ref, _, _, reason} ->
        error || {{:EXIT, pid}, reason, []}
    after
      timeout ->
        stack =
          case Process.info(pid, :current_stacktrace) do
            {_, stack} -> stack
            nil -> []
          end

        Process.demonitor(ref, [:flush])
        Process.exit(pid, :kill)
        error || {:error, ExUnit.TimeoutError.exception(timeout: timeout, type: :on_exit), stack}
    end
  end

  defp run_callbacks(parent, callbacks) do
    for {_name, callback} <- callbacks do
      try do
        callback.()
      catch
        kind, reason -> send(parent, {self(), :failed, {kind, reason, __STACKTRACE__}})
      end
    end

    send(parent, {self(), :done})
  end
end
