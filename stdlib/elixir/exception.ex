defmodule Exception do
  @moduledoc """
  Functions on exceptions, and their text.

  An exception is a struct with the field `__exception__: true`, made by `defexception/1`. Its module implements this
  behaviour: `exception/1` builds one from what is given to `raise/2`, `message/1` gives its text, and the optional
  `blame/2` adds what can be found out about its cause.

  A failure has a kind: `:error` for exceptions and errors of Erlang's, `:exit`, `:throw`, or `{:EXIT, pid}` for an exit
  signal. The formatting functions take the kind, the payload and the stack trace.
  """

  @type t :: %{required(:__struct__) => module, required(:__exception__) => true, optional(atom) => any}
  @type kind :: :error | non_error_kind
  @type non_error_kind :: :exit | :throw | {:EXIT, pid}
  @type stacktrace :: [stacktrace_entry]
  @type stacktrace_entry :: {module, atom, arity_or_args, location} | {(... -> any), arity_or_args, location}
  @type arity_or_args :: non_neg_integer | list
  @type location :: keyword

  @callback exception(term) :: t
  @callback message(t) :: String.t()
  @callback blame(t, stacktrace) :: {t, stacktrace}
  @optional_callbacks [blame: 2]

  @doc false
  def exception?(term), do: is_exception(term)

  @doc """
  The text of an exception. It never raises: a failing `message/1` gives a text that says so.

      iex> Exception.message(%RuntimeError{message: "oops"})
      "oops"
  """
  def message(%module{__exception__: true} = exception) do
    try do
      module.message(exception)
    rescue
      caught ->
        "got #{inspect(caught.__struct__)} with message #{inspect(message(caught))} while retrieving " <>
          "Exception.message/1 for #{inspect(exception)}. Stacktrace:\n#{format_stacktrace(__STACKTRACE__)}"
    else
      result when is_binary(result) ->
        result

      result ->
        "got #{inspect(result)} while retrieving Exception.message/1 for #{inspect(exception)} (expected a string)"
    end
  end

  @doc """
  Turns an error of Erlang's into an exception; other kinds and exceptions stay what they are.

      iex> Exception.normalize(:error, :badarith).__struct__
      ArithmeticError
      iex> Exception.normalize(:throw, :value)
      :value
  """
  @spec normalize(kind, any, stacktrace) :: any
  def normalize(kind, payload, stacktrace \\ [])
  def normalize(:error, %_{__exception__: true} = payload, _stacktrace), do: payload
  def normalize(:error, payload, stacktrace), do: ErlangError.normalize(payload, stacktrace || [])
  def normalize(_kind, payload, _stacktrace), do: payload

  @doc """
  The kind and text of a failure as they stand at the top of a report.

      iex> Exception.format_banner(:error, %RuntimeError{message: "oops"})
      "** (RuntimeError) oops"
      iex> Exception.format_banner(:throw, :value)
      "** (throw) :value"
  """
  @spec format_banner(kind, any, stacktrace) :: String.t()
  def format_banner(kind, exception, stacktrace \\ [])

  def format_banner(:error, exception, stacktrace) do
    exception = normalize(:error, exception, stacktrace)
    "** (" <> inspect(exception.__struct__) <> ") " <> message(exception)
  end

  def format_banner(:throw, reason, _stacktrace), do: "** (throw) " <> inspect(reason)
  def format_banner(:exit, reason, _stacktrace), do: "** (exit) " <> format_exit(reason)

  def format_banner({:EXIT, pid}, reason, _stacktrace) do
    "** (EXIT from #{inspect(pid)}) " <> format_exit(reason)
  end

  @doc """
  The banner and the stack trace of a failure.

      iex> Exception.format(:error, %RuntimeError{message: "oops"}, [])
      "** (RuntimeError) oops"
  """
  @spec format(kind, any, stacktrace) :: String.t()
  def format(kind, payload, stacktrace \\ [])
  def format({:EXIT, _} = kind, payload, _stacktrace), do: format_banner(kind, payload)

  def format(kind, payload, stacktrace) do
    banner = format_banner(kind, payload, stacktrace)

    case stacktrace do
      [] -> banner
      _ -> banner <> "\n" <> format_stacktrace(stacktrace)
    end
  end

  # The path as messages show it; where there is no access to files, as it is.
  @doc false
  def __relative__(nil), do: nil

  def __relative__(file) do
    Path.relative_to_cwd(file)
  rescue
    _ -> file
  end

  ## Blame

  @doc """
  Adds to an exception what can be found out from the stack trace: hints, and the arguments of the failed call.

  Returns the exception and the stack trace, which may lose the arguments of its first entry.
  """
  @spec blame(:error, any, stacktrace) :: {t, stacktrace}
  @spec blame(non_error_kind, payload, stacktrace) :: {payload, stacktrace} when payload: var
  def blame(kind, error, stacktrace)

  def blame(:error, error, stacktrace) do
    %module{} = exception = normalize(:error, error, stacktrace)

    if Code.ensure_loaded?(module) and function_exported?(module, :blame, 2) do
      module.blame(exception, stacktrace)
    else
      {exception, stacktrace}
    end
  end

  def blame(_kind, reason, stacktrace), do: {reason, stacktrace}

  @doc """
  The clauses of a function with the parts of each that the arguments do not match, where its module keeps them.

  Returns `{:ok, kind, clauses}` or `:error`. A clause is `{args, guards}`; each argument and each guard is a
  `{quoted, matches?}` or, for guards, nested tuples of the operators `and`/`or`.
  """
  def blame_mfa(module, function, args) when is_atom(module) and is_atom(function) and is_list(args) do
    with {:module, _} <- Code.ensure_loaded(module),
         {:ok, kind, clauses} <- :phial_code.definition(module, function, length(args)) do
      {:ok, kind, Exception.Blame.clauses(clauses, args)}
    else
      _ -> :error
    end
  rescue
    _ -> :error
  end

  ## Exits

  @doc """
  The text of an exit reason, as reports show it.

      iex> Exception.format_exit(:normal)
      "normal"
      iex> Exception.format_exit({:timeout, {GenServer, :call, [:name, :request, 5000]}})
      "exited in: GenServer.call(:name, :request, 5000)\\n    ** (EXIT) time out"
  """
  @spec format_exit(any) :: String.t()
  def format_exit(reason), do: format_exit(reason, "    ")

  # A map exception that comes with a stack trace, as when a process ends with an error.
  defp format_exit({%_{__exception__: true} = exception, [_ | _] = stacktrace}, joiner) do
    "an exception was raised:" <> format_raised(exception, stacktrace, joiner)
  end

  defp format_exit({:shutdown, reason}, joiner), do: "shutdown: " <> format_exit(reason, joiner)
  defp format_exit(:calling_self, _joiner), do: "process attempted to call itself"
  defp format_exit(:timeout, _joiner), do: "time out"
  defp format_exit(:killed, _joiner), do: "killed"
  defp format_exit(:normal, _joiner), do: "normal"
  defp format_exit(:shutdown, _joiner), do: "shutdown"
  defp format_exit(:noconnection, _joiner), do: "no connection"

  defp format_exit(:noproc, _joiner) do
    "no process: the process is not alive or there's no process currently associated with the given name, possibly " <>
      "because its application isn't started"
  end

  defp format_exit({:nodedown, node}, _joiner) when is_atom(node), do: "no connection to #{node}"
  defp format_exit({:already_started, pid}, _joiner), do: "already started: " <> inspect(pid)

  defp format_exit({:failed_to_start_child, child, {:EXIT, reason}}, joiner) do
    format_start_child(child, reason, joiner)
  end

  defp format_exit({:failed_to_start_child, child, reason}, joiner) when not is_integer(child) do
    format_start_child(child, reason, joiner)
  end

  defp format_exit({:bad_call, request}, _joiner), do: "bad call: " <> inspect(request)
  defp format_exit({:bad_cast, request}, _joiner), do: "bad cast: " <> inspect(request)
  defp format_exit({:bad_return_value, value}, _joiner), do: "bad return value: " <> inspect(value)

  defp format_exit({:start_spec, start_spec}, joiner) do
    "bad child specification, " <> format_start_spec(start_spec, joiner)
  end

  defp format_exit({:supervisor_data, data}, joiner) do
    "bad supervisor configuration, " <> format_supervisor_data(data, joiner)
  end

  defp format_exit({reason, {module, function, args}}, joiner)
       when is_atom(module) and is_atom(function) and (is_list(args) or is_integer(args)) and module != :EXIT do
    "exited in: " <> format_mfa(module, function, args) <> exit_within(reason, joiner)
  end

  # An error of Erlang's with its stack trace.
  defp format_exit({reason, [_ | _] = stacktrace} = exit, joiner) do
    if stacktrace?(stacktrace) do
      case ErlangError.normalize(reason, stacktrace) do
        %ErlangError{} -> "an exception was raised:" <> format_raised(%ErlangError{original: reason}, stacktrace, joiner)
        exception -> "an exception was raised:" <> format_raised(exception, stacktrace, joiner)
      end
    else
      inspect(exit)
    end
  end

  defp format_exit(reason, _joiner), do: inspect(reason)

  defp format_raised(exception, stacktrace, joiner) do
    banner = "** (" <> inspect(exception.__struct__) <> ") " <> message(exception)
    trace = for entry <- stacktrace, do: "\n" <> joiner <> "    " <> format_stacktrace_entry(entry)
    "\n" <> joiner <> indent(banner, joiner) <> IO.iodata_to_binary(trace)
  end

  defp indent(text, joiner), do: String.replace(text, "\n", "\n" <> joiner)

  defp stacktrace?([{module, function, arity, location} | rest])
       when is_atom(module) and is_atom(function) and (is_integer(arity) or is_list(arity)) and is_list(location),
       do: stacktrace?(rest)

  defp stacktrace?([{fun, arity, location} | rest])
       when is_function(fun) and (is_integer(arity) or is_list(arity)) and is_list(location),
       do: stacktrace?(rest)

  defp stacktrace?(rest), do: rest == []

  defp exit_within(reason, joiner), do: "\n" <> joiner <> "** (EXIT) " <> format_exit(reason, joiner <> "    ")

  defp format_start_child(child, reason, joiner) do
    "failed to start child: " <> inspect(child) <> exit_within(reason, joiner)
  end

  defp format_supervisor_data({:invalid_type, type}, _joiner), do: "invalid type: " <> inspect(type)
  defp format_supervisor_data({:invalid_strategy, strategy}, _joiner), do: "invalid strategy: " <> inspect(strategy)

  defp format_supervisor_data({:invalid_intensity, intensity}, _joiner) do
    "invalid max_restarts (intensity): " <> inspect(intensity)
  end

  defp format_supervisor_data({:invalid_period, period}, _joiner) do
    "invalid max_seconds (period): " <> inspect(period)
  end

  defp format_supervisor_data({:invalid_max_children, max_children}, _joiner) do
    "invalid max_children: " <> inspect(max_children)
  end

  defp format_supervisor_data({:invalid_extra_arguments, extra}, _joiner) do
    "invalid extra_arguments: " <> inspect(extra)
  end

  defp format_supervisor_data(other, joiner), do: "got: " <> format_exit(other, joiner)

  defp format_start_spec({:invalid_child_spec, spec}, _joiner), do: "invalid child specification: " <> inspect(spec)
  defp format_start_spec({:invalid_child_type, type}, _joiner), do: "invalid type: " <> inspect(type)
  defp format_start_spec({:invalid_mfa, mfa}, _joiner), do: "invalid mfa: " <> inspect(mfa)
  defp format_start_spec({:invalid_module, module}, _joiner), do: "invalid module: " <> inspect(module)
  defp format_start_spec({:invalid_modules, modules}, _joiner), do: "invalid modules: " <> inspect(modules)
  defp format_start_spec({:invalid_restart_type, type}, _joiner), do: "invalid restart type: " <> inspect(type)
  defp format_start_spec({:invalid_significant, value}, _joiner), do: "invalid significant: " <> inspect(value)
  defp format_start_spec({:invalid_shutdown, shutdown}, _joiner), do: "invalid shutdown: " <> inspect(shutdown)

  defp format_start_spec({:duplicate_child_name, name}, _joiner) do
    "more than one child specification has the id: #{inspect(name)}.\n" <>
      "If using maps as child specifications, make sure the :id keys are unique.\n" <>
      "If using a module or {module, arg} as child, use Supervisor.child_spec/2 to change the :id, for example:\n\n" <>
      "    children = [\n" <>
      "      Supervisor.child_spec({MyWorker, arg}, id: :my_worker_1),\n" <>
      "      Supervisor.child_spec({MyWorker, arg}, id: :my_worker_2)\n" <>
      "    ]\n"
  end

  defp format_start_spec(other, joiner), do: "got: " <> format_exit(other, joiner)

  ## Stack traces

  @doc """
  One entry of a stack trace as text.

      iex> Exception.format_stacktrace_entry({Foo, :bar, 1, [file: ~c"foo.ex", line: 3]})
      "foo.ex:3: Foo.bar/1"
  """
  @spec format_stacktrace_entry(stacktrace_entry) :: String.t()
  def format_stacktrace_entry(entry)

  def format_stacktrace_entry({_module, :__FILE__, _arity, location}), do: format_location(location) <> "(file)"
  def format_stacktrace_entry({module, :__MODULE__, 0, location}),
    do: format_location(location) <> inspect(module) <> " (module)"

  def format_stacktrace_entry({_module, :__MODULE__, _arity, location}), do: format_location(location) <> "(module)"

  def format_stacktrace_entry({module, function, arity, location}) do
    format_application(module) <> format_location(location) <> format_mfa(module, function, arity)
  end

  def format_stacktrace_entry({fun, arity, location}), do: format_location(location) <> format_fa(fun, arity)

  defp format_application(module) do
    with {:ok, app} <- :application.get_application(module),
         {:ok, version} when is_list(version) <- :application.get_key(app, :vsn) do
      "(#{app} #{version}) "
    else
      {:ok, _} -> ""
      :undefined -> ""
    end
  catch
    _, _ -> ""
  end

  defp format_location(location) do
    file = Keyword.get(location, :file)
    format_file_line(file && List.to_string(file), Keyword.get(location, :line), " ")
  end

  @doc """
  A stack trace as text, one line an entry; without argument, that of the calling process.
  """
  @spec format_stacktrace(stacktrace | nil) :: String.t()
  def format_stacktrace(trace \\ nil)
  def format_stacktrace([]), do: "\n"

  def format_stacktrace(nil) do
    case Process.info(self(), :current_stacktrace) do
      {:current_stacktrace, trace} -> format_stacktrace(Enum.drop(trace, 3))
    end
  end

  def format_stacktrace(trace) do
    IO.iodata_to_binary(for entry <- trace, do: ["    ", format_stacktrace_entry(entry), "\n"])
  end

  @doc """
  A function and its number of arguments, or the arguments themselves, as text.

      iex> Exception.format_fa(&String.upcase/1, 1)
      "&String.upcase/1/1"
  """
  @spec format_fa((... -> any), arity | list) :: String.t()
  def format_fa(fun, arity) when is_function(fun), do: inspect(fun) <> format_arity(arity)

  @doc """
  A module, function and number of arguments (or the arguments) as text.

      iex> Exception.format_mfa(Foo, :bar, 1)
      "Foo.bar/1"
      iex> Exception.format_mfa(Foo, :bar, [:a, "b"])
      "Foo.bar(:a, \\"b\\")"
  """
  @spec format_mfa(module, atom, arity | list) :: String.t()
  def format_mfa(module, function, arity) when is_atom(module) and is_atom(function) do
    case anonymous_parent(Atom.to_string(function)) do
      {name, parent_arity} ->
        "anonymous fn#{format_arity(arity)} in " <>
          Macro.inspect_atom(:literal, module) <>
          "." <> Macro.inspect_atom(:remote_call, String.to_atom(name)) <> "/" <> parent_arity

      nil ->
        Macro.inspect_atom(:literal, module) <>
          "." <> Macro.inspect_atom(:remote_call, function) <> format_arity(arity)
    end
  end

  # An anonymous function is compiled as "-NAME/ARITY-fun-INDEX-".
  defp anonymous_parent("-" <> rest) do
    with [name_and_arity, _index] <- :binary.split(rest, "-fun-"),
         [_ | _] = slashes <- :binary.matches(name_and_arity, "/") do
      {position, 1} = List.last(slashes)
      <<name::binary-size(position), "/", arity::binary>> = name_and_arity
      {name, arity}
    else
      _ -> nil
    end
  end

  defp anonymous_parent(_), do: nil

  defp format_arity(arity) when is_integer(arity), do: "/" <> Integer.to_string(arity)
  defp format_arity(args) when is_list(args), do: "(" <> Enum.map_join(args, ", ", &inspect/1) <> ")"

  @doc """
  A file and line as they stand before a message.

      iex> Exception.format_file_line("foo", 1)
      "foo:1:"
      iex> Exception.format_file_line("foo", nil)
      "foo:"
  """
  def format_file_line(file, line, suffix \\ "") do
    cond do
      is_nil(file) -> ""
      is_nil(line) or line == 0 -> "#{file}:#{suffix}"
      true -> "#{file}:#{line}:#{suffix}"
    end
  end

  @doc """
  A file, line and column as they stand before a message.

      iex> Exception.format_file_line_column("foo", 1, 2)
      "foo:1:2:"
  """
  def format_file_line_column(file, line, column, suffix \\ "") do
    cond do
      is_nil(file) -> ""
      is_nil(line) or line == 0 -> "#{file}:#{suffix}"
      is_nil(column) or column == 0 -> "#{file}:#{line}:#{suffix}"
      true -> "#{file}:#{line}:#{column}:#{suffix}"
    end
  end
end
