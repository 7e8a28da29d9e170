defmodule Agent.Server do
  @moduledoc false

  @behaviour GenServer

  def init(fun) do
    initial_call(fun)
    {:ok, run(fun, [])}
  end

  def handle_call({:get, fun}, _from, state), do: {:reply, run(fun, [state]), state}

  def handle_call({:get_and_update, fun}, _from, state) do
    case run(fun, [state]) do
      {reply, state} -> {:reply, reply, state}
      other -> {:stop, {:bad_return_value, other}, state}
    end
  end

  def handle_call({:update, fun}, _from, state), do: {:reply, :ok, run(fun, [state])}
  def handle_call(msg, _from, state), do: {:stop, {:bad_call, msg}, state}

  def handle_cast({:cast, fun}, state), do: {:noreply, run(fun, [state])}
  def handle_cast(msg, state), do: {:stop, {:bad_cast, msg}, state}

  def handle_info(msg, state) do
    GenServer.__unexpected_info__(__MODULE__, msg)
    {:noreply, state}
  end

  def terminate(_reason, _state), do: :ok

  def code_change(_old, state, fun), do: {:ok, run(fun, [state])}

  # Reports shall name the function that the agent was started with.
  defp initial_call(fun) when is_function(fun) do
    {:module, module} = :erlang.fun_info(fun, :module)
    {:name, name} = :erlang.fun_info(fun, :name)
    Process.put(:"$initial_call", {module, name, 0})
    :ok
  end

  defp initial_call({mod, fun, args}) do
    Process.put(:"$initial_call", {mod, fun, length(args)})
    :ok
  end

  defp run({m, f, a}, extra), do: apply(m, f, extra ++ a)
  defp run(fun, [state]), do: fun.(state)
  defp run(fun, []), do: fun.()
end
