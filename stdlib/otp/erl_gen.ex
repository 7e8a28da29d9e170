defmodule :gen do
  @moduledoc """
  What the behaviours share: starting under a name, and requests with replies.

  A request is `{label, {caller, tag}, request}`; the tag is `[:alias | ref]`, where `ref`
  is both the caller's monitor of the server and an alias that the reply `{tag, reply}` is
  sent to. So a late reply, after a timeout, reaches nobody.
  """

  # ---- Starting -------------------------------------------------------------------------

  @doc "Starts a process of behaviour `gen_mod` under `name`. `link` is `:link`, `:nolink` or `:monitor`."
  def start(gen_mod, link, name, mod, args, options) do
    case where(name) do
      :undefined -> do_start(gen_mod, link, [name], mod, args, options)
      pid when link == :monitor -> {:error, {:already_started, pid}}
      pid -> {:error, {:already_started, pid}}
    end
  end

  @doc "Starts a nameless process of behaviour `gen_mod`."
  def start(gen_mod, link, mod, args, options),
    do: do_start(gen_mod, link, [], mod, args, options)

  defp do_start(gen_mod, link, name, mod, args, options) do
    timeout = option(:timeout, options, :infinity)
    spawn_opts = option(:spawn_opt, options, [])

    case link do
      :link ->
        parameters = [gen_mod, self(), self()] ++ name ++ [mod, args, options]
        :proc_lib.start_link(:gen, :init_it, parameters, timeout, spawn_opts)

      :nolink ->
        parameters = [gen_mod, self(), :self] ++ name ++ [mod, args, options]
        :proc_lib.start(:gen, :init_it, parameters, timeout, spawn_opts)

      :monitor ->
        parameters = [gen_mod, self(), :self] ++ name ++ [mod, args, options]

        case :proc_lib.start_monitor(:gen, :init_it, parameters, timeout, spawn_opts) do
          {{:ok, pid}, ref} ->
            {:ok, {pid, ref}}

          {error, ref} ->
            :erlang.demonitor(ref, [:flush])
            error
        end
    end
  end

  @doc false
  def init_it(gen_mod, starter, parent, mod, args, options) do
    gen_mod.init_it(starter, parent, self(), mod, args, options)
  end

  @doc false
  def init_it(gen_mod, starter, parent, name, mod, args, options) do
    case register_name(name) do
      true -> gen_mod.init_it(starter, parent, name, mod, args, options)
      {false, pid} -> :proc_lib.init_fail(starter, {:error, {:already_started, pid}}, {:exit, :normal})
    end
  end

  defp option(key, options, default) do
    case :lists.keyfind(key, 1, options) do
      {_, value} -> value
      false -> default
    end
  end

  # ---- Names ----------------------------------------------------------------------------

  @doc "Returns the pid of a name as given to `start/6`, or `:undefined`."
  def where({:local, name}), do: :erlang.whereis(name)
  def where({:global, name}), do: :global.whereis_name(name)
  def where({:via, module, name}), do: module.whereis_name(name)

  @doc "Returns what a server is called in reports."
  def get_proc_name(pid) when is_pid(pid), do: pid
  def get_proc_name({:local, name}), do: name
  def get_proc_name({:global, name}), do: name
  def get_proc_name({:via, _module, name}), do: name

  defp register_name({:local, name} = full) do
    :erlang.register(name, self())
  catch
    :error, :badarg -> {false, where(full)}
  end

  defp register_name({:global, name} = full) do
    case :global.register_name(name, self()) do
      :yes -> true
      :no -> {false, where(full)}
    end
  end

  defp register_name({:via, module, name} = full) do
    case module.register_name(name, self()) do
      :yes -> true
      :no -> {false, where(full)}
    end
  end

  @doc "Frees the name of a server that could not start."
  def unregister_name({:local, name}) do
    :erlang.unregister(name)
    :ok
  catch
    _, _ -> :ok
  end

  def unregister_name({:global, name}) do
    :global.unregister_name(name)
    :ok
  end

  def unregister_name({:via, module, name}) do
    module.unregister_name(name)
    :ok
  end

  def unregister_name(pid) when is_pid(pid), do: :ok

  # ---- Requests -------------------------------------------------------------------------

  @doc "Like `call/4` with five seconds."
  def call(process, label, request), do: call(process, label, request, 5000)

  @doc """
  Sends a request and waits for its reply; returns `{:ok, reply}` or exits.
  """
  def call(process, label, request, timeout)
      when (is_pid(process) and timeout == :infinity) or
             (is_pid(process) and is_integer(timeout) and timeout >= 0) do
    do_call(process, label, request, timeout)
  end

  def call(process, label, request, timeout)
      when timeout == :infinity or (is_integer(timeout) and timeout >= 0) do
    for_process(process, &do_call(&1, label, request, timeout))
  end

  @compile {:inline, do_call: 4}
  defp do_call(process, label, request, timeout) do
    ref = :erlang.monitor(:process, process, alias: :reply_demonitor)
    send(process, {label, {self(), [:alias | ref]}, request})

    receive do
      {[:alias | ^ref], reply} -> {:ok, reply}
      {:DOWN, ^ref, _, _, reason} -> :erlang.exit(down_reason(process, reason))
    after
      timeout ->
        :erlang.demonitor(ref, [:flush])

        receive do
          {[:alias | ^ref], reply} -> {:ok, reply}
        after
          0 -> :erlang.exit(:timeout)
        end
    end
  end

  defp down_reason(process, :noconnection), do: {:nodedown, node_of(process)}
  defp down_reason(_, reason), do: reason

  defp node_of({_, node}), do: node
  defp node_of(pid) when is_pid(pid), do: :erlang.node(pid)
  defp node_of(_), do: :erlang.node()

  @doc "Sends a request and returns its id at once; see `receive_response/2`."
  def send_request(process, label, request) when is_pid(process) do
    do_send_request(process, label, request)
  end

  def send_request(process, label, request) do
    for_process(process, &do_send_request(&1, label, request))
  catch
    # The answer to a request to nobody is an error, not an exit.
    _, _ ->
      ref = make_ref()
      send(self(), {:DOWN, ref, :process, process, :noproc})
      ref
  end

  @doc "Like `send_request/3`; adds the id with `tag` to a collection of ids."
  def send_request(process, label, request, tag, collection) when is_map(collection) do
    :maps.put(send_request(process, label, request), tag, collection)
  end

  defp do_send_request(process, label, request) do
    ref = :erlang.monitor(:process, process, alias: :demonitor)
    send(process, {label, {self(), [:alias | ref]}, request})
    ref
  end

  @doc "Waits for the response to a request; a timeout does not abandon the request."
  def wait_response(ref, timeout) when is_reference(ref) do
    receive do
      {[:alias | ^ref], reply} ->
        :erlang.demonitor(ref, [:flush])
        {:reply, reply}

      {:DOWN, ^ref, _, process, reason} ->
        {:error, {reason, process}}
    after
      timeout_left(timeout) -> :timeout
    end
  end

  @doc "Waits for the response to a request; a timeout abandons it."
  def receive_response(ref, timeout) when is_reference(ref) do
    case wait_response(ref, timeout) do
      :timeout ->
        :erlang.demonitor(ref, [:flush])

        receive do
          {[:alias | ^ref], reply} -> {:reply, reply}
        after
          0 -> :timeout
        end

      response ->
        response
    end
  end

  @doc "Tells whether `message` is the response to the request `ref`."
  def check_response(message, ref) when is_reference(ref) do
    case message do
      {[:alias | ^ref], reply} ->
        :erlang.demonitor(ref, [:flush])
        {:reply, reply}

      {:DOWN, ^ref, _, process, reason} ->
        {:error, {reason, process}}

      _ ->
        :no_reply
    end
  end

  @doc "Waits for any response of a collection; `delete?` takes its id out of the collection."
  def wait_response(collection, timeout, delete?) when is_map(collection),
    do: collection_response(collection, timeout, delete?, false)

  @doc "Like `wait_response/3`, but a timeout abandons all requests of the collection."
  def receive_response(collection, timeout, delete?) when is_map(collection),
    do: collection_response(collection, timeout, delete?, true)

  defp collection_response(collection, _timeout, _delete?, _abandon?)
       when map_size(collection) == 0,
       do: :no_request

  defp collection_response(collection, timeout, delete?, abandon?) do
    receive do
      {[:alias | ref], reply} when is_map_key(collection, ref) ->
        :erlang.demonitor(ref, [:flush])
        collection_result({:reply, reply}, ref, collection, delete?)

      {:DOWN, ref, _, process, reason} when is_map_key(collection, ref) ->
        collection_result({:error, {reason, process}}, ref, collection, delete?)
    after
      timeout_left(timeout) ->
        if abandon? do
          for ref <- :maps.keys(collection) do
            :erlang.demonitor(ref, [:flush])

            receive do
              {[:alias | ^ref], _} -> :ok
            after
              0 -> :ok
            end
          end
        end

        :timeout
    end
  end

  defp collection_result(response, ref, collection, delete?) do
    tag = :maps.get(ref, collection)
    {response, tag, if(delete?, do: :maps.remove(ref, collection), else: collection)}
  end

  @doc "Tells whether `message` is the response to a request of the collection."
  def check_response(message, collection, delete?) when is_map(collection) do
    case message do
      _ when map_size(collection) == 0 ->
        :no_request

      {[:alias | ref], reply} when is_map_key(collection, ref) ->
        :erlang.demonitor(ref, [:flush])
        collection_result({:reply, reply}, ref, collection, delete?)

      {:DOWN, ref, _, process, reason} when is_map_key(collection, ref) ->
        collection_result({:error, {reason, process}}, ref, collection, delete?)

      _ ->
        :no_reply
    end
  end

  @doc "Returns an empty collection of request ids."
  def reqids_new, do: %{}

  @doc "Returns the number of ids in a collection."
  def reqids_size(collection), do: map_size(collection)

  @doc "Adds an id with a tag to a collection."
  def reqids_add(ref, tag, collection) when is_reference(ref), do: :maps.put(ref, tag, collection)

  @doc "Returns a collection as a list of `{id, tag}`."
  def reqids_to_list(collection), do: :maps.to_list(collection)

  defp timeout_left({:abs, time}), do: max(0, time - :erlang.monotonic_time(:millisecond))
  defp timeout_left(timeout), do: timeout

  @doc "Answers a request."
  def reply({_to, [:alias | reply_to] = tag}, reply) do
    send(reply_to, {tag, reply})
    :ok
  end

  def reply({_to, [[:alias | reply_to] | _] = tag}, reply) do
    send(reply_to, {tag, reply})
    :ok
  end

  def reply({to, tag}, reply) do
    send(to, {tag, reply})
    :ok
  catch
    _, _ -> :ok
  end

  @doc "Ends a process with reason `:normal` and waits for it."
  def stop(process), do: stop(process, :normal, :infinity)

  @doc "Ends a process with `reason` and waits for it."
  def stop(process, reason, timeout)
      when timeout == :infinity or (is_integer(timeout) and timeout >= 0) do
    for_process(process, &:proc_lib.stop(&1, reason, timeout))
  end

  defp for_process(pid, fun) when is_pid(pid), do: fun.(pid)

  defp for_process(name, fun) when is_atom(name) do
    case :erlang.whereis(name) do
      pid when is_pid(pid) -> fun.(pid)
      :undefined -> :erlang.exit(:noproc)
    end
  end

  defp for_process({:global, name}, fun) do
    case :global.whereis_name(name) do
      pid when is_pid(pid) -> fun.(pid)
      :undefined -> :erlang.exit(:noproc)
    end
  end

  defp for_process({:via, module, name}, fun) do
    case module.whereis_name(name) do
      pid when is_pid(pid) -> fun.(pid)
      :undefined -> :erlang.exit(:noproc)
    end
  end

  defp for_process({name, node}, fun) when is_atom(name) and node == node() do
    for_process(name, fun)
  end

  defp for_process({name, node} = process, fun) when is_atom(name) and is_atom(node) do
    fun.(process)
  end

  # ---- Debugging ------------------------------------------------------------------------

  @doc "Makes the debug state that the options of a start ask for."
  def debug_options(name, options) do
    case :lists.keyfind(:debug, 1, options) do
      {_, [_ | _] = debug} -> checked_debug(name, debug)
      _ -> []
    end
  end

  defp checked_debug(name, debug) do
    :sys.debug_options(debug)
  catch
    _, _ ->
      :logger.log(:error, ~c"~tp: ignoring erroneous debug options - ~tp~n", [name, debug])
      []
  end

  @doc "Returns the `hibernate_after` option of a start."
  def hibernate_after(options), do: option(:hibernate_after, options, :infinity)

  @doc "Formats the first line of a server's status."
  def format_status_header(tag, name) when is_pid(name),
    do: :lists.flatten([tag, ~c" ", :erlang.pid_to_list(name)])

  def format_status_header(tag, name) when is_atom(name),
    do: :lists.flatten([tag, ~c" ", :erlang.atom_to_list(name)])

  def format_status_header(tag, name), do: {tag, name}
end
