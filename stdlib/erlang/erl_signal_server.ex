defmodule :erl_signal_server do
  @moduledoc """
  Hands signals of the operating system to their handlers: a `:gen_event` manager of this name.

  The VM calls `notify/1` for each signal that `:os.set_signal/2` told it to handle. The first handler, `:erl_signal_handler`, stops the
  system on `:sigterm`; `System.trap_signal/3` adds others.
  """

  @doc "Starts the manager, unless it runs. Several processes may call it at once."
  def ensure_started do
    if :persistent_term.get(__MODULE__, false) and :erlang.whereis(__MODULE__) != :undefined, do: :ok, else: start()
  end

  defp start do
    case :gen_event.start({:local, __MODULE__}) do
      {:ok, pid} ->
        :gen_event.add_handler(pid, :erl_signal_handler, [])
        :persistent_term.put(__MODULE__, true)
        :ok

      {:error, {:already_started, _}} ->
        # Who was quicker adds the first handler.
        if :persistent_term.get(__MODULE__, false) do
          :ok
        else
          :timer.sleep(1)
          ensure_started()
        end
    end
  end

  @doc "A signal has come."
  def notify(signal) do
    ensure_started()
    :gen_event.notify(__MODULE__, signal)
  end
end

defmodule :erl_signal_handler do
  @moduledoc """
  What is done on signals of the operating system by default: `:sigterm` stops the system in order.
  """

  @doc false
  def init(_), do: {:ok, []}

  @doc false
  def handle_event(:sigterm, state) do
    :logger.notice("SIGTERM received - shutting down")
    :init.stop()
    {:ok, state}
  end

  def handle_event(_, state), do: {:ok, state}

  @doc false
  def handle_info(_, state), do: {:ok, state}

  @doc false
  def handle_call(_, state), do: {:ok, :ok, state}
end
