defmodule Phial.Observer.Tree do
  @moduledoc "Supervision trees and the graph of links, a step at a time."

  alias Phial.Observer.{Processes, Text}

  @most_children 300
  @most_neighbours 80

  @doc "Whether a process is a supervisor."
  def supervisor?(pid) do
    case Process.info(pid, {:dictionary, :"$initial_call"}) do
      {_, {:supervisor, _, _}} -> true
      {_, {Supervisor.Default, _, _}} -> true
      {_, {DynamicSupervisor, _, _}} -> true
      {_, {module, :init, 1}} -> supervisor_module?(module)
      _ -> false
    end
  end

  defp supervisor_module?(module) do
    :erlang.module_loaded(module) and
      Enum.any?(module.module_info(:attributes), fn {key, value} ->
        key in [:behaviour, :behavior] and Enum.any?(value, &(&1 in [Supervisor, DynamicSupervisor, :supervisor, PartitionSupervisor]))
      end)
  end

  @doc "The supervisors that no supervisor started, with the number of their children."
  def roots do
    supervisors = for pid <- Process.list(), supervisor?(pid), do: pid
    known = MapSet.new(supervisors)

    for pid <- supervisors, not Enum.any?(ancestors(pid), &MapSet.member?(known, &1)), node = node_of(pid) do
      node
    end
  end

  @doc "The processes that started this one and those above it, the nearest first; of OTP's processes."
  def ancestors(pid) do
    case Process.info(pid, {:dictionary, :"$ancestors"}) do
      {_, ancestors} when is_list(ancestors) -> for a <- ancestors, p = if(is_atom(a), do: Process.whereis(a), else: a), do: p
      _ -> []
    end
  end

  defp node_of(pid) do
    with info when is_list(info) <- Process.info(pid, [:registered_name, :memory, :message_queue_len]) do
      %{
        pid: Text.id(pid),
        name: Processes.name(info),
        initial: Processes.initial(pid),
        memory: info[:memory],
        queue: info[:message_queue_len],
        supervisor: supervisor?(pid)
      }
    end
  end

  @doc "The children of a supervisor, in the order they were started."
  def children(pid) do
    children = pid |> GenServer.call(:which_children, 1_000) |> Enum.reverse()

    nodes =
      for {id, child, type, _modules} <- Enum.take(children, @most_children) do
        node = is_pid(child) && node_of(child)
        Map.merge(%{id: Text.line(id, 60), type: type, pid: nil, status: if(is_pid(child), do: "gone", else: to_string(child))}, node || %{})
      end

    %{pid: Text.id(pid), count: length(children), children: nodes}
  catch
    :exit, _ -> %{pid: Text.id(pid), count: 0, children: [], error: "the supervisor did not answer"}
  end

  @doc "The neighbours of a process by links and monitors, two steps far."
  def links(pid) do
    if Process.alive?(pid) do
      near = neighbours(pid)
      far = for {_, other} <- near, is_pid(other), {kind, third} <- Enum.take(neighbours(other), 12), do: {other, kind, third}
      edges = for({kind, other} <- near, do: {pid, kind, other}) ++ far
      edges = edges |> Enum.uniq_by(fn {a, _, b} -> Enum.sort([a, b]) end) |> Enum.take(@most_neighbours)
      nodes = edges |> Enum.flat_map(fn {a, _, b} -> [a, b] end) |> Enum.concat([pid]) |> Enum.uniq()

      %{
        pid: Text.id(pid),
        nodes: Enum.map(nodes, &graph_node/1),
        edges: Enum.map(edges, fn {a, kind, b} -> %{from: Text.id(a), to: Text.id(b), kind: kind} end)
      }
    end
  end

  defp graph_node(pid) when is_pid(pid), do: node_of(pid) || %{pid: Text.id(pid), name: "", initial: "", supervisor: false}
  defp graph_node(other), do: %{pid: Text.id(other), name: "", initial: "port", supervisor: false}

  defp neighbours(pid) do
    case Process.info(pid, [:links, :monitors]) do
      nil -> []
      info -> for(other <- info[:links], do: {:link, other}) ++ for({:process, other} <- info[:monitors], is_pid(other), do: {:monitor, other})
    end
  end
end
