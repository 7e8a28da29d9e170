defmodule System.SignalHandler do
  @moduledoc false
  # Runs the functions of System.trap_signal/3: handlers of :erl_signal_server, one for each {signal, id}.

  # Signals that the VM has a use for itself: they stay handled when nobody traps them.
  @of_the_vm [:sigterm]

  def trap(signal, id, fun) do
    :erl_signal_server.ensure_started()
    handler = {__MODULE__, {signal, id}}

    if handler in :gen_event.which_handlers(:erl_signal_server) do
      {:error, :already_registered}
    else
      :ok = :gen_event.add_handler(:erl_signal_server, handler, {signal, fun})
      :ok = :os.set_signal(signal, :handle)
      {:ok, id}
    end
  end

  def untrap(signal, id) do
    :erl_signal_server.ensure_started()
    handlers = :gen_event.which_handlers(:erl_signal_server)

    if {__MODULE__, {signal, id}} in handlers do
      :gen_event.delete_handler(:erl_signal_server, {__MODULE__, {signal, id}}, :ok)
      others = for {__MODULE__, {^signal, other}} when other != id <- handlers, do: other
      if others == [] and signal not in @of_the_vm, do: :os.set_signal(signal, :default)
      :ok
    else
      {:error, :not_found}
    end
  end

  def init({signal, fun}), do: {:ok, {signal, fun}}

  # In the manager's process, before handlers that were there earlier: what stops the system on :sigterm waits for it. One that fails is taken out.
  def handle_event(signal, {signal, fun} = state) do
    :ok = fun.()
    {:ok, state}
  end

  def handle_event(_, state), do: {:ok, state}
  def handle_call(_, state), do: {:ok, :ok, state}
  def handle_info(_, state), do: {:ok, state}
  def terminate(_, _), do: :ok
  def code_change(_, state, _), do: {:ok, state}
end
