defmodule :os do
  @moduledoc """
  The operating system: its programs. Environment and time are native.
  """

  @doc """
  The family and the name of the operating system, such as `{:unix, :linux}`.

      iex> tuple_size(:os.type())
      2
  """
  def type()

  @doc """
  The environment, as `NAME=value` charlists.

      iex> is_list(:os.getenv())
      true
  """
  def getenv()

  @doc """
  A variable of the environment, or `false`.

      iex> :os.getenv(~c"NO_SUCH_VARIABLE")
      false
  """
  def getenv(name)

  @doc """
  A variable of the environment, or the default.

      iex> :os.getenv(~c"NO_SUCH_VARIABLE", ~c"x")
      ~c"x"
  """
  def getenv(name, default)

  @doc """
  The environment as pairs of name and value.

      iex> is_list(:os.env())
      true
  """
  def env()

  @doc """
  Sets a variable of the environment.

      iex> :os.putenv(~c"DOC_VARIABLE", ~c"1")
      iex> :os.getenv(~c"DOC_VARIABLE")
      ~c"1"
  """
  def putenv(name, value)

  @doc """
  Deletes a variable of the environment.

      iex> :os.unsetenv(~c"NO_SUCH_VARIABLE")
      true
  """
  def unsetenv(name)

  @doc """
  The id of the process of the operating system, as a charlist.

      iex> is_list(:os.getpid())
      true
  """
  def getpid()

  @doc """
  The time of the operating system, in native units or in those said.

      iex> :os.system_time(:second) > 1_500_000_000
      true
  """
  def system_time()

  @doc """
  A counter of time for measurements.

      iex> is_integer(:os.perf_counter())
      true
  """
  def perf_counter()

  @doc """
  The time as `{megaseconds, seconds, microseconds}`.

      iex> tuple_size(:os.timestamp())
      3
  """
  def timestamp()

  @doc """
  What a signal does: `:default`, `:ignore` or `:handle`, which sends it to `:erl_signal_server`.
  """
  def set_signal(signal, option)

  @doc """
  Runs a command line in the shell and returns what it wrote, as a charlist. It reads no input.

  With `%{max_size: n}` no more than `n` bytes are returned.

      iex> :os.cmd(~c"echo one; echo two >&2")
      ~c"one\\ntwo\\n"
  """
  def cmd(command, options \\ %{}) do
    command = to_text(command)
    left = :maps.get(:max_size, options, :infinity)
    caller = self()
    answer = make_ref()

    # In a process of its own, so that neither links nor messages of the caller are touched.
    {_, monitor} =
      spawn_monitor(fn ->
        port =
          :erlang.open_port(
            {:spawn_executable, ~c"/bin/sh"},
            [:binary, :in, :eof, :stderr_to_stdout, :hide, {:args, ["-c", command]}]
          )

        send(caller, {answer, collect(port, left, [])})
      end)

    receive do
      {^answer, bytes} ->
        :erlang.demonitor(monitor, [:flush])

        case :unicode.characters_to_list(bytes) do
          text when is_list(text) -> text
          _ -> :erlang.binary_to_list(bytes)
        end

      {:DOWN, ^monitor, _, _, {reason, _}} ->
        :erlang.error(reason)

      {:DOWN, ^monitor, _, _, reason} ->
        :erlang.error(reason)
    end
  end

  defp collect(port, left, acc) do
    receive do
      {^port, {:data, data}} when byte_size(data) < left -> collect(port, fewer(left, data), [acc | data])
      {^port, {:data, data}} -> :erlang.iolist_to_binary([acc | :binary.part(data, 0, left)])
      {^port, :eof} -> :erlang.iolist_to_binary(acc)
    end
  end

  defp fewer(:infinity, _), do: :infinity
  defp fewer(left, data), do: left - byte_size(data)

  defp to_text(command) when is_binary(command), do: command
  defp to_text(command) when is_atom(command), do: :erlang.atom_to_binary(command)

  defp to_text(command) do
    case :unicode.characters_to_binary(command) do
      text when is_binary(text) -> text
      _ -> :erlang.error(:badarg)
    end
  end

  @doc """
  Finds a program in the folders of `PATH`: its path as a charlist, or `false`.

      iex> :os.find_executable(~c"no such program")
      false
  """
  def find_executable(name), do: find_executable(name, :os.getenv(~c"PATH", ~c""))

  @doc """
  Finds a program in these folders, which are separated by colons.
  """
  def find_executable(name, path) do
    name = to_text(name)

    if :binary.match(name, "/") == :nomatch,
      do: find_in(:binary.split(to_text(path), ":", [:global]), name),
      else: if(executable?(name), do: :unicode.characters_to_list(name), else: false)
  end

  defp find_in([], _), do: false

  defp find_in([folder | rest], name) do
    file = if folder == "", do: name, else: folder <> "/" <> name
    if executable?(file), do: :unicode.characters_to_list(file), else: find_in(rest, name)
  end

  defp executable?(file) do
    case :prim_file.read_file_info(file) do
      {:ok, info} -> :erlang.element(3, info) == :regular and :erlang.band(:erlang.element(8, info), 0o111) != 0
      _ -> false
    end
  end

  @doc """
  The version of the operating system: numbers, or text where it is none.
  """
  def version do
    with {:ok, text} <- :prim_file.read_file("/proc/sys/kernel/osrelease"),
         [_, major, minor, patch] <- Regex.run(~r/^(\d+)\.(\d+)\.(\d+)/, text) do
      {String.to_integer(major), String.to_integer(minor), String.to_integer(patch)}
    else
      _ -> ~c"unknown"
    end
  end

  @doc "A fine counter of time in a unit."
  def perf_counter(unit), do: :erlang.convert_time_unit(:os.perf_counter(), :perf_counter, unit)
end
