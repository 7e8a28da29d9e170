defmodule Process do
  @moduledoc """
  Processes: sending, linking, monitoring, naming and inspecting them.

  Processes are started with `Kernel.spawn/1` and its relatives, or better, by
  `Task`, `Agent`, `GenServer` and `Supervisor`. Every process also owns a small
  mutable store, the process dictionary, which `get/2` and `put/2` work on.
  """

  @typedoc "A place to send messages to."
  @type dest :: pid | port | (registered_name :: atom) | {registered_name :: atom, node}
  @type spawn_opt ::
          :link
          | :monitor
          | {:monitor, [monitor_option]}
          | {:priority, :low | :normal | :high}
          | {:fullsweep_after, non_neg_integer}
          | {:min_heap_size, non_neg_integer}
          | {:min_bin_vheap_size, non_neg_integer}
          | {:max_heap_size, heap_size}
          | {:message_queue_data, :off_heap | :on_heap}
  @type spawn_opts :: [spawn_opt]
  @type monitor_option :: {:alias, :explicit_unalias | :demonitor | :reply_demonitor} | {:tag, term}
  @type alias_opt :: :explicit_unalias | :reply
  @type alias :: reference
  @type heap_size :: non_neg_integer | map
  @type priority_level :: :low | :normal | :high | :max
  @type process_info_item :: atom | {:dictionary, term}
  @type process_info_result_item :: {process_info_item, term}

  @doc """
  Tells whether a local process is alive.

      iex> Process.alive?(self())
      true
  """
  @spec alive?(pid) :: boolean
  def alive?(pid), do: :erlang.is_process_alive(pid)

  @doc """
  Returns the whole process dictionary as a list of pairs.

      iex> Process.put(:a_key, 1)
      iex> {:a_key, 1} in Process.get()
      true
  """
  @spec get() :: [{term, term}]
  def get(), do: :erlang.get()

  @doc """
  Returns the value under `key` in the process dictionary, or `default`.

      iex> Process.get(:no_such_key, :none)
      :none
  """
  @spec get(term, term) :: term
  def get(key, default \\ nil) do
    case :erlang.get(key) do
      :undefined -> default
      value -> value
    end
  end

  @doc """
  Returns the keys of the process dictionary.

      iex> Process.put(:some_key, 1)
      iex> :some_key in Process.get_keys()
      true
  """
  @spec get_keys() :: [term]
  def get_keys(), do: :erlang.get_keys()

  @doc """
  Returns the keys of the process dictionary that hold `value`.

      iex> Process.put(:k1, {:unique, 1})
      iex> Process.get_keys({:unique, 1})
      [:k1]
  """
  @spec get_keys(term) :: [term]
  def get_keys(value), do: :erlang.get_keys(value)

  @doc """
  Stores `value` under `key` in the process dictionary; returns the old value or `nil`.

      iex> Process.put(:count, 1)
      nil
      iex> Process.put(:count, 2)
      1
  """
  @spec put(term, term) :: term | nil
  def put(key, value), do: nillify(:erlang.put(key, value))

  @doc """
  Removes `key` from the process dictionary; returns its value or `nil`.

      iex> Process.put(:gone, 1)
      iex> Process.delete(:gone)
      1
      iex> Process.delete(:gone)
      nil
  """
  @spec delete(term) :: term | nil
  def delete(key), do: nillify(:erlang.erase(key))

  @doc """
  Sends an exit signal with `reason` to `pid`.

  `:normal` is ignored by others, `:kill` can not be trapped, anything else ends a
  process that does not trap exits.

      iex> pid = spawn(fn -> Process.sleep(:infinity) end)
      iex> Process.exit(pid, :kill)
      true
  """
  @spec exit(pid | port, term) :: true
  def exit(pid, reason), do: :erlang.exit(pid, reason)

  @doc """
  Suspends the calling process for `timeout` milliseconds, or for ever with `:infinity`.

      iex> Process.sleep(1)
      :ok
  """
  @spec sleep(timeout) :: :ok
  def sleep(timeout)
      when is_integer(timeout) and timeout >= 0
      when timeout == :infinity do
    receive after: (timeout -> :ok)
  end

  @doc """
  Sends `message` to `dest` with options `:noconnect` and `:nosuspend`.

      iex> Process.send(self(), :hi, [])
      :ok
  """
  @spec send(dest, msg, [:noconnect | :nosuspend]) :: :ok | :noconnect | :nosuspend when msg: any
  def send(dest, msg, options) when is_list(options), do: :erlang.send(dest, msg, options)

  @doc """
  Sends `msg` to `dest` after `time` milliseconds; returns the timer's reference.

  With `abs: true`, `time` is an absolute point of Erlang monotonic time.

      iex> timer = Process.send_after(self(), :tick, 1)
      iex> is_reference(timer)
      true
  """
  @spec send_after(pid | atom, term, non_neg_integer, [{:abs, boolean}]) :: reference
  def send_after(dest, msg, time, opts \\ [])
  def send_after(dest, msg, time, []), do: :erlang.send_after(time, dest, msg)
  def send_after(dest, msg, time, opts), do: :erlang.send_after(time, dest, msg, opts)

  @doc """
  Cancels a timer; returns the milliseconds that were left, or `false`.

      iex> timer = Process.send_after(self(), :never, 100_000)
      iex> is_integer(Process.cancel_timer(timer))
      true
      iex> Process.cancel_timer(timer)
      false
  """
  @spec cancel_timer(reference, [{:async | :info, boolean}]) :: non_neg_integer | false | :ok
  def cancel_timer(timer_ref, options \\ [])
  def cancel_timer(timer_ref, []), do: :erlang.cancel_timer(timer_ref)
  def cancel_timer(timer_ref, options), do: :erlang.cancel_timer(timer_ref, options)

  @doc """
  Returns the milliseconds left on a timer, or `false`.

      iex> timer = Process.send_after(self(), :never, 100_000)
      iex> Process.read_timer(timer) > 0
      true
  """
  @spec read_timer(reference) :: non_neg_integer | false
  def read_timer(timer_ref), do: :erlang.read_timer(timer_ref)

  @doc """
  Returns the group leader of the calling process.

      iex> is_pid(Process.group_leader())
      true
  """
  @spec group_leader() :: pid
  def group_leader(), do: :erlang.group_leader()

  @doc """
  Makes `leader` the group leader of `pid`.

      iex> Process.group_leader(self(), Process.group_leader())
      true
  """
  @spec group_leader(pid, leader :: pid) :: true
  def group_leader(pid, leader), do: :erlang.group_leader(leader, pid)

  @doc """
  Spawns `fun` with spawn options.

      iex> is_pid(Process.spawn(fn -> :ok end, [:link]))
      true
  """
  @spec spawn((() -> any), spawn_opts) :: pid | {pid, reference}
  def spawn(fun, opts), do: :erlang.spawn_opt(fun, opts)

  @doc """
  Spawns a process that calls `mod.fun` with `args`, with spawn options.

      iex> {pid, ref} = Process.spawn(Kernel, :self, [], [:monitor])
      iex> is_pid(pid) and is_reference(ref)
      true
  """
  @spec spawn(module, atom, list, spawn_opts) :: pid | {pid, reference}
  def spawn(mod, fun, args, opts), do: :erlang.spawn_opt(mod, fun, args, opts)

  @doc """
  Monitors `item`, a pid, a port or a registered name; its end arrives as a `:DOWN` message.

      iex> ref = Process.monitor(spawn(fn -> :ok end))
      iex> receive do {:DOWN, ^ref, :process, _pid, reason} -> reason in [:normal, :noproc] end
      true
  """
  @spec monitor(pid | {atom, node} | atom | port) :: reference
  def monitor(item) when is_pid(item), do: :erlang.monitor(:process, item)
  def monitor(item) when is_port(item), do: :erlang.monitor(:port, item)
  def monitor(item), do: :erlang.monitor(:process, item)

  @doc """
  Like `monitor/1` with options `:alias` and `:tag`.

      iex> is_reference(Process.monitor(self(), alias: :demonitor))
      true
  """
  @spec monitor(pid | {atom, node} | atom | port, [monitor_option]) :: reference
  def monitor(item, options) when is_port(item), do: :erlang.monitor(:port, item, options)
  def monitor(item, options), do: :erlang.monitor(:process, item, options)

  @doc """
  Removes a monitor. Options are `:flush` and `:info`.

      iex> Process.demonitor(Process.monitor(self()), [:flush])
      true
  """
  @spec demonitor(reference, [:flush | :info]) :: boolean
  def demonitor(monitor_ref, options \\ [])
  def demonitor(monitor_ref, []), do: :erlang.demonitor(monitor_ref)
  def demonitor(monitor_ref, options), do: :erlang.demonitor(monitor_ref, options)

  @doc """
  Returns the pids of all processes.

      iex> self() in Process.list()
      true
  """
  @spec list() :: [pid]
  def list(), do: :erlang.processes()

  @doc """
  Links the calling process with `pid_or_port`.

      iex> Process.link(spawn(fn -> Process.sleep(20) end))
      true
  """
  @spec link(pid | port) :: true
  def link(pid_or_port), do: :erlang.link(pid_or_port)

  @doc """
  Removes the link between the calling process and `pid_or_port`.

      iex> pid = spawn_link(fn -> Process.sleep(20) end)
      iex> Process.unlink(pid)
      true
  """
  @spec unlink(pid | port) :: true
  def unlink(pid_or_port), do: :erlang.unlink(pid_or_port)

  @doc """
  Gives a local process or port a name, an atom other than `nil`, `false`, `true` and `:undefined`.

      iex> Process.register(self(), :process_doc_name)
      true
      iex> Process.unregister(:process_doc_name)
      true
  """
  @spec register(pid | port, atom) :: true
  def register(pid_or_port, name)
      when is_atom(name) and name not in [nil, false, true, :undefined] do
    :erlang.register(name, pid_or_port)
  catch
    :error, :badarg ->
      message =
        "could not register #{inspect(pid_or_port)} with " <>
          "name #{inspect(name)} because it is not alive, the name is already " <>
          "taken, or it has already been given another name"

      :erlang.error(%ArgumentError{message: message}, [pid_or_port, name])
  end

  @doc """
  Frees a registered name.

      iex> Process.register(self(), :process_doc_other)
      iex> Process.unregister(:process_doc_other)
      true
  """
  @spec unregister(atom) :: true
  def unregister(name), do: :erlang.unregister(name)

  @doc """
  Returns the pid or port registered as `name`, or `nil`.

      iex> Process.whereis(:nobody_has_this_name)
      nil
  """
  @spec whereis(atom) :: pid | port | nil
  def whereis(name), do: nillify(:erlang.whereis(name))

  @doc """
  Returns all registered names.

      iex> is_list(Process.registered())
      true
  """
  @spec registered() :: [atom]
  def registered(), do: :erlang.registered()

  @doc """
  Sets `flag` of the calling process; returns its old value.

      iex> old = Process.flag(:trap_exit, false)
      iex> is_boolean(old)
      true
  """
  @spec flag(atom, term) :: term
  def flag(flag, value), do: :erlang.process_flag(flag, value)

  @doc """
  Sets `flag` of the process `pid`; returns its old value.
  """
  @spec flag(pid, :save_calls, 0..10000) :: 0..10000
  def flag(pid, flag, value), do: :erlang.process_flag(pid, flag, value)

  @doc """
  Returns information on a process as a keyword list, or `nil` when it is not alive.

      iex> Process.info(self())[:status]
      :running
  """
  @spec info(pid) :: keyword | nil
  def info(pid), do: nillify(:erlang.process_info(pid))

  @doc """
  Returns the item or the list of items `spec` of a process, or `nil` when it is not alive.

      iex> Process.info(self(), :trap_exit)
      {:trap_exit, false}
  """
  @spec info(pid, process_info_item | [process_info_item]) ::
          process_info_result_item | [process_info_result_item] | nil
  def info(pid, spec)

  def info(pid, :registered_name) do
    case :erlang.process_info(pid, :registered_name) do
      :undefined -> nil
      [] -> {:registered_name, []}
      other -> other
    end
  end

  def info(pid, spec) when is_atom(spec) or is_list(spec) or is_tuple(spec) do
    nillify(:erlang.process_info(pid, spec))
  end

  @doc """
  Puts the calling process to sleep with the smallest heap until a message comes, then
  calls `mod.fun_name` with `args`. Does not return.
  """
  @spec hibernate(module, atom, list) :: no_return
  def hibernate(mod, fun_name, args), do: :erlang.hibernate(mod, fun_name, args)

  @doc """
  Gives the calling process a label, which crash reports and the observer show.

      iex> Process.set_label({:worker, 1})
      :ok
  """
  @spec set_label(term) :: :ok
  def set_label(label), do: :proc_lib.set_label(label)

  @doc """
  Creates an alias of the calling process, a reference that messages can be sent to.

      iex> ref = Process.alias()
      iex> send(ref, :hello)
      iex> receive do :hello -> :got_it end
      :got_it
  """
  @spec alias() :: alias
  def alias, do: :erlang.alias()

  @doc """
  Creates an alias with options; with `[:reply]` the first message that comes through ends it.

      iex> ref = Process.alias([:reply])
      iex> send(ref, :one)
      iex> send(ref, :two)
      iex> receive do :one -> receive do :two -> :both after 0 -> :only_one end end
      :only_one
  """
  @spec alias([alias_opt]) :: alias
  def alias(options), do: :erlang.alias(options)

  @doc """
  Ends an alias; returns `false` when it was not active.

      iex> ref = Process.alias()
      iex> {Process.unalias(ref), Process.unalias(ref)}
      {true, false}
  """
  @spec unalias(alias) :: boolean
  def unalias(alias), do: :erlang.unalias(alias)

  @compile {:inline, nillify: 1}
  defp nillify(:undefined), do: nil
  defp nillify(other), do: other
end
