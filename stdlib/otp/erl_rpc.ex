defmodule :rpc do
  @moduledoc """
  The older interface for calls of functions on nodes: failures are `{:badrpc, reason}` values. See `:erpc`.
  """

  @doc """
  Calls a function on a node.

      iex> :rpc.call(node(), Enum, :sum, [[1, 2]])
      3
      iex> :rpc.call(:nobody@nowhere, Enum, :sum, [[1, 2]])
      {:badrpc, :nodedown}
  """
  def call(node, module, function, args), do: call(node, module, function, args, :infinity)

  def call(node, module, function, args, timeout) do
    :erpc.call(node, module, function, args, timeout)
  catch
    :throw, value -> value
    :exit, {:exception, reason} -> {:badrpc, {:EXIT, reason}}
    :exit, {:signal, reason} -> {:badrpc, {:EXIT, reason}}
    :error, {:exception, reason, stacktrace} -> {:badrpc, {:EXIT, {reason, stacktrace}}}
    :error, {:erpc, :noconnection} -> {:badrpc, :nodedown}
    :error, {:erpc, :timeout} -> {:badrpc, :timeout}
  end

  @doc "Like `call/4`."
  def block_call(node, module, function, args), do: call(node, module, function, args)
  def block_call(node, module, function, args, timeout), do: call(node, module, function, args, timeout)

  @doc "Runs a function on a node without waiting."
  def cast(node, module, function, args) do
    :erpc.cast(node, module, function, args)
    true
  end

  @doc "Starts a call; its result comes from `yield/1` or `nb_yield/1`."
  def async_call(node, module, function, args) do
    caller = self()

    {pid, _ref} =
      :erlang.spawn_monitor(fn -> send(caller, {:rpc_result, self(), call(node, module, function, args)}) end)

    pid
  end

  @doc "Waits for the result of `async_call/4`."
  def yield(key) do
    {:value, result} = nb_yield(key, :infinity)
    result
  end

  @doc "Returns `{:value, result}` of `async_call/4`, or `:timeout`."
  def nb_yield(key), do: nb_yield(key, 0)

  def nb_yield(key, timeout) do
    receive do
      {:rpc_result, ^key, result} ->
        receive do
          {:DOWN, _, :process, ^key, _} -> {:value, result}
        end
    after
      timeout -> :timeout
    end
  end

  @doc "Calls a function on all nodes, or those given; returns `{results, bad_nodes}`."
  def multicall(module, function, args),
    do: multicall([node() | :erlang.nodes()], module, function, args, :infinity)

  def multicall(nodes, module, function, args) when is_list(nodes),
    do: multicall(nodes, module, function, args, :infinity)

  def multicall(module, function, args, timeout),
    do: multicall([node() | :erlang.nodes()], module, function, args, timeout)

  def multicall(nodes, module, function, args, timeout) do
    results = for node <- nodes, do: {node, call(node, module, function, args, timeout)}
    bad? = fn result -> result == {:badrpc, :nodedown} or result == {:badrpc, :timeout} end

    {for({_, result} <- results, not bad?.(result), do: result),
     for({node, result} <- results, bad?.(result), do: node)}
  end

  @doc "Casts to the server `name` on all nodes."
  def abcast(name, message), do: abcast([node() | :erlang.nodes()], name, message)

  def abcast(nodes, name, message) do
    for node <- nodes, do: send({name, node}, message)
    :abcast
  end

  @doc """
  Calls a function for each element of a list, in processes of their own.

      iex> :rpc.pmap({Integer, :to_string}, [], [1, 2])
      ["1", "2"]
  """
  def pmap({module, function}, extra_args, list) do
    keys = for element <- list, do: async_call(node(), module, function, [element | extra_args])
    for key <- keys, do: yield(key)
  end

  @doc "Makes several calls at the same time."
  def parallel_eval(calls) do
    keys = for {module, function, args} <- calls, do: async_call(node(), module, function, args)
    for key <- keys, do: yield(key)
  end

  @doc "Returns information on a process of any node."
  def pinfo(pid), do: call(node(pid), :erlang, :process_info, [pid])
  def pinfo(pid, item), do: call(node(pid), :erlang, :process_info, [pid, item])
end
