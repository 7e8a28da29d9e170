defmodule Phial.Observer.Terminal do
  @moduledoc """
  The observer in the terminal: the overview, the busiest processes and the supervision trees, drawn anew every second until Enter is pressed.

  A letter and Enter change what is shown: `m`, `r`, `q` sort by memory, reductions and queue; `t` shows the trees, `e` the ETS tables, `p` the processes.
  """

  alias Phial.Observer.{Api, Metrics, Processes, Tree}

  @doc "Runs until an empty line is entered, or the input ends."
  def run do
    parent = self()
    leader = Process.group_leader()
    drawer = spawn_link(fn -> draw(%{view: :processes, sort: "memory", last: Metrics.raw()}) end)
    Process.group_leader(drawer, leader)
    read(drawer, parent)
  end

  defp read(drawer, parent) do
    case IO.gets("") do
      line when is_binary(line) ->
        case String.trim(line) do
          "" -> stop(drawer)
          key -> send(drawer, {:key, key}) && read(drawer, parent)
        end

      _end ->
        stop(drawer)
    end
  end

  defp stop(drawer) do
    Process.unlink(drawer)
    Process.exit(drawer, :kill)
    :ok
  end

  defp draw(state) do
    now = Metrics.raw()
    IO.write([IO.ANSI.home(), IO.ANSI.clear(), screen(state, now)])

    receive do
      {:key, "m"} -> draw(%{state | view: :processes, sort: "memory", last: now})
      {:key, "r"} -> draw(%{state | view: :processes, sort: "reductions", last: now})
      {:key, "q"} -> draw(%{state | view: :processes, sort: "queue", last: now})
      {:key, "p"} -> draw(%{state | view: :processes, last: now})
      {:key, "t"} -> draw(%{state | view: :tree, last: now})
      {:key, "e"} -> draw(%{state | view: :tables, last: now})
      {:key, _} -> draw(%{state | last: now})
    after
      1_000 -> draw(%{state | last: now})
    end
  end

  @doc "One picture, as text."
  def screen(state, now) do
    overview = Metrics.overview()
    seconds = max(now.at - state.last.at, 1) / 1000

    [
      "Phial #{overview.phial}  up #{div(overview.uptime, 1000)} s  schedulers #{overview.schedulers}\n",
      "processes #{overview.process_count}   run queue #{overview.run_queue}   ",
      "reductions/s #{round((now.reductions - state.last.reductions) / seconds)}\n",
      "memory #{bytes(overview.memory.total)} (processes #{bytes(overview.memory.processes)}, binaries #{bytes(overview.memory.binary)}, ",
      "ETS #{bytes(overview.memory.ets)}, atoms #{bytes(overview.memory.atom)})\n\n",
      view(state),
      "\n[p] processes [m] by memory [r] by reductions [q] by queue [t] trees [e] tables, then Enter; Enter alone ends\n"
    ]
  end

  defp view(%{view: :processes, sort: sort}) do
    header = row("pid", "name or first call", "memory", "reductions", "queue", "current function")

    rows =
      for process <- Processes.table(%{"sort" => sort, "limit" => 15}).rows do
        name = if process.name == "", do: process.initial, else: process.name
        row(process.pid, name, bytes(process.memory), Integer.to_string(process.reductions), Integer.to_string(process.queue), process.current)
      end

    [header | rows]
  end

  defp view(%{view: :tree}), do: Enum.map(Tree.roots(), &branch(&1, 0))

  defp view(%{view: :tables}) do
    {200, tables} = Api.answer("tables", %{})
    for table <- tables, do: "#{String.pad_trailing(table.name, 40)} #{String.pad_leading(Integer.to_string(table.size), 10)} #{bytes(table.bytes)}\n"
  end

  defp branch(node, depth) do
    name = if node[:name] in [nil, ""], do: node[:initial] || node[:id], else: node.name
    line = [String.duplicate("  ", depth), name, " ", node.pid || "", "\n"]

    if node[:supervisor] && depth < 6 do
      [line | Enum.map(Enum.take(Tree.children(Phial.Observer.Text.pid(node.pid)).children, 20), &branch(&1, depth + 1))]
    else
      line
    end
  end

  defp row(pid, name, memory, reductions, queue, current) do
    [
      String.pad_trailing(pid, 14),
      String.pad_trailing(String.slice(name, 0, 33), 34),
      String.pad_leading(memory, 10),
      String.pad_leading(reductions, 14),
      String.pad_leading(queue, 8),
      "  ",
      String.slice(current, 0, 40),
      "\n"
    ]
  end

  defp bytes(count) when count >= 1_048_576, do: "#{Float.round(count / 1_048_576, 1)} MB"
  defp bytes(count) when count >= 1024, do: "#{Float.round(count / 1024, 1)} KB"
  defp bytes(count), do: "#{count} B"
end
