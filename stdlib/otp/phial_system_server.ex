defmodule :phial_system_server do
  @moduledoc """
  Starts the servers of the library that serve the whole VM, when they are first needed. Such a server must not belong to the process tree with
  a budget of whoever asks first: it would end with the tree. So a process outside of all trees starts it.
  """

  @doc "Has `module.start_server()` called outside of all trees, and waits until it has returned. `module` is one that the VM knows."
  def ensure(module) do
    case :phial_system.start_server(module) do
      false -> module.start_server()
      starter -> await(:erlang.monitor(:process, starter))
    end
  end

  defp await(monitor) do
    receive do
      {:DOWN, ^monitor, :process, _, _} -> :ok
    end
  end

  @doc "Starts the `gen_server` of `module` under `name`, unless another process was faster."
  def start(name, module) do
    case :gen_server.start({:local, name}, module, [], []) do
      {:ok, _} -> :ok
      {:error, {:already_started, _}} -> :ok
    end
  end
end
