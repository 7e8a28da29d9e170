defmodule :gen_server do
  @moduledoc """
  The generic server: a process that holds a state and serves calls, casts and other
  messages through the callbacks of a module.

  The loop is `loop/7`: it takes one message, runs one callback, and `handle_result/9`
  acts on what the callback returned. Everything a callback raises ends in `terminate/10`.
  """

  @callback init(args :: term) :: term
  @callback handle_call(request :: term, from :: term, state :: term) :: term
  @callback handle_cast(request :: term, state :: term) :: term
  @callback handle_info(msg :: term, state :: term) :: term
  @callback handle_continue(info :: term, state :: term) :: term
  @callback terminate(reason :: term, state :: term) :: term
  @callback code_change(old_version :: term, state :: term, extra :: term) :: term
  @callback format_status(status :: map) :: map
  @callback format_status(option :: atom, status :: list) :: term
  @optional_callbacks handle_info: 2,
                      handle_continue: 2,
                      terminate: 2,
                      code_change: 3,
                      format_status: 1,
                      format_status: 2

  # What a callback that raised is turned into: {@raised, class, reason, stacktrace}.
  @raised :"$gen_server_raised"

  # ---- Client ---------------------------------------------------------------------------

  @doc """
  Starts a server.

      iex> {:ok, pid} = :gen_server.start(Agent.Server, fn -> 1 end, [])
      iex> :gen_server.stop(pid)
      :ok
  """
  def start(mod, args, options) when is_atom(mod) and is_list(options),
    do: :gen.start(:gen_server, :nolink, mod, args, options)

  @doc "Starts a server under a name: `{:local, atom}`, `{:global, term}` or `{:via, module, term}`."
  def start(name, mod, args, options) when is_tuple(name) and is_list(options),
    do: :gen.start(:gen_server, :nolink, name, mod, args, options)

  @doc "Starts a server that is linked to the caller."
  def start_link(mod, args, options) when is_atom(mod) and is_list(options),
    do: :gen.start(:gen_server, :link, mod, args, options)

  @doc """
  Starts a named server that is linked to the caller.

      iex> {:ok, _} = :gen_server.start_link({:local, :gs_doc}, Agent.Server, fn -> 1 end, [])
      iex> :gen_server.call(:gs_doc, {:get, fn n -> n end})
      1
  """
  def start_link(name, mod, args, options) when is_tuple(name) and is_list(options),
    do: :gen.start(:gen_server, :link, name, mod, args, options)

  @doc """
  Starts a server that the caller monitors; returns `{:ok, {pid, ref}}`.

      iex> {:ok, {pid, ref}} = :gen_server.start_monitor(Agent.Server, fn -> 1 end, [])
      iex> is_pid(pid) and is_reference(ref)
      true
  """
  def start_monitor(mod, args, options) when is_atom(mod) and is_list(options),
    do: :gen.start(:gen_server, :monitor, mod, args, options)

  @doc "Starts a named server that the caller monitors."
  def start_monitor(name, mod, args, options) when is_tuple(name) and is_list(options),
    do: :gen.start(:gen_server, :monitor, name, mod, args, options)

  @doc "Stops a server with reason `:normal`."
  def stop(server), do: :gen.stop(server)

  @doc "Stops a server with `reason`, waiting up to `timeout`."
  def stop(server, reason, timeout), do: :gen.stop(server, reason, timeout)

  @doc """
  Makes a call that waits five seconds.

      iex> {:ok, pid} = :gen_server.start(Agent.Server, fn -> 1 end, [])
      iex> :gen_server.call(pid, {:get, fn n -> n + 1 end})
      2
  """
  def call(server, request) do
    case call_result(server, request, 5000) do
      {:ok, reply} -> reply
      {:EXIT, reason} -> :erlang.exit({reason, {:gen_server, :call, [server, request]}})
    end
  end

  @doc "Makes a call: sends the request and waits for the reply, or exits."
  def call(server, request, timeout) do
    case call_result(server, request, timeout) do
      {:ok, reply} -> reply
      {:EXIT, reason} -> :erlang.exit({reason, {:gen_server, :call, [server, request, timeout]}})
    end
  end

  defp call_result(server, request, timeout) do
    if server == self(), do: :erlang.exit(:calling_self)
    :gen.call(server, :"$gen_call", request, timeout)
  catch
    :exit, reason -> {:EXIT, reason}
  end

  @doc """
  Sends a request without waiting; the id goes to `receive_response/2` and its like.

      iex> {:ok, pid} = :gen_server.start(Agent.Server, fn -> 1 end, [])
      iex> id = :gen_server.send_request(pid, {:get, fn n -> n + 1 end})
      iex> :gen_server.receive_response(id, 1000)
      {:reply, 2}
  """
  def send_request(server, request), do: :gen.send_request(server, :"$gen_call", request)

  @doc "Sends a request and adds its id, with a tag, to a collection."
  def send_request(server, request, tag, collection),
    do: :gen.send_request(server, :"$gen_call", request, tag, collection)

  @doc "Waits for a response for ever."
  def wait_response(request_id), do: :gen.wait_response(request_id, :infinity)
  @doc "Waits for a response; after a timeout one may wait again."
  def wait_response(request_id, timeout), do: :gen.wait_response(request_id, timeout)

  @doc "Waits for a response of a collection."
  def wait_response(collection, timeout, delete?),
    do: :gen.wait_response(collection, timeout, delete?)

  @doc "Waits for a response for ever."
  def receive_response(request_id), do: :gen.receive_response(request_id, :infinity)
  @doc "Waits for a response; a timeout abandons the request."
  def receive_response(request_id, timeout), do: :gen.receive_response(request_id, timeout)

  @doc "Waits for a response of a collection; a timeout abandons all of them."
  def receive_response(collection, timeout, delete?),
    do: :gen.receive_response(collection, timeout, delete?)

  @doc "Tells whether a message is a response."
  def check_response(message, request_id), do: :gen.check_response(message, request_id)

  @doc "Tells whether a message is a response to a request of a collection."
  def check_response(message, collection, delete?),
    do: :gen.check_response(message, collection, delete?)

  @doc "Returns an empty collection of request ids."
  def reqids_new, do: :gen.reqids_new()
  @doc "Returns the number of ids in a collection."
  def reqids_size(collection), do: :gen.reqids_size(collection)
  @doc "Adds a request id with a tag to a collection."
  def reqids_add(id, tag, collection), do: :gen.reqids_add(id, tag, collection)
  @doc "Returns a collection as a list of `{id, tag}`."
  def reqids_to_list(collection), do: :gen.reqids_to_list(collection)

  @doc """
  Sends a request that has no reply.

      iex> :gen_server.cast(:nobody, :hi)
      :ok
  """
  def cast({:global, name}, request) do
    :global.send(name, {:"$gen_cast", request})
    :ok
  catch
    _, _ -> :ok
  end

  def cast({:via, module, name}, request) do
    module.send(name, {:"$gen_cast", request})
    :ok
  catch
    _, _ -> :ok
  end

  def cast(server, request) when is_pid(server) do
    send(server, {:"$gen_cast", request})
    :ok
  end

  def cast(server, request) do
    send(server, {:"$gen_cast", request})
    :ok
  catch
    _, _ -> :ok
  end

  @doc "Casts to the server `name` on all nodes."
  def abcast(name, request) when is_atom(name), do: abcast([node() | :erlang.nodes()], name, request)

  @doc "Casts to the server `name` on `nodes`."
  def abcast(nodes, name, request) when is_list(nodes) and is_atom(name) do
    for node <- nodes, do: cast({name, node}, request)
    :abcast
  end

  @doc "Calls the server `name` on all nodes."
  def multi_call(name, request) when is_atom(name),
    do: multi_call([node() | :erlang.nodes()], name, request)

  @doc "Calls the server `name` on `nodes`; returns `{replies, bad_nodes}`."
  def multi_call(nodes, name, request), do: multi_call(nodes, name, request, :infinity)

  def multi_call(nodes, name, request, timeout)
      when is_list(nodes) and is_atom(name) and
             (timeout == :infinity or (is_integer(timeout) and timeout >= 0)) do
    deadline =
      if timeout == :infinity,
        do: :infinity,
        else: {:abs, :erlang.monotonic_time(:millisecond) + timeout}

    requests = for node <- nodes, do: {node, send_request({name, node}, request)}
    collect(requests, deadline, [], [])
  end

  defp collect([], _, replies, bad), do: {:lists.reverse(replies), :lists.reverse(bad)}

  defp collect([{node, id} | rest], deadline, replies, bad) do
    case :gen.receive_response(id, deadline) do
      {:reply, reply} -> collect(rest, deadline, [{node, reply} | replies], bad)
      _ -> collect(rest, deadline, replies, [node | bad])
    end
  end

  @doc "Answers a call; `client` is what `handle_call` was given."
  def reply(client, reply), do: :gen.reply(client, reply)

  # ---- Server ---------------------------------------------------------------------------

  @doc "Turns the calling process, started by `:proc_lib`, into a server."
  def enter_loop(mod, options, state) when is_atom(mod) and is_list(options),
    do: enter_loop(mod, options, state, self(), :infinity)

  def enter_loop(mod, options, state, name)
      when is_tuple(name) and tuple_size(name) > 1 and elem(name, 0) in [:local, :global, :via],
      do: enter_loop(mod, options, state, name, :infinity)

  def enter_loop(mod, options, state, pid) when is_pid(pid),
    do: enter_loop(mod, options, state, pid, :infinity)

  def enter_loop(mod, options, state, action), do: enter_loop(mod, options, state, self(), action)

  def enter_loop(mod, options, state, server_name, action) do
    name = :gen.get_proc_name(server_name)
    debug = :gen.debug_options(name, options)
    act(action, parent(), name, state, mod, :gen.hibernate_after(options), debug)
  end

  defp parent do
    case :erlang.get(:"$ancestors") do
      [parent | _] when is_pid(parent) -> parent
      [parent | _] when is_atom(parent) -> :erlang.whereis(parent)
      _ -> self()
    end
  end

  @doc false
  def init_it(starter, :self, name, mod, args, options),
    do: init_it(starter, self(), name, mod, args, options)

  def init_it(starter, parent, server_name, mod, args, options) do
    name = :gen.get_proc_name(server_name)
    debug = :gen.debug_options(name, options)
    hibernate_after = :gen.hibernate_after(options)

    case init_result(mod, args) do
      {:ok, state} ->
        :proc_lib.init_ack(starter, {:ok, self()})
        loop(parent, name, state, mod, :infinity, hibernate_after, debug)

      {:ok, state, action} ->
        :proc_lib.init_ack(starter, {:ok, self()})
        act(action, parent, name, state, mod, hibernate_after, debug)

      {:stop, reason} ->
        :gen.unregister_name(server_name)
        :proc_lib.init_fail(starter, {:error, reason}, {:exit, reason})

      {:error, _reason} = error ->
        :gen.unregister_name(server_name)
        :proc_lib.init_fail(starter, error, {:exit, :normal})

      :ignore ->
        :gen.unregister_name(server_name)
        :proc_lib.init_fail(starter, :ignore, {:exit, :normal})

      {@raised, class, reason, stacktrace} ->
        :gen.unregister_name(server_name)
        error = {:error, exit_reason(class, reason, stacktrace)}
        :proc_lib.init_fail(starter, error, {class, reason, stacktrace})

      other ->
        :gen.unregister_name(server_name)
        reason = {:bad_return_value, other}
        :proc_lib.init_fail(starter, {:error, reason}, {:exit, reason})
    end
  end

  defp init_result(mod, args) do
    mod.init(args)
  catch
    :throw, result -> result
    class, reason -> {@raised, class, reason, __STACKTRACE__}
  end

  # What comes after a callback: wait for a message, hibernate, or continue at once.
  defp act({:continue, argument} = msg, parent, name, state, mod, hibernate_after, debug) do
    result = continue(mod, argument, state)
    debug = if debug == [], do: [], else: debug(debug, name, msg)
    handle_result(result, parent, name, msg, mod, state, hibernate_after, debug)
  end

  defp act(timeout, parent, name, state, mod, hibernate_after, debug),
    do: loop(parent, name, state, mod, timeout, hibernate_after, debug)

  defp loop(parent, name, state, mod, :infinity, hibernate_after, debug) do
    receive do
      msg -> decode(msg, parent, name, state, mod, :infinity, hibernate_after, debug)
    after
      hibernate_after -> hibernate(parent, name, state, mod, hibernate_after, debug)
    end
  end

  defp loop(parent, name, state, mod, :hibernate, hibernate_after, debug),
    do: hibernate(parent, name, state, mod, hibernate_after, debug)

  defp loop(parent, name, state, mod, timeout, hibernate_after, debug) do
    receive do
      msg -> decode(msg, parent, name, state, mod, timeout, hibernate_after, debug)
    after
      timeout -> decode(:timeout, parent, name, state, mod, timeout, hibernate_after, debug)
    end
  end

  defp hibernate(parent, name, state, mod, hibernate_after, debug) do
    :proc_lib.hibernate(:gen_server, :wake_hib, [parent, name, state, mod, hibernate_after, debug])
  end

  @doc false
  def wake_hib(parent, name, state, mod, hibernate_after, debug) do
    receive do
      msg -> decode(msg, parent, name, state, mod, :hibernate, hibernate_after, debug)
    end
  end

  defp decode({:"$gen_call", from, request} = msg, parent, name, state, mod, _timeout, hibernate_after, []) do
    case call(mod, request, from, state) do
      {:reply, reply, state} ->
        # What nearly every call comes to, so written out: `:gen.reply/2` and no debugging.
        case from do
          {_, [:alias | reply_to] = tag} -> send(reply_to, {tag, reply})
          _ -> :gen.reply(from, reply)
        end

        loop(parent, name, state, mod, :infinity, hibernate_after, [])

      {:noreply, state} ->
        loop(parent, name, state, mod, :infinity, hibernate_after, [])

      result ->
        handle_call_result(result, from, msg, parent, name, state, mod, hibernate_after, [])
    end
  end

  defp decode({:"$gen_call", from, request} = msg, parent, name, state, mod, _timeout, hibernate_after, debug) do
    debug = debug(debug, name, {:in, msg})
    result = call(mod, request, from, state)
    handle_call_result(result, from, msg, parent, name, state, mod, hibernate_after, debug)
  end

  defp decode({:system, from, request}, parent, name, state, mod, timeout, hibernate_after, debug) do
    :sys.handle_system_msg(
      request,
      from,
      parent,
      :gen_server,
      debug,
      [name, state, mod, timeout, hibernate_after],
      timeout == :hibernate
    )
  end

  defp decode({:EXIT, parent, reason} = msg, parent, name, state, mod, _, _hibernate_after, debug) do
    terminate(:exit, reason, [], reason, name, :undefined, msg, mod, state, debug)
  end

  defp decode(msg, parent, name, state, mod, _timeout, hibernate_after, debug) do
    debug = if debug == [], do: [], else: debug(debug, name, {:in, msg})

    result =
      case msg do
        {:"$gen_cast", request} -> cast(mod, request, state)
        _ -> info(mod, msg, state)
      end

    handle_result(result, parent, name, msg, mod, state, hibernate_after, debug)
  end

  # Each callback has its own small `try`; a thrown value counts as returned.
  defp call(mod, request, from, state) do
    mod.handle_call(request, from, state)
  catch
    :throw, result -> result
    class, reason -> {@raised, class, reason, __STACKTRACE__}
  end

  defp cast(mod, request, state) do
    mod.handle_cast(request, state)
  catch
    :throw, result -> result
    class, reason -> {@raised, class, reason, __STACKTRACE__}
  end

  defp continue(mod, argument, state) do
    mod.handle_continue(argument, state)
  catch
    :throw, result -> result
    class, reason -> {@raised, class, reason, __STACKTRACE__}
  end

  defp info(mod, msg, state) do
    mod.handle_info(msg, state)
  catch
    :throw, result ->
      result

    :error, :undef ->
      stacktrace = __STACKTRACE__

      case stacktrace do
        [{^mod, :handle_info, [^msg, ^state], _} | _] ->
          if :erlang.function_exported(mod, :handle_info, 2) do
            {@raised, :error, :undef, stacktrace}
          else
            report_no_handle_info(mod, msg)
            {:noreply, state}
          end

        _ ->
          {@raised, :error, :undef, stacktrace}
      end

    class, reason ->
      {@raised, class, reason, __STACKTRACE__}
  end

  defp report_no_handle_info(mod, msg) do
    :logger.log(
      :warning,
      %{label: {:gen_server, :no_handle_info}, module: mod, message: msg},
      %{
        domain: [:otp],
        report_cb: &:gen_server.format_log/2,
        error_logger: %{tag: :warning_msg, report_cb: &:gen_server.format_log/1}
      }
    )
  end

  defp handle_call_result(result, from, msg, parent, name, state, mod, hibernate_after, debug) do
    case result do
      {:reply, reply, new_state} ->
        debug = answer(debug, name, from, reply, new_state)
        loop(parent, name, new_state, mod, :infinity, hibernate_after, debug)

      {:reply, reply, new_state, action} ->
        debug = answer(debug, name, from, reply, new_state)
        act(action, parent, name, new_state, mod, hibernate_after, debug)

      {:stop, reason, reply, new_state} ->
        try do
          terminate(:exit, reason, [], reason, name, from, msg, mod, new_state, debug)
        after
          answer(debug, name, from, reply, new_state)
        end

      other ->
        handle_result(other, parent, name, msg, mod, state, hibernate_after, debug)
    end
  end

  defp answer([], _name, from, reply, _state) do
    :gen.reply(from, reply)
    []
  end

  defp answer(debug, name, {to, _} = from, reply, state) do
    :gen.reply(from, reply)
    debug(debug, name, {:out, reply, to, state})
  end

  defp handle_result(result, parent, name, msg, mod, state, hibernate_after, debug) do
    case result do
      {:noreply, new_state} ->
        debug = if debug == [], do: [], else: debug(debug, name, {:noreply, new_state})
        loop(parent, name, new_state, mod, :infinity, hibernate_after, debug)

      {:noreply, new_state, action} ->
        debug = if debug == [], do: [], else: debug(debug, name, {:noreply, new_state})
        act(action, parent, name, new_state, mod, hibernate_after, debug)

      {:stop, reason, new_state} ->
        terminate(:exit, reason, [], reason, name, client(msg), msg, mod, new_state, debug)

      {@raised, class, reason, stacktrace} ->
        report_reason = {reason, stacktrace}
        terminate(class, reason, stacktrace, report_reason, name, client(msg), msg, mod, state, debug)

      other ->
        reason = {:bad_return_value, other}
        terminate(:exit, reason, [], reason, name, client(msg), msg, mod, state, debug)
    end
  end

  defp client({:"$gen_call", from, _}), do: from
  defp client(_), do: :undefined

  defp debug(debug, name, event), do: :sys.handle_debug(debug, &print_event/3, name, event)

  # ---- System messages ------------------------------------------------------------------

  @doc false
  def system_continue(parent, debug, [name, state, mod, timeout, hibernate_after]) do
    loop(parent, name, state, mod, timeout, hibernate_after, debug)
  end

  @doc false
  def system_terminate(reason, _parent, debug, [name, state, mod | _]) do
    terminate(:exit, reason, [], reason, name, :undefined, [], mod, state, debug)
  end

  @doc false
  def system_code_change([name, state, mod | rest], _module, old_version, extra) do
    case mod.code_change(old_version, state, extra) do
      {:ok, new_state} -> {:ok, [name, new_state, mod | rest]}
      other -> other
    end
  catch
    :throw, {:ok, new_state} -> {:ok, [name, new_state, mod | rest]}
    :throw, other -> other
  end

  @doc false
  def system_get_state([_name, state | _]), do: {:ok, state}

  @doc false
  def system_replace_state(fun, [name, state | rest]) do
    new_state = fun.(state)
    {:ok, new_state, [name, new_state | rest]}
  end

  @doc false
  def format_status(_option, [dictionary, system_state, parent, debug, [name, state, mod | _]]) do
    header = :gen.format_status_header(~c"Status for generic server", name)

    case status(mod, :normal, dictionary, %{state: state, log: :sys.get_log(debug)}) do
      {:legacy, specific} ->
        specific = if is_list(specific), do: specific, else: [specific]
        [{:header, header}, {:data, general(system_state, parent, :sys.get_log(debug))} | specific]

      {:ok, status} ->
        [
          {:header, header},
          {:data, general(system_state, parent, status.log)},
          {:data, [{~c"State", status.state}]}
        ]
    end
  end

  defp general(system_state, parent, log),
    do: [{~c"Status", system_state}, {~c"Parent", parent}, {~c"Logged events", log}]

  # The callback module may hide parts of the status: `format_status/1`, or `/2` in old code.
  defp status(mod, option, dictionary, %{state: state} = status) do
    cond do
      :erlang.function_exported(mod, :format_status, 1) ->
        try do
          new = mod.format_status(status)
          if is_map(new) and :maps.is_key(:state, new), do: {:ok, new}, else: {:ok, status}
        catch
          _, _ -> {:ok, %{status | state: failed_format(mod, 1)}}
        end

      :erlang.function_exported(mod, :format_status, 2) ->
        try do
          formatted = mod.format_status(option, [dictionary, state])
          if option == :terminate, do: {:ok, %{status | state: formatted}}, else: {:legacy, formatted}
        catch
          _, _ ->
            if option == :terminate,
              do: {:ok, status},
              else: {:legacy, {:data, [{~c"State", failed_format(mod, 2)}]}}
        end

      true ->
        {:ok, status}
    end
  end

  defp failed_format(mod, arity), do: inspect(mod) <> ".format_status/#{arity} crashed"

  # ---- The end --------------------------------------------------------------------------

  defp terminate(class, reason, stacktrace, report_reason, name, from, msg, mod, state, debug) do
    case call_terminate(mod, exit_reason(class, reason, stacktrace), state) do
      {@raised, failed_class, failed_reason, failed_stacktrace} ->
        report({failed_reason, failed_stacktrace}, name, from, msg, mod, state, debug)
        :erlang.raise(failed_class, failed_reason, failed_stacktrace)

      _ ->
        if not (class == :exit and quiet?(reason)),
          do: report(report_reason, name, from, msg, mod, state, debug)
    end

    case stacktrace do
      [] -> :erlang.exit(reason)
      _ -> :erlang.raise(class, reason, stacktrace)
    end
  end

  defp exit_reason(:error, reason, stacktrace), do: {reason, stacktrace}
  defp exit_reason(:exit, reason, _), do: reason
  defp exit_reason(:throw, reason, stacktrace), do: {{:nocatch, reason}, stacktrace}

  defp call_terminate(mod, reason, state) do
    if :erlang.function_exported(mod, :terminate, 2) do
      try do
        mod.terminate(reason, state)
      catch
        :throw, result -> result
        class, reason -> {@raised, class, reason, __STACKTRACE__}
      end
    end
  end

  defp quiet?(:normal), do: true
  defp quiet?(:shutdown), do: true
  defp quiet?({:shutdown, _}), do: true
  defp quiet?(_), do: false

  defp report(reason, name, from, msg, mod, state, debug) do
    last_message =
      case msg do
        {:"$gen_call", _from, request} -> request
        other -> other
      end

    initial = %{state: state, message: last_message, reason: reason, log: :sys.get_log(debug)}
    {:ok, status} = status(mod, :terminate, :erlang.get(), initial)

    :logger.log(
      :error,
      %{
        label: {:gen_server, :terminate},
        name: name,
        last_message: :maps.get(:message, status, last_message),
        state: status.state,
        log: :maps.get(:log, status, []),
        reason: :maps.get(:reason, status, reason),
        client_info: client_info(from),
        process_label: :proc_lib.get_label(self())
      },
      %{
        domain: [:otp],
        report_cb: &:gen_server.format_log/2,
        error_logger: %{tag: :error, report_cb: &:gen_server.format_log/1}
      }
    )
  end

  defp client_info({pid, _tag}) when is_pid(pid) do
    cond do
      :erlang.node(pid) != node() ->
        {pid, :remote}

      true ->
        case :erlang.process_info(pid, [:current_stacktrace, :registered_name]) do
          :undefined -> {pid, :dead}
          [{_, stacktrace}, {_, name}] when is_atom(name) -> {pid, {name, stacktrace}}
          [{_, stacktrace}, _] -> {pid, {pid, stacktrace}}
        end
    end
  end

  defp client_info(_), do: :undefined

  defp print_event(device, event, name) do
    case event do
      {:in, {:"$gen_call", {from, _}, request}} ->
        :io.format(device, ~c"*DBG* ~tp got call ~tp from ~tw~n", [name, request, from])

      {:in, {:"$gen_cast", request}} ->
        :io.format(device, ~c"*DBG* ~tp got cast ~tp~n", [name, request])

      {:in, msg} ->
        :io.format(device, ~c"*DBG* ~tp got ~tp~n", [name, msg])

      {:out, msg, to, state} ->
        :io.format(device, ~c"*DBG* ~tp sent ~tp to ~tw, new state ~tp~n", [name, msg, to, state])

      {:noreply, state} ->
        :io.format(device, ~c"*DBG* ~tp new state ~tp~n", [name, state])

      _ ->
        :io.format(device, ~c"*DBG* ~tp dbg  ~tp~n", [name, event])
    end
  end

  @doc false
  def format_log(report), do: format_log(report, %{})

  @doc false
  def format_log(%{label: {:gen_server, :terminate}} = report, _config) do
    :io_lib.format(
      ~c"** Generic server ~tp terminating~n** Last message in was ~tp~n** When Server state == ~tp~n** Reason for termination ==~n** ~tp~n",
      [report.name, report.last_message, report.state, report.reason]
    )
  end

  def format_log(%{label: {:gen_server, :no_handle_info}, module: mod, message: msg}, _config) do
    :io_lib.format(~c"** Undefined handle_info in ~tp~n** Unhandled message: ~tp~n", [mod, msg])
  end
end
