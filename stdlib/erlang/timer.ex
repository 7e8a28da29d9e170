defmodule :timer do
  @moduledoc """
  Timers: messages and function calls after a time or again and again.

  Times are milliseconds. Each timer of this module is a process of its own, save for messages to
  local processes, which the VM's own timers deliver. `cancel/1` takes what `send_after/2` and the
  others return. Intervals keep to their schedule, however long a call takes.
  """

  @doc """
  Does nothing; kept from the time when timers needed a server.

      iex> :timer.start()
      :ok
  """
  def start, do: :ok

  ## Messages

  @doc """
  Sends `message` to the caller after `time`.

      iex> {:ok, _tref} = :timer.send_after(1, :ring)
      iex> receive do: (message -> message)
      :ring
  """
  def send_after(time, message), do: send_after(time, self(), message)

  @doc """
  Sends `message` to a process, a registered name or `{name, node}` after `time`.

      iex> {:ok, _tref} = :timer.send_after(1, self(), :ring)
      iex> receive do: (message -> message)
      :ring
  """
  def send_after(time, pid, message)
      when is_integer(time) and time >= 0 and is_pid(pid) and node(pid) == node(),
      do: {:ok, {:send_local, :erlang.send_after(time, pid, message)}}

  def send_after(time, name, message)
      when is_integer(time) and time >= 0 and is_atom(name) and name != :undefined,
      do: {:ok, {:send_local, :erlang.send_after(time, name, message)}}

  def send_after(time, dest, message) when is_integer(time) and time >= 0 do
    if destination?(dest),
      do: once(time, fn -> :erlang.send(dest, message) end),
      else: {:error, :badarg}
  end

  def send_after(_time, _dest, _message), do: {:error, :badarg}

  @doc """
  Sends `message` to the caller every `time` milliseconds.

      iex> {:ok, tref} = :timer.send_interval(1, :tick)
      iex> receive do: (:tick -> :timer.cancel(tref))
      {:ok, :cancel}
  """
  def send_interval(time, message), do: send_interval(time, self(), message)

  @doc """
  Sends `message` to a process or registered name every `time` milliseconds, until the process ends.

      iex> {:ok, tref} = :timer.send_interval(1, self(), :tick)
      iex> receive do: (:tick -> :timer.cancel(tref))
      {:ok, :cancel}
  """
  def send_interval(time, dest, message) when is_integer(time) and time >= 0 do
    if destination?(dest) do
      watched = if is_atom(dest), do: :erlang.whereis(dest), else: dest

      if watched == :undefined do
        {:error, :noproc}
      else
        interval(time, watched, fn -> :erlang.send(dest, message) end)
      end
    else
      {:error, :badarg}
    end
  end

  def send_interval(_time, _dest, _message), do: {:error, :badarg}

  defp destination?(dest) when is_pid(dest), do: true
  defp destination?(dest) when is_atom(dest), do: dest != :undefined
  defp destination?({name, node}), do: is_atom(name) and is_atom(node)
  defp destination?(_dest), do: false

  ## Signals

  @doc """
  Sends an exit signal with `reason` to the caller after `time`.

      iex> {:ok, tref} = :timer.exit_after(10_000, :late)
      iex> :timer.cancel(tref)
      {:ok, :cancel}
  """
  def exit_after(time, reason), do: exit_after(time, self(), reason)

  @doc """
  Sends an exit signal with `reason` to `pid` after `time`.

      iex> {:ok, tref} = :timer.exit_after(10_000, self(), :late)
      iex> :timer.cancel(tref)
      {:ok, :cancel}
  """
  def exit_after(time, pid, reason), do: apply_after(time, :erlang, :exit, [pid, reason])

  @doc """
  Kills the caller after `time`.

      iex> {:ok, tref} = :timer.kill_after(10_000)
      iex> :timer.cancel(tref)
      {:ok, :cancel}
  """
  def kill_after(time), do: kill_after(time, self())

  @doc """
  Kills `pid` after `time`.

      iex> {:ok, tref} = :timer.kill_after(10_000, self())
      iex> :timer.cancel(tref)
      {:ok, :cancel}
  """
  def kill_after(time, pid), do: exit_after(time, pid, :kill)

  ## Calls

  @doc """
  Calls `fun` in a process of its own after `time`.

      iex> parent = self()
      iex> {:ok, _tref} = :timer.apply_after(1, fn -> send(parent, :done) end)
      iex> receive do: (message -> message)
      :done
  """
  def apply_after(time, fun) when is_function(fun, 0), do: apply_after(time, :erlang, :apply, [fun, []])
  def apply_after(_time, _fun), do: {:error, :badarg}

  @doc """
  Calls `fun` with `args` in a process of its own after `time`.

      iex> {:ok, _tref} = :timer.apply_after(1, fn pid -> send(pid, :done) end, [self()])
      iex> receive do: (message -> message)
      :done
  """
  def apply_after(time, fun, args) when is_list(args) and is_function(fun, length(args)),
    do: apply_after(time, :erlang, :apply, [fun, args])

  def apply_after(_time, _fun, _args), do: {:error, :badarg}

  @doc """
  Calls `module.function(args)` in a process of its own after `time`.

      iex> {:ok, _tref} = :timer.apply_after(1, :erlang, :send, [self(), :done])
      iex> receive do: (message -> message)
      :done
  """
  def apply_after(time, module, function, args)
      when is_integer(time) and time >= 0 and is_atom(module) and is_atom(function) and
             is_list(args),
      do: once(time, fn -> :erlang.apply(module, function, args) end)

  def apply_after(_time, _module, _function, _args), do: {:error, :badarg}

  @doc """
  Calls `fun` every `time` milliseconds, each time in a new process.

      iex> parent = self()
      iex> {:ok, tref} = :timer.apply_interval(1, fn -> send(parent, :tick) end)
      iex> receive do: (:tick -> :timer.cancel(tref))
      {:ok, :cancel}
  """
  def apply_interval(time, fun) when is_function(fun, 0),
    do: apply_interval(time, :erlang, :apply, [fun, []])

  def apply_interval(_time, _fun), do: {:error, :badarg}

  @doc """
  Calls `fun` with `args` every `time` milliseconds, each time in a new process.

      iex> {:ok, tref} = :timer.apply_interval(1, fn pid -> send(pid, :tick) end, [self()])
      iex> receive do: (:tick -> :timer.cancel(tref))
      {:ok, :cancel}
  """
  def apply_interval(time, fun, args) when is_list(args) and is_function(fun, length(args)),
    do: apply_interval(time, :erlang, :apply, [fun, args])

  def apply_interval(_time, _fun, _args), do: {:error, :badarg}

  @doc """
  Calls `module.function(args)` every `time` milliseconds, each time in a new process, until the
  process that asked for it ends.

      iex> {:ok, tref} = :timer.apply_interval(1, :erlang, :send, [self(), :tick])
      iex> receive do: (:tick -> :timer.cancel(tref))
      {:ok, :cancel}
  """
  def apply_interval(time, module, function, args)
      when is_integer(time) and time >= 0 and is_atom(module) and is_atom(function) and
             is_list(args),
      do: interval(time, self(), fn -> :erlang.spawn(module, function, args) end)

  def apply_interval(_time, _module, _function, _args), do: {:error, :badarg}

  @doc """
  Like `apply_interval/2`, but a call waits until the one before has returned.

      iex> parent = self()
      iex> {:ok, tref} = :timer.apply_repeatedly(1, fn -> send(parent, :tick) end)
      iex> receive do: (:tick -> :timer.cancel(tref))
      {:ok, :cancel}
  """
  def apply_repeatedly(time, fun) when is_function(fun, 0),
    do: apply_repeatedly(time, :erlang, :apply, [fun, []])

  def apply_repeatedly(_time, _fun), do: {:error, :badarg}

  @doc """
  Like `apply_interval/3`, but a call waits until the one before has returned.

      iex> {:ok, tref} = :timer.apply_repeatedly(1, fn pid -> send(pid, :tick) end, [self()])
      iex> receive do: (:tick -> :timer.cancel(tref))
      {:ok, :cancel}
  """
  def apply_repeatedly(time, fun, args) when is_list(args) and is_function(fun, length(args)),
    do: apply_repeatedly(time, :erlang, :apply, [fun, args])

  def apply_repeatedly(_time, _fun, _args), do: {:error, :badarg}

  @doc """
  Like `apply_interval/4`, but a call waits until the one before has returned.

      iex> {:ok, tref} = :timer.apply_repeatedly(1, :erlang, :send, [self(), :tick])
      iex> receive do: (:tick -> :timer.cancel(tref))
      {:ok, :cancel}
  """
  def apply_repeatedly(time, module, function, args)
      when is_integer(time) and time >= 0 and is_atom(module) and is_atom(function) and
             is_list(args) do
    interval(time, self(), fn ->
      {pid, monitor} = :erlang.spawn_monitor(module, function, args)

      receive do
        {:DOWN, ^monitor, :process, ^pid, _reason} -> :ok
      end
    end)
  end

  def apply_repeatedly(_time, _module, _function, _args), do: {:error, :badarg}

  @doc """
  Cancels a timer.

      iex> {:ok, tref} = :timer.send_after(10_000, :late)
      iex> :timer.cancel(tref)
      {:ok, :cancel}
  """
  def cancel({:send_local, ref}) when is_reference(ref) do
    :erlang.cancel_timer(ref)
    {:ok, :cancel}
  end

  def cancel({kind, pid}) when kind in [:once, :interval] and is_pid(pid) do
    :erlang.exit(pid, :kill)
    {:ok, :cancel}
  end

  def cancel(_tref), do: {:error, :badarg}

  defp once(time, work) do
    pid =
      :erlang.spawn(fn ->
        receive do
        after
          time -> work.()
        end
      end)

    {:ok, {:once, pid}}
  end

  defp interval(time, watched, work) do
    start = :erlang.monotonic_time(:millisecond)

    pid =
      :erlang.spawn(fn ->
        monitor = :erlang.monitor(:process, watched)
        tick(start + time, time, monitor, work)
      end)

    {:ok, {:interval, pid}}
  end

  # Each tick is due at a multiple of the time, so that delays do not add up.
  defp tick(due, time, monitor, work) do
    receive do
      {:DOWN, ^monitor, _, _, _} -> :ok
    after
      max(due - :erlang.monotonic_time(:millisecond), 0) ->
        work.()
        tick(due + time, time, monitor, work)
    end
  end

  ## Waiting and measuring

  @doc """
  Suspends the caller for `time` milliseconds or for ever (`:infinity`).

      iex> :timer.sleep(1)
      :ok
  """
  def sleep(time) do
    receive do
    after
      time -> :ok
    end
  end

  @doc """
  Calls `fun` and returns `{microseconds, result}`.

      iex> {time, 3} = :timer.tc(fn -> 1 + 2 end)
      iex> is_integer(time)
      true
  """
  def tc(fun) when is_function(fun, 0), do: measure(fn -> fun.() end, :microsecond)

  @doc """
  Calls `fun` with a list of arguments, or measures a call of `fun` in a time unit.

      iex> {_time, 3} = :timer.tc(fn x -> x + 2 end, [1])
      iex> {_time, 3} = :timer.tc(fn -> 3 end, :nanosecond)
      iex> :ok
      :ok
  """
  def tc(fun, args) when is_list(args), do: measure(fn -> :erlang.apply(fun, args) end, :microsecond)
  def tc(fun, unit), do: measure(fn -> fun.() end, unit)

  @doc """
  Calls `module.function(args)`, or `fun` with arguments in a time unit.

      iex> {_time, 3} = :timer.tc(:erlang, :+, [1, 2])
      iex> :ok
      :ok
  """
  def tc(fun, args, unit) when is_function(fun), do: measure(fn -> :erlang.apply(fun, args) end, unit)
  def tc(module, function, args), do: tc(module, function, args, :microsecond)

  @doc """
  Calls `module.function(args)` and returns the time it took, in `unit`, with the result.

      iex> {_time, 3} = :timer.tc(:erlang, :+, [1, 2], :millisecond)
      iex> :ok
      :ok
  """
  def tc(module, function, args, unit),
    do: measure(fn -> :erlang.apply(module, function, args) end, unit)

  defp measure(work, unit) do
    start = :erlang.monotonic_time()
    result = work.()
    time = :erlang.monotonic_time() - start
    {:erlang.convert_time_unit(time, :native, unit), result}
  end

  @doc """
  Returns the microseconds between two `:erlang.timestamp/0` tuples.

      iex> :timer.now_diff({0, 2, 5}, {0, 1, 0})
      1000005
  """
  def now_diff({mega2, second2, micro2}, {mega1, second1, micro1}),
    do: ((mega2 - mega1) * 1_000_000 + second2 - second1) * 1_000_000 + micro2 - micro1

  @doc """
  Returns the milliseconds of seconds.

      iex> :timer.seconds(2)
      2000
  """
  def seconds(seconds), do: seconds * 1_000

  @doc """
  Returns the milliseconds of minutes.

      iex> :timer.minutes(2)
      120000
  """
  def minutes(minutes), do: minutes * 60_000

  @doc """
  Returns the milliseconds of hours.

      iex> :timer.hours(1)
      3600000
  """
  def hours(hours), do: hours * 3_600_000

  @doc """
  Returns the milliseconds of hours, minutes and seconds.

      iex> :timer.hms(1, 1, 1)
      3661000
  """
  def hms(hours, minutes, seconds), do: hours(hours) + minutes(minutes) + seconds(seconds)
end
