defmodule ExUnit.RunnerStats do
  @moduledoc false
  # The formatter that counts, and that writes down which tests failed.

  use GenServer

  alias ExUnit.{FailuresManifest, Test, TestModule}

  def stats(pid), do: GenServer.call(pid, :stats, :infinity)

  # Failures are counted where they happen too, so that a limit is not overrun by late events.
  def increment_failure_counter(counter, amount \\ 1), do: :counters.add(counter, 1, amount)
  def get_failure_counter(counter), do: :counters.get(counter, 1)

  @impl true
  def init(opts) do
    {:ok,
     %{
       total: 0,
       failures: 0,
       skipped: 0,
       excluded: 0,
       failures_manifest_path: opts[:failures_manifest_path],
       failures_manifest: FailuresManifest.new()
     }}
  end

  @impl true
  def handle_call(:stats, _from, state) do
    {:reply, Map.take(state, [:total, :failures, :skipped, :excluded]), state}
  end

  @impl true
  def handle_cast({:test_finished, %Test{} = test}, state) do
    state =
      state
      |> Map.update!(:total, &(&1 + 1))
      |> Map.update!(:failures_manifest, &FailuresManifest.put_test(&1, test))

    state =
      case test.state do
        {:failed, _} -> Map.update!(state, :failures, &(&1 + 1))
        {:skipped, _} -> Map.update!(state, :skipped, &(&1 + 1))
        {:excluded, _} -> Map.update!(state, :excluded, &(&1 + 1))
        _ -> state
      end

    {:noreply, state}
  end

  # When `setup_all` fails, all tests of the module count as failures.
  def handle_cast({:module_finished, %TestModule{state: {:failed, _}} = module}, state) do
    invalid = Enum.count(module.tests, &match?(%Test{state: {:invalid, _}}, &1))
    passed = Enum.count(module.tests, &is_nil(&1.state))
    {:noreply, %{state | failures: state.failures + max(invalid + passed, 1)}}
  end

  def handle_cast({:suite_finished, _}, %{failures_manifest_path: path} = state) when is_binary(path) do
    path
    |> FailuresManifest.read()
    |> FailuresManifest.merge(state.failures_manifest)
    |> FailuresManifest.write!(path)

    {:noreply, state}
  end

  def handle_cast(_event, state), do: {:noreply, state}
end
