defmodule Logger.Translator do
  @moduledoc """
  Rewrites the reports of OTP's behaviours in Elixir's terms.

  `translate/4` gets the lowest level that is logged, the event's level, `:report` or `:format`, and
  the message; it returns `{:ok, chardata, metadata}`, `{:ok, chardata}`, `:skip` or `:none`.
  More translators are added with `Logger.add_translator/1`.
  """

  @doc "Translates one message."
  def translate(min_level, level, kind, message)

  def translate(min_level, _level, :report, {{:gen_server, :terminate}, report}) do
    %{name: name, last_message: last, state: state, reason: reason} = report
    {formatted, reason} = format_reason(reason)
    opts = inspect_opts()

    msg = [
      "GenServer ",
      inspect(name),
      " terminating",
      formatted
      | debug(min_level, fn ->
          [
            process_label(report, opts),
            "\nLast message",
            last_message_from(report[:client_info]),
            ": ",
            inspect(last, opts),
            "\nState: ",
            inspect(state, opts),
            client_info(report[:client_info])
          ]
        end)
    ]

    {:ok, msg, crash_metadata(reason, name)}
  end

  def translate(min_level, _level, :report, {{:gen_event, :terminate}, report}) do
    %{handler: handler, name: name, last_message: last, state: state, reason: reason} = report

    reason =
      case reason do
        {:EXIT, why} -> why
        why -> why
      end

    {formatted, reason} = format_reason(reason)
    opts = inspect_opts()

    msg = [
      ":gen_event handler ",
      inspect(handler),
      " installed in ",
      inspect(name),
      " terminating",
      formatted
      | debug(min_level, fn ->
          [
            process_label(report, opts),
            "\nLast message: ",
            inspect(last, opts),
            "\nState: ",
            inspect(state, opts)
          ]
        end)
    ]

    {:ok, msg, crash_metadata(reason, name)}
  end

  def translate(min_level, _level, :report, {{:gen_statem, :terminate}, report}) do
    %{name: name, state: state, queue: queue, postponed: postponed} = report
    {class, reason, stacktrace} = report.reason
    {formatted, reason} = format_reason(statem_reason(class, reason, stacktrace))
    opts = inspect_opts()

    msg = [
      ":gen_statem ",
      inspect(name),
      " terminating",
      formatted
      | debug(min_level, fn ->
          [
            process_label(report, opts),
            "\nQueue: ",
            inspect(queue, opts),
            "\nPostponed: ",
            inspect(postponed, opts),
            "\nState: ",
            inspect(state, opts),
            "\nCallback mode: ",
            "#{inspect(report.callback_mode, opts)}, state_enter: #{report.state_enter}",
            client_info(report[:client_info])
          ]
        end)
    ]

    {:ok, msg, crash_metadata(reason, name)}
  end

  def translate(min_level, _level, :report, {{Task.Supervisor, :terminating}, report}) do
    %{name: name, starter: starter, function: function, args: args, reason: reason} = report
    {formatted, reason} = format_reason(reason)
    opts = inspect_opts()

    msg = [
      "Task ",
      inspect(name),
      " started from ",
      inspect(starter),
      " terminating",
      formatted
      | debug(min_level, fn ->
          [
            process_label(report, opts),
            "\nFunction: ",
            inspect(function, opts),
            "\n    Args: ",
            inspect(args, opts)
          ]
        end)
    ]

    {:ok, msg, crash_metadata(reason, name)}
  end

  def translate(_min_level, _level, :report, {{GenServer, :no_handle_info}, report}) do
    %{module: module, message: message, name: name} = Map.new(report)

    {:ok,
     [
       inspect(module),
       " ",
       inspect(name),
       " received unexpected message in handle_info/2: ",
       inspect(message, inspect_opts()),
       "\n"
     ], registered(name)}
  end

  def translate(_min_level, _level, :report, {{behaviour, :no_handle_info}, report})
      when behaviour in [:gen_server, :gen_event] do
    {:ok,
     [
       "Undefined handle_info in ",
       inspect(Map.get(report, :module) || Map.get(report, :handler)),
       "\nUnhandled message: ",
       inspect(report.message, inspect_opts())
     ]}
  end

  def translate(_min_level, _level, :report, {{:application_controller, :exit}, report}) do
    %{application: application, exited: reason} = Map.new(report)

    {:ok,
     [
       "Application ",
       Atom.to_string(application),
       " exited: ",
       Application.format_error(reason)
     ]}
  end

  def translate(min_level, _level, :report, {{:supervisor, error}, report}) when is_list(report) do
    supervisor_report(min_level, error, Map.new(report))
  end

  def translate(min_level, _level, :report, {{:proc_lib, :crash}, [info, linked]}) do
    crash_report(min_level, info, linked)
  end

  def translate(
        _min_level,
        _level,
        :report,
        {:logger, [supervisor: supervisor, started: [{:pid, pid} | child]]}
      ) do
    {:ok,
     ["Child ", child_name(child), " of Supervisor ", inspect(supervisor), " started\nPid: ", inspect(pid)]}
  end

  def translate(_min_level, _level, :format, {~c"Error in process " ++ _, [pid, {reason, stacktrace}]})
      when is_list(stacktrace) do
    normalized = Exception.normalize(:error, reason, stacktrace)

    msg = [
      "Process ",
      inspect(pid),
      " raised an exception\n" | format_exception_lines(:error, normalized, stacktrace)
    ]

    {:ok, msg, [crash_reason: {normalized, stacktrace}]}
  end

  def translate(_min_level, _level, _kind, _message), do: :none

  # ---- Supervisors and crashes ----

  defp supervisor_report(min_level, error, report) do
    %{supervisor: supervisor, reason: reason, offender: offender} = report
    opts = inspect_opts()
    {formatted, reason} = format_supervisor_reason(error, reason)

    details =
      debug(min_level, fn ->
        for {key, title} <- [
              pid: "Pid",
              mfargs: "Start Call",
              restart_type: "Restart",
              significant: "Significant",
              shutdown: "Shutdown",
              child_type: "Type"
            ],
            {:ok, value} <- [Keyword.fetch(offender, key)],
            do: ["\n", title, ": ", offender_value(key, value, opts)]
      end)

    msg = [
      "Child ",
      child_name(offender),
      " of Supervisor ",
      supervisor_name(supervisor),
      supervisor_event(error),
      "\n** (exit) ",
      formatted | details
    ]

    {:ok, msg, [crash_reason: reason]}
  end

  defp format_supervisor_reason(_error, {kind, reason}) when kind in [:EXIT],
    do: {Exception.format_exit(reason), reason}

  defp format_supervisor_reason(_error, reason), do: {Exception.format_exit(reason), reason}

  defp supervisor_event(:start_error), do: " failed to start"
  defp supervisor_event(:child_terminated), do: " terminated"
  defp supervisor_event(:shutdown), do: " caused shutdown"
  defp supervisor_event(:shutdown_error), do: " shut down abnormally"

  defp supervisor_name({:local, name}), do: inspect(name)
  defp supervisor_name({:global, name}), do: inspect(name)
  defp supervisor_name({:via, _mod, name}), do: inspect(name)
  defp supervisor_name({pid, mod}) when is_pid(pid), do: [inspect(pid), " (", inspect(mod), ")"]
  defp supervisor_name(other), do: inspect(other)

  defp child_name(child), do: inspect(child[:id] || child[:name])

  defp offender_value(:mfargs, {mod, fun, args}, _opts),
    do: Exception.format_mfa(mod, fun, args_or_unknown(args))

  defp offender_value(_key, value, opts), do: inspect(value, opts)

  defp args_or_unknown(:undefined), do: []
  defp args_or_unknown(args), do: args

  defp crash_report(min_level, info, linked) do
    {class, reason, stacktrace} = info[:error_info]
    opts = inspect_opts()

    name =
      case info[:registered_name] do
        name when is_atom(name) and name != nil -> [inspect(name), " (", inspect(info[:pid]), ")"]
        _ -> inspect(info[:pid])
      end

    details =
      debug(min_level, fn ->
        [
          case info[:initial_call] do
            {mod, fun, args} -> ["\nInitial Call: ", Exception.format_mfa(mod, fun, length(args))]
            _ -> []
          end,
          "\nAncestors: ",
          inspect(info[:ancestors], opts),
          "\nMessage Queue Length: ",
          inspect(info[:message_queue_len]),
          "\nMessages: ",
          inspect(info[:messages], opts),
          "\nLinks: ",
          inspect(info[:links], opts),
          "\nDictionary: ",
          inspect(info[:dictionary], opts),
          "\nTrapping Exits: ",
          inspect(info[:trap_exit]),
          "\nStatus: ",
          inspect(info[:status]),
          "\nHeap Size: ",
          inspect(info[:heap_size]),
          "\nStack Size: ",
          inspect(info[:stack_size]),
          "\nReductions: ",
          inspect(info[:reductions])
          | if(linked == [], do: [], else: ["\nNeighbours: ", inspect(linked, opts)])
        ]
      end)

    reason = if class == :error, do: Exception.normalize(:error, reason, stacktrace), else: reason
    msg = ["Process ", name, " terminating\n", format_exception_lines(class, reason, stacktrace) | details]
    {:ok, msg, [crash_reason: {reason, stacktrace}]}
  end

  # ---- Shared ----

  defp debug(:debug, fun), do: fun.()
  defp debug(:all, fun), do: fun.()
  defp debug(_, _), do: []

  defp inspect_opts, do: :application.get_env(:logger, :translator_inspect_opts, [])

  defp process_label(%{process_label: label}, opts) when label != :undefined,
    do: ["\nProcess Label: ", inspect(label, opts)]

  defp process_label(_report, _opts), do: []

  defp last_message_from({pid, _}), do: [" (from ", inspect(pid), ?)]
  defp last_message_from(_), do: []

  defp client_info({pid, :dead}), do: ["\nClient ", inspect(pid), " is dead"]
  defp client_info({pid, :remote}), do: ["\nClient ", inspect(pid), " is remote on node ", inspect(node(pid))]

  defp client_info({_pid, {name, stacktrace}}) do
    ["\nClient ", inspect(name), " is alive\n" | stacktrace_lines(stacktrace)]
  end

  defp client_info(_), do: []

  defp stacktrace_lines(stacktrace),
    do: for(entry <- stacktrace, do: ["\n    ", Exception.format_stacktrace_entry(entry)])

  defp statem_reason(:exit, reason, []), do: reason
  defp statem_reason(_class, reason, stacktrace), do: {reason, stacktrace}

  # Reasons are `{reason, stacktrace}` or plain; errors print as exceptions, the rest as exits.
  defp format_reason({maybe_exception, [_ | _] = maybe_stacktrace} = reason) do
    try do
      for entry <- maybe_stacktrace, do: Exception.format_stacktrace_entry(entry)
    catch
      :error, _ -> {format_stop(reason), {reason, []}}
    else
      lines ->
        {formatted, reason} = format_exception(maybe_exception, maybe_stacktrace)
        {[formatted | for(line <- lines, do: ["\n    ", line])], {reason, maybe_stacktrace}}
    end
  end

  defp format_reason(reason), do: {format_stop(reason), {reason, []}}

  defp format_exception(maybe_exception, stacktrace) do
    case Exception.normalize(:error, maybe_exception, stacktrace) do
      %ErlangError{} -> {format_stop(maybe_exception), maybe_exception}
      exception -> {["\n" | Exception.format_banner(:error, exception, stacktrace)], exception}
    end
  end

  defp format_exception_lines(class, reason, stacktrace),
    do: [Exception.format_banner(class, reason, stacktrace) | stacktrace_lines(stacktrace)]

  defp format_stop(reason), do: ["\n** (stop) " | Exception.format_exit(reason)]

  defp crash_metadata(reason, name), do: [{:crash_reason, reason} | registered(name)]

  defp registered(name) when is_atom(name), do: [registered_name: name]
  defp registered(_name), do: []
end
