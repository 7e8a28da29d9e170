defmodule :erpc do
  @moduledoc """
  Calls of functions on nodes, of which this one is the only one so far.

  The function runs in a process of its own. What it raises is raised again in the caller, an exit or throw too; a node
  that is not there raises `{:erpc, :noconnection}`.
  """

  @doc """
  Calls `fun` on `node` and returns its result.

      iex> :erpc.call(node(), fn -> 1 + 1 end)
      2
  """
  def call(node, fun), do: call(node, fun, :infinity)
  def call(node, fun, timeout) when is_function(fun, 0), do: call(node, :erlang, :apply, [fun, []], timeout)
  def call(node, module, function, args), do: call(node, module, function, args, :infinity)

  def call(node, module, function, args, timeout) do
    request = send_request(node, module, function, args)
    receive_response(request, timeout)
  end

  @doc "Starts a call; the result comes from `receive_response/1` and its like."
  def send_request(node, fun) when is_function(fun, 0), do: send_request(node, :erlang, :apply, [fun, []])

  # With a function, the third and fourth arguments are a tag and a collection.
  def send_request(node, fun, tag, collection) when is_function(fun, 0),
    do: reqids_add(send_request(node, fun), tag, collection)

  def send_request(node, module, function, args) when node == node() do
    caller = self()
    tag = make_ref()

    {_pid, ref} =
      :erlang.spawn_monitor(fn ->
        result =
          try do
            {:ok, apply(module, function, args)}
          catch
            :throw, value -> {:throw, value}
            :exit, reason -> {:exit, {:exception, reason}}
            :error, reason -> {:error, {:exception, reason, __STACKTRACE__}}
          end

        send(caller, {tag, result})
      end)

    {:"$erpc", tag, ref}
  end

  # The failure is a message as any other result would be.
  def send_request(_node, _module, _function, _args) do
    tag = make_ref()
    send(self(), {tag, {:error, {:erpc, :noconnection}}})
    {:"$erpc", tag, make_ref()}
  end

  @doc "Waits for the result of a request."
  def receive_response(request), do: receive_response(request, :infinity)

  def receive_response(request, timeout) do
    case response(request, timeout) do
      :timeout ->
        abandon(request)
        :erlang.error({:erpc, :timeout})

      {:response, result} ->
        result(result)
    end
  end

  @doc "Waits for a result; after `:no_response` one may wait again."
  def wait_response(request), do: wait_response(request, 0)

  def wait_response(request, timeout) do
    case response(request, timeout) do
      :timeout -> :no_response
      {:response, result} -> {:response, result(result)}
    end
  end

  @doc "Tells whether a message is the result of a request."
  def check_response({tag, result}, {:"$erpc", tag, ref}) do
    :erlang.demonitor(ref, [:flush])
    {:response, result(result)}
  end

  def check_response({:DOWN, ref, _, _, reason}, {:"$erpc", _, ref}),
    do: {:response, result({:exit, {:signal, reason}})}

  def check_response(_message, _request), do: :no_response

  defp response({:"$erpc", tag, ref}, timeout) do
    receive do
      {^tag, result} ->
        :erlang.demonitor(ref, [:flush])
        {:response, result}

      {:DOWN, ^ref, _, _, reason} ->
        {:response, {:exit, {:signal, reason}}}
    after
      timeout -> :timeout
    end
  end

  defp abandon({:"$erpc", tag, ref}) do
    :erlang.demonitor(ref, [:flush])

    receive do
      {^tag, _} -> :ok
    after
      0 -> :ok
    end
  end

  defp result({:ok, value}), do: value
  defp result({:throw, value}), do: :erlang.throw(value)
  defp result({:exit, reason}), do: :erlang.exit(reason)

  defp result({:error, {:exception, reason, stacktrace}}),
    do: :erlang.raise(:error, {:exception, reason, stacktrace}, stacktrace)

  defp result({:error, reason}), do: :erlang.error(reason)

  @doc """
  Calls on several nodes; each result is `{:ok, value}` or `{class, reason}`.

      iex> :erpc.multicall([node()], fn -> 3 end)
      [ok: 3]
  """
  def multicall(nodes, fun), do: multicall(nodes, fun, :infinity)

  def multicall(nodes, fun, timeout) when is_function(fun, 0),
    do: multicall(nodes, :erlang, :apply, [fun, []], timeout)

  def multicall(nodes, module, function, args), do: multicall(nodes, module, function, args, :infinity)

  def multicall(nodes, module, function, args, timeout) do
    requests = for node <- nodes, do: send_request(node, module, function, args)

    for request <- requests do
      try do
        {:ok, receive_response(request, timeout)}
      catch
        class, reason -> {class, reason}
      end
    end
  end

  # ---- Collections of requests ----------------------------------------------------------

  @doc "Returns an empty collection of requests."
  def reqids_new, do: %{}

  @doc "Returns the number of requests of a collection."
  def reqids_size(collection), do: map_size(collection)

  @doc "Adds a request with a tag to a collection."
  def reqids_add(request, tag, collection), do: :maps.put(request, tag, collection)

  @doc "Returns a collection as a list of `{request, tag}`."
  def reqids_to_list(collection), do: :maps.to_list(collection)

  @doc "Starts a call and adds it, with a tag, to a collection."
  def send_request(node, module, function, args, tag, collection),
    do: reqids_add(send_request(node, module, function, args), tag, collection)

  @doc "Waits for the result of any request of a collection: `{result, tag, collection}`, or `:no_request`."
  def receive_response(collection, timeout, delete?) when is_map(collection) do
    case any_response(collection, timeout) do
      :no_request ->
        :no_request

      :timeout ->
        for request <- :maps.keys(collection), do: abandon(request)
        :erlang.error({:erpc, :timeout})

      found ->
        collection_result(found, collection, delete?)
    end
  end

  @doc "Like `receive_response/3`; after `:no_response` one may wait again."
  def wait_response(collection, timeout, delete?) when is_map(collection) do
    case any_response(collection, timeout) do
      :no_request -> :no_request
      :timeout -> :no_response
      found -> {:response, collection_result(found, collection, delete?)}
    end
  end

  defp any_response(collection, _timeout) when map_size(collection) == 0, do: :no_request

  defp any_response(collection, timeout) do
    by_tag = for {:"$erpc", tag, _} = request <- :maps.keys(collection), into: %{}, do: {tag, request}
    by_ref = for {:"$erpc", _, ref} = request <- :maps.keys(collection), into: %{}, do: {ref, request}

    receive do
      {tag, result} when is_map_key(by_tag, tag) ->
        {:"$erpc", _, ref} = request = :maps.get(tag, by_tag)
        :erlang.demonitor(ref, [:flush])
        {request, result}

      {:DOWN, ref, _, _, reason} when is_map_key(by_ref, ref) ->
        {:maps.get(ref, by_ref), {:exit, {:signal, reason}}}
    after
      timeout -> :timeout
    end
  end

  defp collection_result({request, result}, collection, delete?) do
    tag = :maps.get(request, collection)
    {result(result), tag, if(delete?, do: :maps.remove(request, collection), else: collection)}
  end

  # ---- Casts ----------------------------------------------------------------------------

  @doc "Runs a function on a node without waiting."
  def cast(node, fun) when is_function(fun, 0), do: cast(node, :erlang, :apply, [fun, []])

  def cast(node, module, function, args) do
    if node == node(), do: :erlang.spawn(module, function, args)
    :ok
  end

  @doc "Runs a function on several nodes without waiting."
  def multicast(nodes, fun) when is_function(fun, 0), do: multicast(nodes, :erlang, :apply, [fun, []])

  def multicast(nodes, module, function, args) do
    for node <- nodes, do: cast(node, module, function, args)
    :ok
  end
end
