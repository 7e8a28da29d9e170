defmodule System do
  @moduledoc """
  The system around the program: command line, environment, other programs, and time.

  Three times are kept apart. *System time* is the VM's idea of the wall clock, *OS time* the operating
  system's, *monotonic time* never goes back and is for measuring; its zero means nothing.

  A time unit is `:second`, `:millisecond`, `:microsecond`, `:nanosecond`, `:native` (the VM's own), or a number
  of parts a second.
  """

  @type time_unit :: :second | :millisecond | :microsecond | :nanosecond | :native | pos_integer

  @version "1.18.4"

  ## The build

  @doc """
  Returns the version of the language.

      iex> Version.match?(System.version(), ">= 1.14.0")
      true
  """
  @spec version() :: String.t()
  def version, do: @version

  @doc """
  Returns what the build is known by: `:build`, `:date`, `:revision`, `:version` and `:otp_release`.

      iex> System.build_info().version == System.version()
      true
  """
  @spec build_info() :: map
  def build_info do
    %{
      build: @version <> " (Phial)",
      date: "",
      revision: "",
      otp_release: otp_release(),
      version: @version
    }
  end

  @doc """
  Returns the release of OTP whose libraries and behaviour the VM follows.

      iex> is_binary(System.otp_release())
      true
  """
  @spec otp_release() :: String.t()
  def otp_release, do: :erlang.list_to_binary(:erlang.system_info(:otp_release))

  @doc """
  Returns the byte order of the machine.

      iex> System.endianness() in [:little, :big]
      true
  """
  @spec endianness() :: :little | :big
  def endianness do
    case <<1::16-native>> do
      <<1, 0>> -> :little
      _ -> :big
    end
  end

  @doc """
  Returns the byte order of the machine that compiled the code.

      iex> System.compiled_endianness() == System.endianness()
      true
  """
  @spec compiled_endianness() :: :little | :big
  def compiled_endianness, do: endianness()

  @doc """
  Returns how many schedulers the VM has.

      iex> System.schedulers() > 0
      true
  """
  @spec schedulers() :: pos_integer
  def schedulers, do: :erlang.system_info(:schedulers)

  @doc """
  Returns how many schedulers are at work.

      iex> System.schedulers_online() <= System.schedulers()
      true
  """
  @spec schedulers_online() :: pos_integer
  def schedulers_online, do: :erlang.system_info(:schedulers_online)

  ## The command line and the end of the program

  @doc """
  Returns the arguments of the command line.

      iex> is_list(System.argv())
      true
  """
  @spec argv() :: [String.t()]
  def argv, do: :persistent_term.get({System, :argv}, [])

  @doc """
  Replaces the arguments of the command line.

      iex> saved = System.argv()
      iex> System.argv(["--fast"])
      :ok
      iex> System.argv()
      ["--fast"]
      iex> System.argv(saved)
      :ok
  """
  @spec argv([String.t()]) :: :ok
  def argv(args) when is_list(args), do: :persistent_term.put({System, :argv}, args)

  @doc """
  Registers a function to be called with the exit status when the program ends. The last registered runs first.
  """
  @spec at_exit((non_neg_integer -> any)) :: :ok
  def at_exit(fun) when is_function(fun, 1) do
    # The global lock of the names of persistent terms makes the read and the write one step.
    locked(fn ->
      :persistent_term.put({System, :at_exit}, [fun | :persistent_term.get({System, :at_exit}, [])])
    end)
  end

  @doc false
  # Takes the registered functions, for the program that runs them at its end.
  def __take_at_exit__ do
    locked(fn ->
      funs = :persistent_term.get({System, :at_exit}, [])
      :persistent_term.put({System, :at_exit}, [])
      funs
    end)
  end

  @doc false
  # Runs every function registered, those too that the functions register themselves.
  def __run_at_exit__(status) do
    case __take_at_exit__() do
      [] ->
        status

      funs ->
        __run_at_exit__(:lists.foldl(&run_at_exit/2, status, funs))
    end
  end

  # A function may change the status by `exit({:shutdown, status})`.
  defp run_at_exit(fun, status) do
    fun.(status)
    status
  catch
    :exit, {:shutdown, status} when is_integer(status) ->
      status

    :exit, reason when reason in [:normal, :shutdown] ->
      status

    kind, reason ->
      IO.write(:stderr, [Exception.format(kind, reason, __STACKTRACE__), ?\n])
      1
  end

  # A counter is the lock: whoever takes it from 0 to 1 has it.
  defp locked(fun) do
    lock = lock()

    case :atomics.compare_exchange(lock, 1, 0, 1) do
      :ok ->
        try do
          fun.()
        after
          :atomics.put(lock, 1, 0)
        end

      _ ->
        :erlang.yield()
        locked(fun)
    end
  end

  defp lock do
    case :persistent_term.get({System, :lock}, nil) do
      nil ->
        lock = :atomics.new(1, [])
        :persistent_term.put({System, :lock}, lock)
        lock

      lock ->
        lock
    end
  end

  @doc """
  Tells whether the VM stays when the script is done.

      iex> is_boolean(System.no_halt())
      true
  """
  @spec no_halt() :: boolean
  def no_halt, do: :persistent_term.get({System, :no_halt}, false)

  @doc """
  Says whether the VM stays when the script is done.
  """
  @spec no_halt(boolean) :: :ok
  def no_halt(boolean) when is_boolean(boolean), do: :persistent_term.put({System, :no_halt}, boolean)

  @doc """
  Ends the VM at once with a status: a number, `:abort`, or a message for a crash. Nothing is stopped in order;
  `stop/1` does that.
  """
  @spec halt(non_neg_integer | binary | :abort) :: no_return
  def halt(status \\ 0)
  def halt(status) when (is_integer(status) and status >= 0) or status == :abort, do: :erlang.halt(status)
  def halt(status) when is_binary(status), do: :erlang.halt(:erlang.binary_to_list(status))

  @doc """
  Ends the VM in order: applications are stopped first. Returns at once.
  """
  @spec stop(non_neg_integer | binary) :: :ok
  def stop(status \\ 0)
  def stop(status) when is_integer(status) and status >= 0, do: :init.stop(status)
  def stop(status) when is_binary(status), do: :init.stop(:erlang.binary_to_list(status))

  @doc """
  Stops all applications and starts them again.
  """
  @spec restart() :: :ok
  def restart, do: :init.restart()

  @doc """
  Returns the process id that the operating system knows the VM by.

      iex> String.to_integer(System.pid()) > 0
      true
  """
  @spec pid() :: String.t()
  def pid, do: :erlang.list_to_binary(:os.getpid())

  @doc false
  @deprecated "Use System.pid/0 instead"
  def get_pid, do: pid()

  @doc false
  @deprecated "Use __STACKTRACE__ instead"
  def stacktrace, do: []

  ## Signals

  @signals [:sigabrt, :sigalrm, :sigchld, :sighup, :sigquit, :sigstop, :sigterm, :sigtstp, :sigusr1, :sigusr2]

  @doc """
  Runs `fun` whenever the operating system sends the signal (`:sighup`, `:sigterm`, `:sigusr1`, ...). `fun`
  returns `:ok`. Returns `{:ok, id}`, with which `untrap_signal/2` undoes it.
  """
  @spec trap_signal(atom, id, (() -> :ok)) :: {:ok, id} | {:error, :already_registered} when id: term
  def trap_signal(signal, id \\ make_ref(), fun) when signal in @signals and is_function(fun, 0),
    do: System.SignalHandler.trap(signal, id, fun)

  @doc """
  Undoes `trap_signal/3`.
  """
  @spec untrap_signal(atom, term) :: :ok | {:error, :not_found}
  def untrap_signal(signal, id) when signal in @signals, do: System.SignalHandler.untrap(signal, id)

  ## Places

  @doc """
  Returns the current directory, or `nil`.
  """
  @spec cwd() :: String.t() | nil
  @deprecated "Use File.cwd/0 instead"
  def cwd do
    case File.cwd() do
      {:ok, cwd} -> cwd
      _ -> nil
    end
  end

  @doc """
  Returns the current directory, or raises.
  """
  @spec cwd!() :: String.t()
  @deprecated "Use File.cwd!/0 instead"
  def cwd!,
    do:
      cwd() ||
        raise(
          RuntimeError,
          "could not get a current working directory, the current location is not accessible"
        )

  @doc """
  Returns the user's home directory, or `nil`.
  """
  @spec user_home() :: String.t() | nil
  def user_home, do: get_env("HOME")

  @doc """
  Returns the user's home directory, or raises.
  """
  @spec user_home!() :: String.t()
  def user_home!,
    do:
      user_home() ||
        raise(RuntimeError, "could not find the user home, please set the HOME environment variable")

  @doc """
  Returns a directory for temporary files that can be written to (`TMPDIR`, `TEMP`, `TMP`, `/tmp`, the current
  one), or `nil`.

      iex> is_binary(System.tmp_dir())
      true
  """
  @spec tmp_dir() :: String.t() | nil
  def tmp_dir do
    writable_env("TMPDIR") || writable_env("TEMP") || writable_env("TMP") || writable("/tmp") ||
      writable_cwd()
  end

  @doc """
  Returns a directory for temporary files, or raises.

      iex> System.tmp_dir!() == System.tmp_dir()
      true
  """
  @spec tmp_dir!() :: String.t()
  def tmp_dir! do
    tmp_dir() ||
      raise RuntimeError,
            "could not get a writable temporary directory, please set the TMPDIR environment variable"
  end

  defp writable_env(name) do
    case get_env(name) do
      nil -> nil
      dir -> writable(dir)
    end
  end

  defp writable_cwd do
    case cwd() do
      nil -> nil
      dir -> writable(dir)
    end
  end

  defp writable(dir) do
    case File.stat(dir) do
      {:ok, %{type: :directory, access: access}} when access in [:read_write, :write] -> Path.expand(dir)
      _ -> nil
    end
  end

  @doc """
  Finds a program in the directories of `PATH`; `nil` if it is not there.

      iex> System.find_executable("sh") =~ "sh"
      true
      iex> System.find_executable("no such program")
      nil
  """
  @spec find_executable(binary) :: binary | nil
  def find_executable(program) when is_binary(program) do
    if :binary.match(program, "/") != :nomatch do
      path = Path.absname(program)
      if executable?(path), do: path, else: nil
    else
      find_in(:binary.split(get_env("PATH", ""), ":", [:global]), program)
    end
  end

  defp find_in([], _), do: nil

  defp find_in([dir | rest], program) do
    path = Path.join(if(dir == "", do: cwd!(), else: dir), program)
    if executable?(path), do: path, else: find_in(rest, program)
  end

  defp executable?(path) do
    case File.stat(path) do
      {:ok, %{type: :regular, mode: mode}} -> :erlang.band(mode, 0o111) != 0
      _ -> false
    end
  end

  ## The environment

  @doc """
  Returns the whole environment as a map.

      iex> is_map(System.get_env())
      true
  """
  @spec get_env() :: %{optional(String.t()) => String.t()}
  def get_env, do: :maps.from_list(for({name, value} <- :os.env(), do: {to_text(name), to_text(value)}))

  @doc """
  Returns a variable of the environment, or the default.

      iex> System.put_env("PHIAL_EXAMPLE", "1")
      iex> System.get_env("PHIAL_EXAMPLE")
      "1"
      iex> System.get_env("PHIAL_NONE", "?")
      "?"
  """
  @spec get_env(String.t(), String.t() | nil) :: String.t() | nil
  def get_env(varname, default \\ nil)

  def get_env(varname, default) when is_binary(varname) and (is_binary(default) or is_nil(default)) do
    case :os.getenv(String.to_charlist(varname)) do
      false -> default
      value -> to_text(value)
    end
  end

  @doc """
  Returns a variable of the environment as `{:ok, value}`, or `:error`.

      iex> System.fetch_env("PHIAL_NONE")
      :error
  """
  @spec fetch_env(String.t()) :: {:ok, String.t()} | :error
  def fetch_env(varname) when is_binary(varname) do
    case get_env(varname) do
      nil -> :error
      value -> {:ok, value}
    end
  end

  @doc """
  Returns a variable of the environment; raises `System.EnvError` if it is not set.
  """
  @spec fetch_env!(String.t()) :: String.t()
  def fetch_env!(varname) when is_binary(varname),
    do: get_env(varname) || raise(System.EnvError, env: varname)

  @doc """
  Sets a variable of the environment.

      iex> System.put_env("PHIAL_EXAMPLE", "2")
      :ok
  """
  @spec put_env(binary, binary) :: :ok
  def put_env(varname, value) when is_binary(varname) and is_binary(value) do
    case :binary.match(varname, ["=", "\0"]) do
      :nomatch ->
        :os.putenv(String.to_charlist(varname), String.to_charlist(value))
        :ok

      _ ->
        raise ArgumentError,
              "cannot execute System.put_env/2 for key with \"=\" or null bytes, got: " <> inspect(varname)
    end
  end

  @doc """
  Sets several variables; those whose value is `nil` are removed.

      iex> System.put_env(PHIAL_A: "1", PHIAL_B: nil)
      :ok
      iex> System.get_env("PHIAL_A")
      "1"
  """
  @spec put_env(Enumerable.t()) :: :ok
  def put_env(enum) do
    Enum.each(enum, fn
      {key, nil} -> delete_env(to_string(key))
      {key, value} -> put_env(to_string(key), to_string(value))
    end)
  end

  @doc """
  Removes a variable of the environment.

      iex> System.delete_env("PHIAL_EXAMPLE")
      :ok
  """
  @spec delete_env(String.t()) :: :ok
  def delete_env(varname) when is_binary(varname) do
    :os.unsetenv(String.to_charlist(varname))
    :ok
  end

  defp to_text(chars) when is_list(chars), do: :unicode.characters_to_binary(chars)
  defp to_text(binary), do: binary

  ## Other programs

  @doc ~S"""
  Runs a command in a shell and returns `{output, status}`. Text that comes from outside has no place in the
  command: use `cmd/3` for that. The options are those of `cmd/3`, with `:close_stdin`.

      iex> System.shell("echo hello")
      {"hello\n", 0}
  """
  @spec shell(binary, keyword) :: {Collectable.t(), exit_status :: non_neg_integer}
  def shell(command, opts \\ []) when is_binary(command) do
    null_byte!(command, :shell)
    command = String.trim(command)
    {close_stdin, opts} = Keyword.pop(opts, :close_stdin, false)
    redirect = if close_stdin, do: " </dev/null", else: ""
    run({:spawn_executable, ~c"/bin/sh"}, ["-c", "(" <> command <> "\n)" <> redirect], opts, :shell)
  end

  @doc ~S"""
  Runs a program with arguments, which no shell sees, and returns `{output, status}`.

  Options: `:into` collects the output (`""`), `:lines` collects lines of at most so many bytes (into a list),
  `:cd`, `:env` (pairs; `nil` removes), `:arg0`, `:stderr_to_stdout`, `:use_stdio` and `:parallelism`.

      iex> System.cmd("echo", ["hello"])
      {"hello\n", 0}
      iex> System.cmd("echo", ["hello"], lines: 1024)
      {["hello"], 0}
  """
  @spec cmd(binary, [binary], keyword) :: {Collectable.t(), exit_status :: non_neg_integer}
  def cmd(command, args, opts \\ []) when is_binary(command) and is_list(args) do
    null_byte!(command, :cmd)

    :lists.foreach(
      fn arg ->
        if not is_binary(arg), do: raise(ArgumentError, "all arguments for System.cmd/3 must be binaries")
        null_byte!(arg, :cmd)
      end,
      args
    )

    program =
      if Path.type(command) == :absolute do
        command
      else
        find_executable(command) || :erlang.error(:enoent, [command, args, opts])
      end

    run({:spawn_executable, String.to_charlist(program)}, args, opts, :cmd)
  end

  defp null_byte!(text, function) do
    if :binary.match(text, "\0") != :nomatch do
      raise ArgumentError,
            "cannot execute System.#{function}/#{if function == :cmd, do: 3, else: 2} for program with null byte, got: " <>
              inspect(text)
    end
  end

  defp run(program, args, opts, function) do
    base = [:use_stdio, :exit_status, :binary, :hide, args: args]
    {into, lines, port_opts} = cmd_opts(opts, nil, nil, base, function)
    into = if into == nil, do: if(lines, do: [], else: ""), else: into
    {acc, collector} = Collectable.into(into)
    port = :erlang.open_port(program, port_opts)

    try do
      if lines, do: collect_lines(port, acc, collector, []), else: collect(port, acc, collector)
    catch
      kind, reason ->
        collector.(acc, :halt)
        :erlang.raise(kind, reason, __STACKTRACE__)
    else
      {acc, status} -> {collector.(acc, :done), status}
    end
  end

  defp collect(port, acc, collector) do
    receive do
      {^port, {:data, data}} -> collect(port, collector.(acc, {:cont, data}), collector)
      {^port, {:exit_status, status}} -> {acc, status}
    end
  end

  defp collect_lines(port, acc, collector, partial) do
    receive do
      {^port, {:data, {:noeol, data}}} ->
        collect_lines(port, acc, collector, [partial | data])

      {^port, {:data, {:eol, data}}} ->
        line = IO.iodata_to_binary([partial | data])
        collect_lines(port, collector.(acc, {:cont, line}), collector, [])

      {^port, {:exit_status, status}} ->
        # An unfinished last line may come behind the status.
        receive do
          {^port, {:data, {_, data}}} -> last_line(acc, collector, [partial | data], status)
        after
          0 -> last_line(acc, collector, partial, status)
        end
    end
  end

  defp last_line(acc, collector, partial, status) do
    case IO.iodata_to_binary(partial) do
      "" -> {acc, status}
      line -> {collector.(acc, {:cont, line}), status}
    end
  end

  defp cmd_opts([], into, lines, opts, _), do: {into, lines, opts}

  defp cmd_opts([{:into, into} | rest], _, lines, opts, function),
    do: cmd_opts(rest, into, lines, opts, function)

  defp cmd_opts([{:lines, size} | rest], into, _, opts, function) when is_integer(size) and size > 0,
    do: cmd_opts(rest, into, size, [{:line, size} | opts], function)

  defp cmd_opts([{:cd, dir} | rest], into, lines, opts, function) when is_binary(dir),
    do: cmd_opts(rest, into, lines, [{:cd, String.to_charlist(dir)} | opts], function)

  defp cmd_opts([{:arg0, arg0} | rest], into, lines, opts, function) when is_binary(arg0),
    do: cmd_opts(rest, into, lines, [{:arg0, String.to_charlist(arg0)} | opts], function)

  defp cmd_opts([{:stderr_to_stdout, true} | rest], into, lines, opts, function),
    do: cmd_opts(rest, into, lines, [:stderr_to_stdout | opts], function)

  defp cmd_opts([{:stderr_to_stdout, false} | rest], into, lines, opts, function),
    do: cmd_opts(rest, into, lines, opts, function)

  defp cmd_opts([{:use_stdio, true} | rest], into, lines, opts, function),
    do: cmd_opts(rest, into, lines, opts, function)

  defp cmd_opts([{:use_stdio, false} | rest], into, lines, opts, function),
    do: cmd_opts(rest, into, lines, [:nouse_stdio | :lists.delete(:use_stdio, opts)], function)

  defp cmd_opts([{:parallelism, flag} | rest], into, lines, opts, function) when is_boolean(flag),
    do: cmd_opts(rest, into, lines, [{:parallelism, flag} | opts], function)

  defp cmd_opts([{:env, env} | rest], into, lines, opts, function),
    do: cmd_opts(rest, into, lines, [{:env, port_env(env)} | opts], function)

  defp cmd_opts([{key, value} | _], _, _, _, function),
    do:
      raise(
        ArgumentError,
        "invalid option #{inspect(key)} with value #{inspect(value)} for System.#{function}"
      )

  defp port_env(env) do
    Enum.map(env, fn
      {key, nil} -> {String.to_charlist(key), false}
      {key, value} -> {String.to_charlist(key), String.to_charlist(value)}
      other -> raise ArgumentError, "invalid environment key-value #{inspect(other)}"
    end)
  end

  ## Time

  @doc """
  Returns monotonic time, in the VM's own unit.

      iex> is_integer(System.monotonic_time())
      true
  """
  @spec monotonic_time() :: integer
  def monotonic_time, do: :erlang.monotonic_time()

  @doc """
  Returns monotonic time in a unit.

      iex> is_integer(System.monotonic_time(:millisecond))
      true
  """
  @spec monotonic_time(time_unit) :: integer
  def monotonic_time(unit), do: :erlang.monotonic_time(normalize(unit))

  @doc """
  Returns system time, in the VM's own unit.

      iex> is_integer(System.system_time())
      true
  """
  @spec system_time() :: integer
  def system_time, do: :erlang.system_time()

  @doc """
  Returns system time in a unit.

      iex> System.system_time(:second) > 1_500_000_000
      true
  """
  @spec system_time(time_unit) :: integer
  def system_time(unit), do: :erlang.system_time(normalize(unit))

  @doc """
  Converts a time from one unit to another, rounding down.

      iex> System.convert_time_unit(1, :second, :millisecond)
      1000
      iex> System.convert_time_unit(1500, :millisecond, :second)
      1
  """
  @spec convert_time_unit(integer, time_unit, time_unit) :: integer
  def convert_time_unit(time, from_unit, to_unit) when is_integer(time),
    do: :erlang.convert_time_unit(time, normalize(from_unit), normalize(to_unit))

  @doc """
  Returns what must be added to monotonic time to get system time, in the VM's own unit.

      iex> is_integer(System.time_offset())
      true
  """
  @spec time_offset() :: integer
  def time_offset, do: :erlang.time_offset()

  @doc """
  Returns what must be added to monotonic time to get system time.

      iex> is_integer(System.time_offset(:second))
      true
  """
  @spec time_offset(time_unit) :: integer
  def time_offset(unit), do: :erlang.time_offset(normalize(unit))

  @doc """
  Returns the operating system's time.

      iex> is_integer(System.os_time())
      true
  """
  @spec os_time() :: integer
  def os_time, do: :os.system_time()

  @doc """
  Returns the operating system's time in a unit.

      iex> is_integer(System.os_time(:second))
      true
  """
  @spec os_time(time_unit) :: integer
  def os_time(unit), do: :os.system_time(normalize(unit))

  @doc """
  Returns an integer that is unique in this VM. `:positive` and `:monotonic` may be asked for.

      iex> System.unique_integer() != System.unique_integer()
      true
      iex> System.unique_integer([:positive, :monotonic]) > 0
      true
  """
  @spec unique_integer([:positive | :monotonic]) :: integer
  def unique_integer(modifiers \\ []) when is_list(modifiers), do: :erlang.unique_integer(modifiers)

  defp normalize(unit) when unit in [:native, :second, :millisecond, :microsecond, :nanosecond], do: unit
  defp normalize(unit) when is_integer(unit) and unit > 0, do: unit
  defp normalize(:seconds), do: :second
  defp normalize(:milliseconds), do: :millisecond
  defp normalize(:milli_seconds), do: :millisecond
  defp normalize(:microseconds), do: :microsecond
  defp normalize(:micro_seconds), do: :microsecond
  defp normalize(:nanoseconds), do: :nanosecond
  defp normalize(:nano_seconds), do: :nanosecond

  defp normalize(other) do
    raise ArgumentError,
          "unsupported time unit. Expected :second, :millisecond, " <>
            ":microsecond, :nanosecond, or a positive integer, " <> "got #{inspect(other)}"
  end
end
