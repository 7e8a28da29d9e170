defmodule :gen_statem do
  @moduledoc """
  The generic state machine: a process with a state, data, and events that a callback module handles.

  The engine's state is a map `s`:

    * `state`, `data`, `module`, `modules` (the stack under `module`), `mode`, `enter?`
    * `postponed` - events to try again after a state change, newest first
    * `timers` - from a timeout's type to `{timer, content}`
    * `zero` - timeouts of zero time, in order; they come after all queued events

  `event/4` runs the callback for one event and applies what it returned, `transition/6` moves on to the
  next state (and runs state enter calls), and `next/2` takes the next event: queued first, then a zero
  timeout, then a message.
  """

  @callback init(args :: term) :: term
  @callback callback_mode() :: term
  @callback handle_event(type :: term, content :: term, state :: term, data :: term) :: term
  @callback terminate(reason :: term, state :: term, data :: term) :: term
  @callback code_change(old_version :: term, state :: term, data :: term, extra :: term) :: term
  @callback format_status(status :: map) :: map
  @callback format_status(option :: atom, status :: list) :: term
  @optional_callbacks handle_event: 4,
                      terminate: 3,
                      code_change: 4,
                      format_status: 1,
                      format_status: 2

  @raised :"$gen_statem_raised"

  # ---- Client ---------------------------------------------------------------------------

  @doc "Starts a state machine."
  def start(module, args, options) when is_atom(module),
    do: :gen.start(:gen_statem, :nolink, module, args, options)

  @doc "Starts a named state machine."
  def start(name, module, args, options), do: :gen.start(:gen_statem, :nolink, name, module, args, options)

  @doc "Starts a state machine that is linked to the caller."
  def start_link(module, args, options) when is_atom(module),
    do: :gen.start(:gen_statem, :link, module, args, options)

  @doc "Starts a named state machine that is linked to the caller."
  def start_link(name, module, args, options), do: :gen.start(:gen_statem, :link, name, module, args, options)

  @doc "Starts a state machine that the caller monitors."
  def start_monitor(module, args, options) when is_atom(module),
    do: :gen.start(:gen_statem, :monitor, module, args, options)

  @doc "Starts a named state machine that the caller monitors."
  def start_monitor(name, module, args, options),
    do: :gen.start(:gen_statem, :monitor, name, module, args, options)

  @doc "Stops a state machine with reason `:normal`."
  def stop(server), do: :gen.stop(server)
  @doc "Stops a state machine."
  def stop(server, reason, timeout), do: :gen.stop(server, reason, timeout)

  @doc "Sends an event of type `:cast`."
  def cast(server, message), do: :gen_server.cast(server, message)

  @doc "Makes a call and waits for ever."
  def call(server, request), do: call(server, request, :infinity)

  @doc "Makes a call: an event of type `{:call, from}`, which is answered by a `:reply` action or `reply/2`."
  def call(server, request, {kind, timeout}) when kind in [:clean_timeout, :dirty_timeout],
    do: call(server, request, timeout)

  def call(server, request, timeout) do
    case call_result(server, request, timeout) do
      {:ok, reply} -> reply
      {:EXIT, reason} -> :erlang.exit({reason, {:gen_statem, :call, [server, request, timeout]}})
    end
  end

  defp call_result(server, request, timeout) do
    if server == self(), do: :erlang.exit(:calling_self)
    :gen.call(server, :"$gen_call", request, timeout)
  catch
    :exit, reason -> {:EXIT, reason}
  end

  @doc "Sends a request without waiting."
  def send_request(server, request), do: :gen.send_request(server, :"$gen_call", request)

  @doc "Sends a request and adds its id, with a tag, to a collection."
  def send_request(server, request, tag, collection),
    do: :gen.send_request(server, :"$gen_call", request, tag, collection)

  @doc "Waits for a response."
  def wait_response(id), do: :gen.wait_response(id, :infinity)
  def wait_response(id, timeout), do: :gen.wait_response(id, timeout)
  def wait_response(collection, timeout, delete?), do: :gen.wait_response(collection, timeout, delete?)

  @doc "Waits for a response; a timeout abandons the request."
  def receive_response(id), do: :gen.receive_response(id, :infinity)
  def receive_response(id, timeout), do: :gen.receive_response(id, timeout)
  def receive_response(collection, timeout, delete?), do: :gen.receive_response(collection, timeout, delete?)

  @doc "Tells whether a message is a response."
  def check_response(message, id), do: :gen.check_response(message, id)
  def check_response(message, collection, delete?), do: :gen.check_response(message, collection, delete?)

  @doc "Returns an empty collection of request ids."
  def reqids_new, do: :gen.reqids_new()
  @doc "Returns the number of ids of a collection."
  def reqids_size(collection), do: :gen.reqids_size(collection)
  @doc "Adds a request id to a collection."
  def reqids_add(id, tag, collection), do: :gen.reqids_add(id, tag, collection)
  @doc "Returns a collection as a list."
  def reqids_to_list(collection), do: :gen.reqids_to_list(collection)

  @doc "Answers one or several calls: `{:reply, from, reply}`."
  def reply({:reply, from, reply}), do: reply(from, reply)

  def reply(replies) when is_list(replies) do
    for {:reply, from, reply} <- replies, do: reply(from, reply)
    :ok
  end

  @doc "Answers a call."
  def reply(from, reply), do: :gen.reply(from, reply)

  # ---- Start ----------------------------------------------------------------------------

  @doc "Turns the calling process, started by `:proc_lib`, into a state machine."
  def enter_loop(module, options, state, data), do: enter_loop(module, options, state, data, self(), [])

  def enter_loop(module, options, state, data, server) when is_tuple(server) or is_pid(server),
    do: enter_loop(module, options, state, data, server, [])

  def enter_loop(module, options, state, data, actions),
    do: enter_loop(module, options, state, data, self(), actions)

  def enter_loop(module, options, state, data, server, actions) do
    parent =
      case :erlang.get(:"$ancestors") do
        [parent | _] when is_pid(parent) -> parent
        [parent | _] when is_atom(parent) -> :erlang.whereis(parent)
        _ -> self()
      end

    enter(parent, :gen.get_proc_name(server), module, state, data, actions, options)
  end

  @doc false
  def init_it(starter, :self, name, module, args, options),
    do: init_it(starter, self(), name, module, args, options)

  def init_it(starter, parent, server_name, module, args, options) do
    name = :gen.get_proc_name(server_name)

    case init_result(module, args) do
      {:ok, state, data} ->
        :proc_lib.init_ack(starter, {:ok, self()})
        enter(parent, name, module, state, data, [], options)

      {:ok, state, data, actions} ->
        :proc_lib.init_ack(starter, {:ok, self()})
        enter(parent, name, module, state, data, actions, options)

      :ignore ->
        :gen.unregister_name(server_name)
        :proc_lib.init_fail(starter, :ignore, {:exit, :normal})

      {:stop, reason} ->
        :gen.unregister_name(server_name)
        :proc_lib.init_fail(starter, {:error, reason}, {:exit, reason})

      {:error, _} = error ->
        :gen.unregister_name(server_name)
        :proc_lib.init_fail(starter, error, {:exit, :normal})

      {@raised, class, reason, stacktrace} ->
        :gen.unregister_name(server_name)
        error = {:error, exit_reason(class, reason, stacktrace)}
        :proc_lib.init_fail(starter, error, {class, reason, stacktrace})

      other ->
        :gen.unregister_name(server_name)
        reason = {:bad_return_from_init, other}
        :proc_lib.init_fail(starter, {:error, reason}, {:exit, reason})
    end
  end

  defp init_result(module, args) do
    module.init(args)
  catch
    :throw, result -> result
    class, reason -> {@raised, class, reason, __STACKTRACE__}
  end

  defp enter(parent, name, module, state, data, actions, options) do
    s = %{
      parent: parent,
      name: name,
      module: module,
      modules: [],
      mode: nil,
      enter?: false,
      state: state,
      data: data,
      postponed: [],
      timers: %{},
      zero: [],
      hibernate?: false,
      hibernate_after: :gen.hibernate_after(options),
      debug: :gen.debug_options(name, options)
    }

    s = put_mode(s, {:internal, :init_state})
    # The first state is entered as from itself.
    apply_actions(actions, s, {:internal, :init_state}, [], :enter, %{next: s.state, data: s.data})
  end

  defp put_mode(s, event) do
    case call_mode(s.module) do
      mode when mode in [:state_functions, :handle_event_function] ->
        %{s | mode: mode, enter?: false}

      list when is_list(list) ->
        modes = for mode when mode in [:state_functions, :handle_event_function] <- list, do: mode

        case modes do
          [mode] -> %{s | mode: mode, enter?: :lists.member(:state_enter, list)}
          _ -> terminate(:error, {:bad_return_from_callback_mode, list}, [], event, [], s)
        end

      {@raised, class, reason, stacktrace} ->
        terminate(class, reason, stacktrace, event, [], s)

      other ->
        terminate(:error, {:bad_return_from_callback_mode, other}, [], event, [], s)
    end
  end

  defp call_mode(module) do
    module.callback_mode()
  catch
    :throw, result -> result
    class, reason -> {@raised, class, reason, __STACKTRACE__}
  end

  # ---- Events ---------------------------------------------------------------------------

  # Takes the next event: `queue` holds events to handle before any message.
  defp next([event | queue], s), do: event(event, queue, cancel_event_timeout(s, event))

  defp next([], %{zero: [{type, content} | zero]} = s), do: event({type, content}, [], %{s | zero: zero})

  defp next([], %{hibernate?: true} = s) do
    :proc_lib.hibernate(:gen_statem, :wakeup_from_hibernate, [%{s | hibernate?: false}])
  end

  defp next([], s) do
    receive do
      message -> message(message, s)
    after
      s.hibernate_after -> :proc_lib.hibernate(:gen_statem, :wakeup_from_hibernate, [s])
    end
  end

  @doc false
  def wakeup_from_hibernate(s) do
    receive do
      message -> message(message, s)
    end
  end

  defp message({:"$gen_call", from, request}, s), do: external({{:call, from}, request}, s)
  defp message({:"$gen_cast", request}, s), do: external({:cast, request}, s)

  defp message({:timeout, timer, type} = message, %{timers: timers} = s) do
    case timers do
      %{^type => {^timer, content}} ->
        s = %{s | timers: :maps.remove(type, timers)}
        s = if type == :timeout, do: s, else: cancel_event_timeout(s, {type, content})
        event({type, content}, [], debug(s, {:in, {type, content}, s.state}))

      _ ->
        external({:info, message}, s)
    end
  end

  defp message({:system, from, request}, s) do
    :sys.handle_system_msg(request, from, s.parent, :gen_statem, s.debug, s, false)
  end

  defp message({:EXIT, parent, reason}, %{parent: parent} = s) do
    terminate(:exit, reason, [], {:info, {:EXIT, parent, reason}}, [], s)
  end

  defp message(message, s), do: external({:info, message}, s)

  defp external(event, s) do
    s = debug(s, {:in, event, s.state})
    event(event, [], cancel_event_timeout(s, event))
  end

  # Any event other than itself cancels the event timeout.
  defp cancel_event_timeout(s, {:timeout, _}), do: s
  defp cancel_event_timeout(s, _event), do: cancel(:timeout, s)

  defp event({type, content} = event, queue, s) do
    case call_state(type, content, s) do
      {@raised, class, reason, stacktrace} -> terminate(class, reason, stacktrace, event, queue, s)
      result -> result(result, event, queue, s)
    end
  end

  defp call_state(type, content, %{mode: :state_functions, module: module, state: state, data: data}) do
    apply(module, state, [type, content, data])
  catch
    :throw, result -> result
    class, reason -> {@raised, class, reason, __STACKTRACE__}
  end

  defp call_state(type, content, %{module: module, state: state, data: data}) do
    module.handle_event(type, content, state, data)
  catch
    :throw, result -> result
    class, reason -> {@raised, class, reason, __STACKTRACE__}
  end

  defp result(result, event, queue, s) do
    case result do
      {:next_state, state, data} ->
        apply_actions([], s, event, queue, :event, %{next: state, data: data})

      {:next_state, state, data, actions} ->
        apply_actions(actions, s, event, queue, :event, %{next: state, data: data})

      {:keep_state, data} ->
        apply_actions([], s, event, queue, :event, %{next: s.state, data: data})

      {:keep_state, data, actions} ->
        apply_actions(actions, s, event, queue, :event, %{next: s.state, data: data})

      :keep_state_and_data ->
        apply_actions([], s, event, queue, :event, %{next: s.state, data: s.data})

      {:keep_state_and_data, actions} ->
        apply_actions(actions, s, event, queue, :event, %{next: s.state, data: s.data})

      {:repeat_state, data} ->
        apply_actions([], s, event, queue, :repeat, %{next: s.state, data: data})

      {:repeat_state, data, actions} ->
        apply_actions(actions, s, event, queue, :repeat, %{next: s.state, data: data})

      :repeat_state_and_data ->
        apply_actions([], s, event, queue, :repeat, %{next: s.state, data: s.data})

      {:repeat_state_and_data, actions} ->
        apply_actions(actions, s, event, queue, :repeat, %{next: s.state, data: s.data})

      _ ->
        stop_result(result, event, queue, s)
    end
  end

  defp stop_result(result, event, queue, s) do
    case result do
      :stop ->
        terminate(:exit, :normal, [], event, queue, s)

      {:stop, reason} ->
        terminate(:exit, reason, [], event, queue, s)

      {:stop, reason, data} ->
        terminate(:exit, reason, [], event, queue, %{s | data: data})

      {:stop_and_reply, reason, replies} ->
        send_replies(replies, event, queue, s)
        terminate(:exit, reason, [], event, queue, s)

      {:stop_and_reply, reason, replies, data} ->
        s = %{s | data: data}
        send_replies(replies, event, queue, s)
        terminate(:exit, reason, [], event, queue, s)

      other ->
        terminate(:error, {:bad_return_from_state_function, other}, [], event, queue, s)
    end
  end

  defp send_replies(replies, event, queue, s) do
    for action <- List.wrap(replies) do
      case action do
        {:reply, from, reply} -> reply(from, reply)
        other -> terminate(:error, {:bad_reply_action_from_state_function, other}, [], event, queue, s)
      end
    end

    :ok
  end

  # ---- Actions --------------------------------------------------------------------------

  # `kind` is `:event`, `:repeat`, `:enter` (the first entry) or `:entered` (actions of a state enter call).
  defp apply_actions(actions, s, event, queue, kind, %{next: next, data: data}) do
    acc = %{postpone?: false, hibernate?: false, next_events: [], timeouts: [], module: nil}

    case collect_actions(List.wrap(actions), kind, acc, s) do
      {:ok, acc, s} -> transition(%{s | data: data}, next, event, queue, kind, acc)
      {:error, reason} -> terminate(:error, reason, [], event, queue, %{s | data: data, state: next})
    end
  end

  defp collect_actions([], _kind, acc, s), do: {:ok, acc, s}

  defp collect_actions([action | rest], kind, acc, s) do
    case action do
      {:reply, from, reply} ->
        reply(from, reply)
        collect_actions(rest, kind, acc, debug(s, {:out, reply, from}))

      :postpone when kind not in [:enter, :entered] ->
        collect_actions(rest, kind, %{acc | postpone?: true}, s)

      {:postpone, postpone?}
      when is_boolean(postpone?) and (kind not in [:enter, :entered] or not postpone?) ->
        collect_actions(rest, kind, %{acc | postpone?: postpone?}, s)

      :hibernate ->
        collect_actions(rest, kind, %{acc | hibernate?: true}, s)

      {:hibernate, hibernate?} when is_boolean(hibernate?) ->
        collect_actions(rest, kind, %{acc | hibernate?: hibernate?}, s)

      {:next_event, type, content} when kind != :entered ->
        if event_type?(type),
          do: collect_actions(rest, kind, %{acc | next_events: [{type, content} | acc.next_events]}, s),
          else: {:error, {:bad_action_from_state_function, action}}

      {:change_callback_module, module} when is_atom(module) ->
        collect_actions(rest, kind, %{acc | module: module}, %{s | module: module})

      {:push_callback_module, module} when is_atom(module) ->
        collect_actions(rest, kind, %{acc | module: module}, %{
          s
          | module: module,
            modules: [s.module | s.modules]
        })

      :pop_callback_module when s.modules != [] ->
        [module | modules] = s.modules
        collect_actions(rest, kind, %{acc | module: module}, %{s | module: module, modules: modules})

      _ ->
        case timeout_action(action) do
          {:ok, timeout} -> collect_actions(rest, kind, %{acc | timeouts: [timeout | acc.timeouts]}, s)
          :error -> {:error, {:bad_action_from_state_function, action}}
        end
    end
  end

  defp event_type?({:call, {pid, _}}) when is_pid(pid), do: true
  defp event_type?({:timeout, _}), do: true
  defp event_type?(type), do: type in [:cast, :info, :timeout, :state_timeout, :internal]

  defp timeout_action(time) when is_integer(time) and time >= 0, do: {:ok, {:timeout, time, time, []}}
  defp timeout_action(:infinity), do: {:ok, {:timeout, :infinity, :infinity, []}}

  defp timeout_action(action) do
    case action do
      {type, :cancel} -> timeout_of(type, {type, :cancel})
      {type, :update, content} -> timeout_of(type, {type, :update, content})
      {type, time, content} -> timed(type, time, content, [])
      {type, time, content, options} -> timed(type, time, content, List.wrap(options))
      _ -> :error
    end
  end

  defp timed(type, time, content, options) do
    absolute? = :lists.keyfind(:abs, 1, options) == {:abs, true}

    if time == :infinity or (is_integer(time) and (absolute? or time >= 0)),
      do: timeout_of(type, {type, time, content, options}),
      else: :error
  end

  defp timeout_of(type, timeout) when type in [:timeout, :state_timeout], do: {:ok, timeout}
  defp timeout_of({:timeout, _}, timeout), do: {:ok, timeout}
  defp timeout_of(_, _), do: :error

  # ---- Transitions ----------------------------------------------------------------------

  defp transition(s, next, event, queue, kind, acc) do
    changed? = kind in [:event, :repeat] and next !== s.state
    entry? = changed? or kind in [:repeat, :enter]
    old_state = s.state
    postponed = if acc.postpone?, do: [event | s.postponed], else: s.postponed
    s = if acc.module, do: put_mode(s, event), else: s

    {queue, postponed} =
      if changed? and postponed != [],
        do: {:lists.reverse(postponed, queue), []},
        else: {queue, postponed}

    queue = :lists.reverse(acc.next_events, queue)
    s = if changed?, do: cancel(:state_timeout, s), else: s
    s = %{s | state: next, postponed: postponed, hibernate?: acc.hibernate?}
    s = :lists.foldl(&set_timeout/2, s, :lists.reverse(acc.timeouts))
    s = if s.debug == [], do: s, else: debug(s, {:consume, event, next})

    if entry? and s.enter? do
      enter_state(old_state, event, queue, s)
    else
      next(queue, s)
    end
  end

  defp enter_state(old_state, event, queue, s) do
    case call_state(:enter, old_state, s) do
      {@raised, class, reason, stacktrace} ->
        terminate(class, reason, stacktrace, {:enter, old_state}, queue, s)

      {:next_state, state, data} when state === s.state ->
        apply_actions([], s, event, queue, :entered, %{next: state, data: data})

      {:next_state, state, data, actions} when state === s.state ->
        apply_actions(actions, s, event, queue, :entered, %{next: state, data: data})

      {:next_state, _, _} = result ->
        terminate(
          :error,
          {:bad_state_enter_return_from_state_function, result},
          [],
          {:enter, old_state},
          queue,
          s
        )

      {:next_state, _, _, _} = result ->
        terminate(
          :error,
          {:bad_state_enter_return_from_state_function, result},
          [],
          {:enter, old_state},
          queue,
          s
        )

      {:keep_state, data} ->
        apply_actions([], s, event, queue, :entered, %{next: s.state, data: data})

      {:keep_state, data, actions} ->
        apply_actions(actions, s, event, queue, :entered, %{next: s.state, data: data})

      :keep_state_and_data ->
        apply_actions([], s, event, queue, :entered, %{next: s.state, data: s.data})

      {:keep_state_and_data, actions} ->
        apply_actions(actions, s, event, queue, :entered, %{next: s.state, data: s.data})

      {:repeat_state, data} ->
        enter_state(s.state, event, queue, %{s | data: data})

      :repeat_state_and_data ->
        enter_state(s.state, event, queue, s)

      result ->
        stop_result(result, {:enter, old_state}, queue, s)
    end
  end

  # ---- Timeouts -------------------------------------------------------------------------

  defp set_timeout({type, :cancel}, s), do: cancel(type, s)

  defp set_timeout({type, :update, content}, s) do
    case s.timers do
      %{^type => {timer, _}} ->
        %{s | timers: :maps.put(type, {timer, content}, s.timers)}

      _ ->
        if :lists.keymember(type, 1, s.zero),
          do: %{s | zero: :lists.keyreplace(type, 1, s.zero, {type, content})},
          else: set_timeout({type, 0, content, []}, s)
    end
  end

  defp set_timeout({type, :infinity, _content, _options}, s), do: cancel(type, s)

  defp set_timeout({type, 0, content, []}, s) do
    s = cancel(type, s)
    %{s | zero: s.zero ++ [{type, content}]}
  end

  defp set_timeout({type, time, content, options}, s) do
    s = cancel(type, s)
    timer = :erlang.start_timer(time, self(), type, options)
    %{s | timers: :maps.put(type, {timer, content}, s.timers)}
  end

  defp cancel(type, %{timers: timers, zero: zero} = s) do
    case timers do
      %{^type => {timer, _}} ->
        if :erlang.cancel_timer(timer) == false do
          receive do
            {:timeout, ^timer, _} -> :ok
          after
            0 -> :ok
          end
        end

        %{s | timers: :maps.remove(type, timers)}

      _ ->
        if zero == [], do: s, else: %{s | zero: :lists.keydelete(type, 1, zero)}
    end
  end

  # ---- The end --------------------------------------------------------------------------

  defp terminate(class, reason, stacktrace, event, queue, s) do
    case call_terminate(exit_reason(class, reason, stacktrace), s) do
      {@raised, failed_class, failed_reason, failed_stacktrace} ->
        report(failed_class, failed_reason, failed_stacktrace, event, queue, s)
        :erlang.raise(failed_class, failed_reason, failed_stacktrace)

      _ ->
        if not (class == :exit and quiet?(reason)), do: report(class, reason, stacktrace, event, queue, s)
    end

    case {class, stacktrace} do
      {:exit, []} -> :erlang.exit(reason)
      {:error, []} -> :erlang.exit(reason)
      _ -> :erlang.raise(class, reason, stacktrace)
    end
  end

  defp exit_reason(:error, reason, []), do: reason
  defp exit_reason(:error, reason, stacktrace), do: {reason, stacktrace}
  defp exit_reason(:exit, reason, _), do: reason
  defp exit_reason(:throw, reason, stacktrace), do: {{:nocatch, reason}, stacktrace}

  defp quiet?(:normal), do: true
  defp quiet?(:shutdown), do: true
  defp quiet?({:shutdown, _}), do: true
  defp quiet?(_), do: false

  defp call_terminate(reason, %{module: module, state: state, data: data}) do
    if :erlang.function_exported(module, :terminate, 3) do
      try do
        module.terminate(reason, state, data)
      catch
        :throw, result -> result
        class, reason -> {@raised, class, reason, __STACKTRACE__}
      end
    end
  end

  defp report(class, reason, stacktrace, event, queue, s) do
    status =
      status(s, %{
        reason: exit_reason(class, reason, stacktrace),
        queue: [event | queue],
        postponed: s.postponed,
        timeouts: timeouts(s)
      })

    :logger.log(
      :error,
      %{
        label: {:gen_statem, :terminate},
        name: s.name,
        queue: status.queue,
        postponed: status.postponed,
        modules: [s.module | s.modules],
        callback_mode: s.mode,
        state_enter: s.enter?,
        state: {status.state, status.data},
        timeouts: {length(status.timeouts), status.timeouts},
        log: :sys.get_log(s.debug),
        reason: {if(stacktrace == [], do: :exit, else: class), reason, stacktrace},
        client_info: client_info(event),
        process_label: :proc_lib.get_label(self())
      },
      %{
        domain: [:otp],
        report_cb: &:gen_statem.format_log/2,
        error_logger: %{tag: :error, report_cb: &:gen_statem.format_log/1}
      }
    )
  end

  defp timeouts(s) do
    for({type, {_, content}} <- :maps.to_list(s.timers), do: {type, content}) ++ s.zero
  end

  defp client_info({{:call, {pid, _}}, _}) when is_pid(pid) do
    if :erlang.node(pid) != node() do
      {pid, :remote}
    else
      case :erlang.process_info(pid, [:current_stacktrace, :registered_name]) do
        :undefined -> {pid, :dead}
        [{_, stacktrace}, {_, name}] when is_atom(name) -> {pid, {name, stacktrace}}
        [{_, stacktrace}, _] -> {pid, {pid, stacktrace}}
      end
    end
  end

  defp client_info(_), do: :undefined

  defp status(%{module: module} = s, extra) do
    status = :maps.merge(%{state: s.state, data: s.data, log: :sys.get_log(s.debug)}, extra)

    cond do
      :erlang.function_exported(module, :format_status, 1) ->
        try do
          :maps.merge(status, module.format_status(status))
        catch
          _, _ -> %{status | data: inspect(module) <> ".format_status/1 crashed"}
        end

      :erlang.function_exported(module, :format_status, 2) ->
        try do
          case module.format_status(:terminate, [:erlang.get(), s.state, s.data]) do
            {state, data} -> %{status | state: state, data: data}
            other -> %{status | data: other}
          end
        catch
          _, _ -> %{status | data: inspect(module) <> ".format_status/2 crashed"}
        end

      true ->
        status
    end
  end

  # ---- System messages ------------------------------------------------------------------

  @doc false
  def system_continue(_parent, debug, s), do: next([], %{s | debug: debug})

  @doc false
  def system_terminate(reason, _parent, debug, s),
    do: terminate(:exit, reason, [], {:info, {:EXIT, s.parent, reason}}, [], %{s | debug: debug})

  @doc false
  def system_code_change(s, _module, old_version, extra) do
    case s.module.code_change(old_version, s.state, s.data, extra) do
      {:ok, state, data} -> {:ok, %{s | state: state, data: data}}
      other -> other
    end
  end

  @doc false
  def system_get_state(s), do: {:ok, {s.state, s.data}}

  @doc false
  def system_replace_state(fun, s) do
    {state, data} = new = fun.({s.state, s.data})
    {:ok, new, %{s | state: state, data: data}}
  end

  @doc false
  def format_status(_option, [_dictionary, system_state, parent, debug, s]) do
    status = status(s, %{postponed: s.postponed, timeouts: timeouts(s)})

    [
      {:header, :gen.format_status_header(~c"Status for state machine", s.name)},
      {:data,
       [
         {~c"Status", system_state},
         {~c"Parent", parent},
         {~c"Modules", [s.module | s.modules]},
         {~c"Time-outs", {length(status.timeouts), status.timeouts}},
         {~c"Logged Events", :sys.get_log(debug)},
         {~c"Postponed", status.postponed}
       ]},
      {:data, [{~c"State", {status.state, status.data}}]}
    ]
  end

  defp debug(%{debug: []} = s, _event), do: s

  defp debug(%{debug: debug, name: name} = s, event),
    do: %{s | debug: :sys.handle_debug(debug, &print_event/3, name, event)}

  defp print_event(device, event, name) do
    case event do
      {:in, event, state} ->
        :io.format(device, ~c"*DBG* ~tp receive ~tp in state ~tp~n", [name, event, state])

      {:out, reply, {to, _}} ->
        :io.format(device, ~c"*DBG* ~tp send ~tp to ~tw~n", [name, reply, to])

      {:consume, event, state} ->
        :io.format(device, ~c"*DBG* ~tp consume ~tp => ~tp~n", [name, event, state])
    end
  end

  @doc false
  def format_log(report), do: format_log(report, %{})

  @doc false
  def format_log(%{label: {:gen_statem, :terminate}} = report, _config) do
    {class, reason, stacktrace} = report.reason

    :io_lib.format(
      ~c"** State machine ~tp terminating~n** Last event = ~tp~n** When server state  = ~tp~n** Reason for termination = ~tw:~tp~n** Callback modules = ~tp~n** Callback mode = ~tp~n** Stacktrace =~n**  ~tp~n",
      [
        report.name,
        hd(report.queue),
        report.state,
        class,
        reason,
        report.modules,
        report.callback_mode,
        stacktrace
      ]
    )
  end
end
