defmodule :gen_event do
  @moduledoc """
  The event manager: a process with any number of handlers, modules that each get every event.

  A handler is a map `%{module, id, state, supervised}`; it is known as `module` or `{module, id}`.
  """

  @callback init(args :: term) :: term
  @callback handle_event(event :: term, state :: term) :: term
  @callback handle_call(request :: term, state :: term) :: term
  @callback handle_info(msg :: term, state :: term) :: term
  @callback terminate(args :: term, state :: term) :: term
  @callback code_change(old_version :: term, state :: term, extra :: term) :: term
  @callback format_status(status :: map) :: map
  @optional_callbacks handle_info: 2, terminate: 2, code_change: 3, format_status: 1

  @raised :"$gen_event_raised"

  # ---- Client ---------------------------------------------------------------------------

  @doc "Starts a manager."
  def start, do: start([])
  def start(options) when is_list(options), do: :gen.start(:gen_event, :nolink, :gen_event, [], options)
  def start(name) when is_tuple(name), do: start(name, [])
  def start(name, options), do: :gen.start(:gen_event, :nolink, name, :gen_event, [], options)

  @doc "Starts a manager that is linked to the caller."
  def start_link, do: start_link([])
  def start_link(options) when is_list(options), do: :gen.start(:gen_event, :link, :gen_event, [], options)
  def start_link(name) when is_tuple(name), do: start_link(name, [])
  def start_link(name, options), do: :gen.start(:gen_event, :link, name, :gen_event, [], options)

  @doc "Starts a manager that the caller monitors."
  def start_monitor, do: start_monitor([])

  def start_monitor(options) when is_list(options),
    do: :gen.start(:gen_event, :monitor, :gen_event, [], options)

  def start_monitor(name) when is_tuple(name), do: start_monitor(name, [])
  def start_monitor(name, options), do: :gen.start(:gen_event, :monitor, name, :gen_event, [], options)

  @doc "Stops a manager; its handlers are called with `:stop`."
  def stop(manager), do: :gen.stop(manager)
  def stop(manager, reason, timeout), do: :gen.stop(manager, reason, timeout)

  @doc "Sends an event to all handlers without waiting."
  def notify(manager, event), do: send_to(manager, {:notify, event})

  @doc "Sends an event to all handlers and waits until they are done."
  def sync_notify(manager, event), do: rpc(manager, {:sync_notify, event})

  @doc "Adds a handler; `args` go to its `init/1`."
  def add_handler(manager, handler, args), do: rpc(manager, {:add_handler, handler, args})

  @doc "Like `add_handler/3`; the handler goes when the caller ends, and the caller is told when the handler goes."
  def add_sup_handler(manager, handler, args), do: rpc(manager, {:add_sup_handler, handler, args, self()})

  @doc "Deletes a handler; returns what its `terminate/2` gives."
  def delete_handler(manager, handler, args), do: rpc(manager, {:delete_handler, handler, args})

  @doc "Replaces a handler by another, whose `init/1` gets `{args, result_of_terminate}`."
  def swap_handler(manager, {old, old_args}, {new, new_args}),
    do: rpc(manager, {:swap_handler, old, old_args, new, new_args})

  @doc "Like `swap_handler/3`, supervised by the caller."
  def swap_sup_handler(manager, {old, old_args}, {new, new_args}),
    do: rpc(manager, {:swap_sup_handler, old, old_args, new, new_args, self()})

  @doc "Returns the handlers."
  def which_handlers(manager), do: rpc(manager, :which_handlers)

  @doc "Calls a handler and waits for its reply."
  def call(manager, handler, request), do: rpc(manager, {:call, handler, request}, 5000)
  def call(manager, handler, request, timeout), do: rpc(manager, {:call, handler, request}, timeout)

  @doc """
  Sends a request to a handler without waiting; the id goes to `receive_response/2` and its like.

      iex> {:ok, manager} = :gen_event.start_link()
      iex> id = :gen_event.send_request(manager, :no_handler, :request)
      iex> :gen_event.receive_response(id, 1000)
      {:reply, {:error, :bad_module}}
  """
  def send_request(manager, handler, request), do: :gen.send_request(manager, self(), {:call, handler, request})

  @doc "Sends a request and adds its id, with a tag, to a collection."
  def send_request(manager, handler, request, tag, collection),
    do: :gen.send_request(manager, self(), {:call, handler, request}, tag, collection)

  @doc "Waits for a response for ever."
  def wait_response(id), do: :gen.wait_response(id, :infinity)
  @doc "Waits for a response; after a timeout one may wait again."
  def wait_response(id, timeout), do: :gen.wait_response(id, timeout)
  @doc "Waits for a response of a collection."
  def wait_response(collection, timeout, delete?), do: :gen.wait_response(collection, timeout, delete?)

  @doc "Waits for a response for ever."
  def receive_response(id), do: :gen.receive_response(id, :infinity)
  @doc "Waits for a response; a timeout abandons the request."
  def receive_response(id, timeout), do: :gen.receive_response(id, timeout)
  @doc "Waits for a response of a collection; a timeout abandons all of them."
  def receive_response(collection, timeout, delete?), do: :gen.receive_response(collection, timeout, delete?)

  @doc "Tells whether a message is a response."
  def check_response(message, id), do: :gen.check_response(message, id)
  @doc "Tells whether a message is a response to a request of a collection."
  def check_response(message, collection, delete?), do: :gen.check_response(message, collection, delete?)

  @doc "Returns an empty collection of request ids."
  def reqids_new, do: :gen.reqids_new()
  @doc "Returns the number of ids in a collection."
  def reqids_size(collection), do: :gen.reqids_size(collection)
  @doc "Adds a request id with a tag to a collection."
  def reqids_add(id, tag, collection), do: :gen.reqids_add(id, tag, collection)
  @doc "Returns a collection as a list of `{id, tag}`."
  def reqids_to_list(collection), do: :gen.reqids_to_list(collection)

  defp rpc(manager, request), do: rpc(manager, request, :infinity)

  defp rpc(manager, request, timeout) do
    # The one manager that is there from the start: it is started when it is first spoken to.
    if manager == :erl_signal_server, do: :erl_signal_server.ensure_started()
    {:ok, reply} = :gen.call(manager, self(), request, timeout)
    reply
  end

  defp send_to({:global, name}, message) do
    :global.send(name, message)
    :ok
  catch
    _, _ -> :ok
  end

  defp send_to({:via, module, name}, message) do
    module.send(name, message)
    :ok
  catch
    _, _ -> :ok
  end

  defp send_to(manager, message) do
    send(manager, message)
    :ok
  end

  # ---- Server ---------------------------------------------------------------------------

  @doc false
  def init_it(starter, :self, name, mod, args, options),
    do: init_it(starter, self(), name, mod, args, options)

  def init_it(starter, parent, server_name, _mod, _args, options) do
    # Handlers that are supervised tell by exits.
    :erlang.process_flag(:trap_exit, true)
    name = :gen.get_proc_name(server_name)
    debug = :gen.debug_options(name, options)
    :proc_lib.init_ack(starter, {:ok, self()})

    loop(
      %{
        parent: parent,
        name: name,
        handlers: [],
        hibernate_after: :gen.hibernate_after(options),
        debug: debug
      },
      false
    )
  end

  defp loop(s, true), do: :proc_lib.hibernate(:gen_event, :wake_hib, [s])

  defp loop(s, false) do
    receive do
      message -> message(message, s)
    after
      s.hibernate_after -> loop(s, true)
    end
  end

  @doc false
  def wake_hib(s) do
    receive do
      message -> message(message, s)
    end
  end

  defp message({:system, from, request}, s),
    do: :sys.handle_system_msg(request, from, s.parent, :gen_event, s.debug, s, false)

  defp message({:EXIT, parent, reason}, %{parent: parent} = s), do: terminate_server(reason, s)

  defp message(message, s) do
    s =
      if s.debug == [],
        do: s,
        else: %{s | debug: :sys.handle_debug(s.debug, &print_event/3, s.name, {:in, message})}

    case message do
      {:notify, event} ->
        {hibernate?, s} = notify_all(:handle_event, event, s)
        loop(s, hibernate?)

      {pid, from, request} when is_pid(pid) and is_tuple(from) ->
        request(request, from, s)

      {:EXIT, pid, reason} ->
        handler_exited(pid, reason, s)

      info ->
        {hibernate?, s} = notify_all(:handle_info, info, s)
        loop(s, hibernate?)
    end
  end

  defp request({:sync_notify, event}, from, s) do
    {hibernate?, s} = notify_all(:handle_event, event, s)
    :gen.reply(from, :ok)
    loop(s, hibernate?)
  end

  defp request({:add_handler, handler, args}, from, s), do: answer(from, add(handler, args, nil, s))

  defp request({:add_sup_handler, handler, args, parent}, from, s),
    do: answer(from, add(handler, args, parent, s))

  defp request({:delete_handler, handler, args}, from, s) do
    case find(handler, s) do
      nil ->
        answer(from, {:error, :module_not_found}, s)

      found ->
        {result, s} = terminate_handler(found, args, s, :delete)
        answer(from, result, s)
    end
  end

  defp request({:swap_handler, old, old_args, new, new_args}, from, s),
    do: answer(from, swap(old, old_args, new, new_args, nil, s))

  defp request({:swap_sup_handler, old, old_args, new, new_args, parent}, from, s),
    do: answer(from, swap(old, old_args, new, new_args, parent, s))

  defp request(:which_handlers, from, s), do: answer(from, for(handler <- s.handlers, do: id(handler)), s)

  defp request({:call, id, request}, from, s) do
    case find(id, s) do
      nil -> answer(from, {:error, :bad_module}, s)
      handler -> call_handler(handler, request, from, s)
    end
  end

  defp request(_other, from, s), do: answer(from, {:error, :bad_request}, s)

  defp answer(from, {reply, s}), do: answer(from, reply, s)
  defp answer(from, {hibernate?, reply, s}), do: answer(from, reply, s, hibernate?)
  defp answer(from, reply, s), do: answer(from, reply, s, false)

  defp answer(from, reply, s, hibernate?) do
    :gen.reply(from, reply)
    loop(s, hibernate?)
  end

  # ---- Handlers -------------------------------------------------------------------------

  defp id(%{module: module, id: nil}), do: module
  defp id(%{module: module, id: {:id, id}}), do: {module, id}

  defp new({module, id}, parent), do: %{module: module, id: {:id, id}, state: nil, supervised: parent}
  defp new(module, parent), do: %{module: module, id: nil, state: nil, supervised: parent}

  defp find(id, %{handlers: handlers}), do: find_in(id, handlers)

  defp find_in(wanted, [handler | rest]),
    do: if(id(handler) == wanted, do: handler, else: find_in(wanted, rest))

  defp find_in(_wanted, []), do: nil

  defp add(id, args, parent, s) do
    handler = new(id, parent)

    if find(id, s) do
      {false, {:error, {:already_added, id}}, s}
    else
      if parent, do: :erlang.link(parent)

      case safely(handler.module, :init, [args]) do
        {:ok, state} -> {false, :ok, put_new(%{handler | state: state}, s)}
        {:ok, state, :hibernate} -> {true, :ok, put_new(%{handler | state: state}, s)}
        {@raised, class, reason, stacktrace} -> {false, {:EXIT, exit_reason(class, reason, stacktrace)}, s}
        other -> {false, other, s}
      end
    end
  end

  defp put_new(handler, s), do: %{s | handlers: [handler | s.handlers]}

  defp replace(new, s),
    do: %{s | handlers: for(handler <- s.handlers, do: if(id(handler) == id(new), do: new, else: handler))}

  defp delete(old, s), do: %{s | handlers: for(handler <- s.handlers, id(handler) != id(old), do: handler)}

  defp notify_all(function, event, s) do
    :lists.foldl(
      fn handler, {hibernate?, s} ->
        {again?, s} = notify_one(handler, function, event, s)
        {hibernate? or again?, s}
      end,
      {false, s},
      s.handlers
    )
  end

  defp notify_one(handler, function, event, s) do
    if function == :handle_info and not :erlang.function_exported(handler.module, :handle_info, 2) do
      report_no_handle_info(handler.module, event)
      {false, s}
    else
      case safely(handler.module, function, [event, handler.state]) do
        {:ok, state} ->
          {false, replace(%{handler | state: state}, s)}

        {:ok, state, :hibernate} ->
          {true, replace(%{handler | state: state}, s)}

        {:swap_handler, args, state, new, new_args} ->
          {hibernate?, _, s} =
            swap_found(
              %{handler | state: state},
              args,
              new,
              new_args,
              handler.supervised,
              replace(%{handler | state: state}, s)
            )

          {hibernate?, s}

        :remove_handler ->
          {_, s} = terminate_handler(handler, :remove_handler, s, :remove)
          {false, s}

        other ->
          {false, failed(handler, other, event, s)}
      end
    end
  end

  defp call_handler(handler, request, from, s) do
    case safely(handler.module, :handle_call, [request, handler.state]) do
      {:ok, reply, state} ->
        answer(from, reply, replace(%{handler | state: state}, s))

      {:ok, reply, state, :hibernate} ->
        answer(from, reply, replace(%{handler | state: state}, s), true)

      {:swap_handler, reply, args, state, new, new_args} ->
        handler = %{handler | state: state}
        {hibernate?, _, s} = swap_found(handler, args, new, new_args, handler.supervised, replace(handler, s))
        answer(from, reply, s, hibernate?)

      {:remove_handler, reply} ->
        {_, s} = terminate_handler(handler, :remove_handler, s, :remove)
        answer(from, reply, s)

      other ->
        s = failed(handler, other, request, s)
        answer(from, {:error, failure(other)}, s)
    end
  end

  defp failure({@raised, class, reason, stacktrace}), do: {:EXIT, exit_reason(class, reason, stacktrace)}
  defp failure(other), do: {:bad_return_value, other}

  # A handler that crashed or returned nonsense is removed; the others go on.
  defp failed(handler, result, last, s) do
    reason = failure(result)

    why =
      case reason do
        {:EXIT, exit} -> {:error, {:EXIT, exit}}
        bad -> {:error, bad}
      end

    {_, s} = terminate_handler(handler, why, s, {:failed, reason, last})
    s
  end

  defp swap(old, old_args, new, new_args, parent, s) do
    case find(old, s) do
      nil ->
        add(new, {new_args, :error}, parent, s)

      handler ->
        swap_found(handler, old_args, new, new_args, parent, s)
    end
  end

  defp swap_found(handler, args, new, new_args, parent, s) do
    {result, s} = terminate_handler(handler, args, s, {:swapped, new, parent})

    case add(new, {new_args, result}, parent, s) do
      {hibernate?, :ok, s} -> {hibernate?, :ok, s}
      {hibernate?, other, s} -> {hibernate?, {:error, other}, s}
    end
  end

  defp terminate_handler(handler, args, s, how) do
    result =
      if :erlang.function_exported(handler.module, :terminate, 2) do
        case safely(handler.module, :terminate, [args, handler.state]) do
          {@raised, class, reason, stacktrace} -> {:EXIT, exit_reason(class, reason, stacktrace)}
          result -> result
        end
      else
        :ok
      end

    s = delete(handler, s)
    tell_supervisor(handler, how, s)
    report_handler(handler, how, s)
    {result, s}
  end

  defp tell_supervisor(%{supervised: nil}, _how, _s), do: :ok

  defp tell_supervisor(%{supervised: pid} = handler, how, s) do
    reason =
      case how do
        :delete -> :normal
        :remove -> :normal
        {:swapped, new, parent} -> {:swapped, new, parent}
        {:failed, reason, _} -> reason
        {:exit, reason} -> reason
      end

    send(pid, {:gen_event_EXIT, id(handler), reason})
    if not :lists.any(&(&1.supervised == pid), s.handlers), do: :erlang.unlink(pid)
    :ok
  end

  defp report_handler(handler, {:failed, reason, last}, s), do: report(handler, reason, last, s)
  defp report_handler(_handler, _how, _s), do: :ok

  defp handler_exited(pid, reason, s) do
    case for handler <- s.handlers, handler.supervised == pid, do: handler do
      [] ->
        {hibernate?, s} = notify_all(:handle_info, {:EXIT, pid, reason}, s)
        loop(s, hibernate?)

      handlers ->
        s =
          :lists.foldl(
            fn handler, s ->
              {_, s} = terminate_handler(%{handler | supervised: nil}, {:stop, reason}, s, :remove)
              s
            end,
            s,
            handlers
          )

        loop(s, false)
    end
  end

  defp safely(module, function, args) do
    apply(module, function, args)
  catch
    :throw, result -> result
    class, reason -> {@raised, class, reason, __STACKTRACE__}
  end

  defp exit_reason(:error, reason, stacktrace), do: {reason, stacktrace}
  defp exit_reason(:exit, reason, _), do: reason

  defp terminate_server(reason, s) do
    for handler <- s.handlers, do: terminate_handler(handler, :stop, s, {:exit, :shutdown})
    :erlang.exit(reason)
  end

  # ---- System messages and reports ------------------------------------------------------

  @doc false
  def system_continue(_parent, debug, s), do: loop(%{s | debug: debug}, false)

  @doc false
  def system_terminate(reason, _parent, _debug, s), do: terminate_server(reason, s)

  @doc false
  def system_code_change(s, module, old_version, extra) do
    handlers =
      for handler <- s.handlers do
        if handler.module == module do
          {:ok, state} = module.code_change(old_version, handler.state, extra)
          %{handler | state: state}
        else
          handler
        end
      end

    {:ok, %{s | handlers: handlers}}
  end

  @doc false
  def system_get_state(s) do
    {:ok, for(handler <- s.handlers, do: {handler.module, handler_id(handler), handler.state})}
  end

  @doc false
  def system_replace_state(fun, s) do
    handlers =
      for handler <- s.handlers do
        {_, _, state} = fun.({handler.module, handler_id(handler), handler.state})
        %{handler | state: state}
      end

    s = %{s | handlers: handlers}
    {:ok, states} = system_get_state(s)
    {:ok, states, s}
  end

  defp handler_id(%{id: nil}), do: false
  defp handler_id(%{id: {:id, id}}), do: id

  @doc false
  def format_status(_option, [_dictionary, system_state, parent, _debug, s]) do
    [
      {:header, :gen.format_status_header(~c"Status for event handler", s.name)},
      {:data, [{~c"Status", system_state}, {~c"Parent", parent}]},
      {:items, {~c"Installed handlers", for(handler <- s.handlers, do: {id(handler), handler.state})}}
    ]
  end

  defp print_event(device, {:in, message}, name),
    do: :io.format(device, ~c"*DBG* ~tp got ~tp~n", [name, message])

  defp print_event(device, event, name), do: :io.format(device, ~c"*DBG* ~tp dbg  ~tp~n", [name, event])

  defp report(handler, reason, last, s) do
    :logger.log(
      :error,
      %{
        label: {:gen_event, :terminate},
        handler: id(handler),
        name: s.name,
        last_message: last,
        state: handler.state,
        log: [],
        reason: reason,
        process_label: :proc_lib.get_label(self())
      },
      %{
        domain: [:otp],
        report_cb: &:gen_event.format_log/2,
        error_logger: %{tag: :error, report_cb: &:gen_event.format_log/1}
      }
    )
  end

  defp report_no_handle_info(module, message) do
    :logger.log(:warning, %{label: {:gen_event, :no_handle_info}, module: module, message: message}, %{
      domain: [:otp],
      report_cb: &:gen_event.format_log/2,
      error_logger: %{tag: :warning_msg, report_cb: &:gen_event.format_log/1}
    })
  end

  @doc false
  def format_log(report), do: format_log(report, %{})

  @doc false
  def format_log(%{label: {:gen_event, :terminate}} = report, _config) do
    :io_lib.format(
      ~c"** gen_event handler ~tp crashed.~n** Was installed in ~tp~n** Last event was: ~tp~n** When handler state == ~tp~n** Reason == ~tp~n",
      [report.handler, report.name, report.last_message, report.state, report.reason]
    )
  end

  def format_log(%{label: {:gen_event, :no_handle_info}, module: module, message: message}, _config),
    do: :io_lib.format(~c"** Undefined handle_info in ~tp~n** Unhandled message: ~tp~n", [module, message])
end
