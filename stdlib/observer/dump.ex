defmodule Phial.Observer.Dump do
  @moduledoc """
  Answers the observer's page from a crash dump (`Phial.CrashDump`): the requests and answers are those of `Phial.Observer.Api`, as far as
  a VM that is no more can answer.
  """

  alias Phial.Observer.Processes

  @doc "Answers one request."
  @spec answer(map, String.t(), map) :: {200 | 400 | 404, term}
  def answer(dump, "overview", _), do: {200, overview(dump)}
  def answer(dump, "processes", parameters), do: {200, dump.processes |> Processes.table_of(parameters) |> shown()}
  def answer(dump, "process", %{"pid" => pid}), do: {200, details(dump, pid)}
  def answer(dump, "graph", %{"pid" => pid}), do: {200, graph(dump, pid)}
  def answer(dump, "tree", _), do: {200, dump |> roots() |> Enum.map(&node_of/1)}
  def answer(dump, "children", %{"pid" => pid}), do: {200, children(dump, pid)}
  def answer(dump, "names", _), do: {200, dump.names}
  def answer(dump, "ports", _), do: {200, dump.ports}
  def answer(dump, "timers", _), do: {200, dump.timers}
  def answer(dump, "tables", _), do: {200, dump.tables}

  def answer(dump, "modules", parameters) do
    filter = parameters |> Map.get("filter", "") |> String.downcase()
    {200, Enum.filter(dump.modules, &String.contains?(String.downcase(&1["name"]), filter))}
  end

  def answer(_, name, _), do: {404, %{error: "a crash dump has no #{name}"}}

  defp overview(dump) do
    head = dump.head
    figures = Map.merge(%{"process_count" => length(dump.processes), "process_limit" => 0, "atom_count" => 0, "atom_limit" => 0, "memory" => %{}}, head["overview"] || %{})

    Map.merge(figures, %{
      "series" => [],
      "dump" => %{
        "slogan" => dump.slogan,
        "time" => dump.time,
        "path" => dump.path,
        "complete" => dump.complete,
        "os_pid" => head["os_pid"],
        "running" => head["running"],
        "address" => head["address"],
        "native" => head["native"] || []
      }
    })
  end

  defp shown(table), do: %{table | rows: Enum.map(table.rows, &Map.drop(&1, [:place, :ancestors, :links, :monitors, :number]))}

  defp find(dump, pid), do: Enum.find(dump.processes, &(&1.pid == pid))

  defp details(dump, pid) do
    with %{place: place} = row <- find(dump, pid), {:ok, details} <- Phial.CrashDump.process(dump, place) do
      if details["current"] == "", do: %{details | "current" => row.current}, else: details
    else
      _ -> %{gone: true, pid: pid}
    end
  end

  # Those that no supervisor of the dump started.
  defp roots(dump) do
    supervisors = Enum.filter(dump.processes, & &1.supervisor)
    known = MapSet.new(supervisors, & &1.pid)
    Enum.reject(supervisors, fn row -> Enum.any?(row.ancestors, &MapSet.member?(known, &1)) end)
  end

  defp children(dump, pid) do
    children = Enum.filter(dump.processes, &match?(%{ancestors: [^pid | _]}, &1))
    %{pid: pid, count: length(children), children: children |> Enum.take(300) |> Enum.map(&node_of/1)}
  end

  defp node_of(row), do: row |> Map.take([:pid, :name, :initial, :memory, :queue, :supervisor]) |> Map.merge(%{id: "", status: row.status})

  defp graph(dump, pid) do
    case find(dump, pid) do
      nil ->
        %{gone: true, pid: pid}

      row ->
        near = edges(row)
        far = near |> Enum.flat_map(fn edge -> if other = find(dump, edge.to), do: other |> edges() |> Enum.take(12), else: [] end)
        edges = (near ++ far) |> Enum.uniq_by(&Enum.sort([&1.from, &1.to])) |> Enum.take(80)
        pids = edges |> Enum.flat_map(&[&1.from, &1.to]) |> Enum.concat([pid]) |> Enum.uniq()
        nodes = for other <- pids, do: if(row = find(dump, other), do: node_of(row), else: %{pid: other, name: "", initial: "", supervisor: false})
        %{pid: pid, nodes: nodes, edges: edges}
    end
  end

  defp edges(row) do
    for(other <- row.links, do: %{from: row.pid, to: other, kind: :link}) ++
      for("<" <> _ = other <- row.monitors, do: %{from: row.pid, to: other, kind: :monitor})
  end
end
