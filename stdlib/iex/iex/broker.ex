defmodule IEx.Broker do
  @moduledoc """
  Knows the shells of the VM: the one on the program's own terminal and those that are attached.

  The process (`:phial_shells`) is started with the first shell and stays. It owns two tables: this module's, a row
  `{server, number, group leader, colours?}` a shell, and the breakpoints (`IEx.Pry`), which all shells share.
  """

  @doc "Makes the calling process known as the server of a shell, until it ends."
  def join(colours?) do
    broker = start()
    ref = make_ref()
    send(broker, {:join, self(), ref, Process.group_leader(), colours?})

    receive do
      {^ref, :ok} -> :ok
    end
  end

  @doc "Ends the membership of the calling process before its end."
  def leave, do: :ets.delete(__MODULE__, self())

  @doc "The servers of all shells, the newest first."
  def shells do
    if :ets.whereis(__MODULE__) == :undefined,
      do: [],
      else: :ets.tab2list(__MODULE__) |> Enum.filter(&Process.alive?(elem(&1, 0))) |> Enum.sort_by(&elem(&1, 1), :desc) |> Enum.map(&elem(&1, 0))
  end

  @doc """
  The shell that a process belongs to: the one that evaluates in it, that whose group leader it has, the program's own, else the newest; nil
  where there is none.
  """
  def shell_of_caller do
    shells = shells()
    leader = Process.group_leader()

    cond do
      Process.get(:iex_server) in shells -> Process.get(:iex_server)
      shell = Enum.find(shells, &(leader(&1) == leader)) -> shell
      Process.whereis(:phial_shell) in shells -> Process.whereis(:phial_shell)
      true -> List.first(shells)
    end
  end

  @doc "The group leader of a shell: what is written to it goes to the shell's terminal."
  def leader(shell), do: lookup(shell, 3)

  @doc "True if the shell prints in colour."
  def colours?(shell), do: lookup(shell, 4)

  defp lookup(shell, position) do
    :ets.lookup_element(__MODULE__, shell, position)
  rescue
    ArgumentError -> nil
  end

  defp start do
    with nil <- Process.whereis(:phial_shells) do
      parent = self()
      ref = make_ref()
      pid = spawn(fn -> init(parent, ref) end)

      receive do
        {^ref, :ok} -> pid
        # Another shell was quicker.
        {^ref, :taken} -> start()
      end
    end
  end

  defp init(parent, ref) do
    try do
      Process.register(self(), :phial_shells)
    rescue
      ArgumentError -> send(parent, {ref, :taken})
    else
      true ->
        if user = Process.whereis(:user), do: Process.group_leader(self(), user)
        :ets.new(__MODULE__, [:named_table, :public])
        :ets.new(IEx.Pry, [:named_table, :public, :ordered_set])
        send(parent, {ref, :ok})
        loop(1)
    end
  end

  defp loop(number) do
    receive do
      {:join, server, ref, leader, colours?} ->
        Process.monitor(server)
        :ets.insert(__MODULE__, {server, number, leader, colours?})
        send(server, {ref, :ok})
        loop(number + 1)

      {:DOWN, _, :process, server, _} ->
        :ets.delete(__MODULE__, server)
        loop(number)

      _ ->
        loop(number)
    end
  end
end
