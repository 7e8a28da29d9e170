defmodule Phial.Budget do
  @moduledoc """
  Processes with a budget: what a function and everything it spawns may use.

  A budget is a keyword list or map of limits. What is left out is not limited.

  | key | unit | of |
  |---|---|---|
  | `:memory` | bytes | heaps, waiting messages, large binaries and ETS tables together |
  | `:binaries` | bytes | binaries of more than 64 bytes |
  | `:ets` | bytes | ETS tables |
  | `:reductions` | reductions | all work, a function call is about one |
  | `:reductions_per_second` | reductions | who is faster waits |
  | `:processes` | processes | that live at once |
  | `:atoms` | atoms | that did not exist before; they never go away |
  | `:mailbox` | messages | waiting for one process |
  | `:time` | milliseconds | since the start |

  The processes that a process spawns belong to its tree, and so do theirs. When the tree crosses a limit, all of it ends, with the exit
  reason `{:budget, kind}`, which `trap_exit` does not stop; links and monitors outside of the tree see that reason. Two limits work at the place that
  crosses them instead: one more atom than allowed raises `SystemLimitError`, and so does a single value that is larger than all the
  memory that is left.

  Trees may be nested. What an inner tree uses counts for the outer ones, so an inner budget never gives more than what is left.

      iex> Phial.Budget.run(fn -> Enum.sum(1..100) end, memory: 10_000_000)
      {:ok, 5050}
      iex> Phial.Budget.run(fn -> Stream.iterate(0, & &1 + 1) |> Enum.to_list() end, memory: 10_000_000)
      {:error, {:budget, :memory}}

  The key `:capabilities` narrows what the tree may do outside of itself; see `t:grants/0` and `Phial.CapabilityError`.

      iex> Phial.Budget.run(fn -> File.exists?("/etc/hosts") end, capabilities: []) |> elem(0)
      :error
  """

  @kinds [:memory, :binaries, :ets, :reductions, :reductions_per_second, :processes, :atoms, :mailbox, :time]

  @typedoc "Limits by kind; `:capabilities` restricts the tree to these grants."
  @type t :: keyword() | map()

  @typedoc """
  What a restricted tree may do: texts such as `"read:/data"`, or pairs such as `read: "/data"`, or atoms such as `:dns`. The guide's page on sandboxes
  lists them.
  """
  @type grants :: [String.t() | atom() | {atom(), String.t()}]

  @doc """
  Starts `fun` as the root of a tree of processes with this budget.

      iex> pid = Phial.Budget.spawn(fn -> Process.sleep(:infinity) end, processes: 10)
      iex> Phial.Budget.info(pid)[:processes]
      {1, 10}
      iex> Process.exit(pid, :kill)
      true
  """
  @spec spawn((-> any()), t()) :: pid()
  def spawn(fun, budget) when is_function(fun, 0), do: :erlang.spawn_opt(fun, options(budget))

  @doc """
  The same, linked to the calling process.

      iex> is_pid(Phial.Budget.spawn_link(fn -> :ok end, time: 1_000))
      true
  """
  @spec spawn_link((-> any()), t()) :: pid()
  def spawn_link(fun, budget) when is_function(fun, 0), do: :erlang.spawn_opt(fun, [:link | options(budget)])

  @doc """
  The same, monitored by the calling process.

      iex> {pid, ref} = Phial.Budget.spawn_monitor(fn -> Process.sleep(:infinity) end, time: 10)
      iex> receive do {:DOWN, ^ref, :process, ^pid, reason} -> reason end
      {:budget, :time}
  """
  @spec spawn_monitor((-> any()), t()) :: {pid(), reference()}
  def spawn_monitor(fun, budget) when is_function(fun, 0), do: :erlang.spawn_opt(fun, [:monitor | options(budget)])

  @doc """
  Runs `fun` in a tree of its own and waits for its value. Everything that it started has ended when this returns.

  The result is `{:ok, value}`, `{:error, {:budget, kind}}` when a limit was crossed, or `{:error, reason}` when it ended otherwise; an exception's reason is
  `{exception, stacktrace}`. If the caller ends, the tree ends, too.

      iex> Phial.Budget.run(fn -> Process.sleep(:infinity) end, time: 20)
      {:error, {:budget, :time}}
      iex> {:error, {error, _stack}} = Phial.Budget.run(fn -> raise "no" end, [])
      iex> Exception.message(error)
      "no"
  """
  @spec run((-> value), t()) :: {:ok, value} | {:error, {:budget, atom()} | any()} when value: var
  def run(fun, budget) when is_function(fun, 0) do
    caller = self()
    tag = make_ref()
    [tree: tree] = options(budget)
    {guard, ref} = :erlang.spawn_monitor(fn -> guard(caller, tag, fun, tree) end)

    receive do
      {^tag, outcome} ->
        :erlang.demonitor(ref, [:flush])
        outcome

      {:DOWN, ^ref, :process, ^guard, reason} ->
        {:error, reason}
    end
  end

  # Stands between the caller and the tree, and ends the tree with either.
  defp guard(caller, tag, fun, tree) do
    caller_ref = Process.monitor(caller)
    me = self()
    {root, root_ref} = :erlang.spawn_opt(fn -> send(me, {tag, outcome(fun)}) end, [:monitor, tree: tree])

    outcome =
      receive do
        {^tag, outcome} -> outcome
        {:DOWN, ^root_ref, :process, ^root, reason} -> {:error, reason}
        {:DOWN, ^caller_ref, :process, ^caller, reason} -> {:error, reason}
      end

    # A limit may have been crossed on the way to the outcome.
    case :phial_budget.finish(tree) do
      :ok -> send(caller, {tag, outcome})
      reason -> send(caller, {tag, {:error, reason}})
    end
  end

  defp outcome(fun) do
    {:ok, fun.()}
  catch
    :error, reason -> {:error, {Exception.normalize(:error, reason, __STACKTRACE__), __STACKTRACE__}}
    :throw, value -> {:error, {{:nocatch, value}, __STACKTRACE__}}
    :exit, reason -> {:error, reason}
  end

  @doc """
  What the innermost budget around a process has used and allows: `{used, limit}` by kind, with the limit `:infinity` where there is
  none. `nil` if there is no budget. Of the mailbox it is the limit of each process, the use that of this one.

      iex> Phial.Budget.run(fn -> Phial.Budget.info()[:atoms] end, atoms: 5)
      {:ok, {0, 5}}
  """
  @spec info(pid()) :: keyword({non_neg_integer(), non_neg_integer() | :infinity}) | nil
  def info(pid \\ self()) when is_pid(pid) do
    case :erlang.process_info(pid, :budget) do
      {:budget, info} -> info
      :undefined -> nil
    end
  end

  # -- options of :erlang.spawn_opt

  defp options(budget) do
    {capabilities, limits} = budget |> Enum.to_list() |> Keyword.pop(:capabilities)

    for {kind, value} <- limits do
      unless kind in @kinds, do: raise(ArgumentError, "unknown kind of budget: #{inspect(kind)}. The kinds are #{inspect(@kinds)}")
      unless is_integer(value) and value > 0, do: raise(ArgumentError, "the limit of #{inspect(kind)} must be a positive integer, got: #{inspect(value)}")
    end

    [tree: :phial_budget.tree(limits, if(capabilities, do: Enum.map(capabilities, &grant/1)))]
  end

  defp grant(text) when is_binary(text), do: text
  defp grant(name) when is_atom(name), do: Atom.to_string(name)
  defp grant({name, true}) when is_atom(name), do: Atom.to_string(name)
  defp grant({name, target}) when is_atom(name) and is_binary(target), do: "#{name}:#{target}"
  defp grant(other), do: raise(ArgumentError, "not a capability: #{inspect(other)}")
end
