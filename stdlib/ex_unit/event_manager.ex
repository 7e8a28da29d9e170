defmodule ExUnit.EventManager do
  @moduledoc false
  # Starts the formatters and passes the events of a suite on to them.

  def start_link, do: DynamicSupervisor.start_link(strategy: :one_for_one, max_restarts: 0)

  # Every formatter gets all events before its process is stopped.
  def stop(sup) do
    for {_, pid, _, _} <- DynamicSupervisor.which_children(sup),
        is_pid(pid),
        do: GenServer.stop(pid, :normal, :infinity)

    DynamicSupervisor.stop(sup)
  end

  def add_handler(sup, handler, opts) do
    DynamicSupervisor.start_child(sup, %{
      id: GenServer,
      start: {GenServer, :start_link, [handler, opts]},
      restart: :temporary
    })
  end

  def suite_started(sup, opts), do: notify(sup, {:suite_started, opts})
  def suite_finished(sup, times_us), do: notify(sup, {:suite_finished, times_us})
  def module_started(sup, test_module), do: notify(sup, {:module_started, test_module})
  def module_finished(sup, test_module), do: notify(sup, {:module_finished, test_module})
  def test_started(sup, test), do: notify(sup, {:test_started, test})
  def test_finished(sup, test), do: notify(sup, {:test_finished, test})
  def max_failures_reached(sup), do: notify(sup, :max_failures_reached)

  defp notify(sup, event) do
    for {_, pid, _, _} <- DynamicSupervisor.which_children(sup), is_pid(pid), do: GenServer.cast(pid, event)
    :ok
  end
end
