defmodule Phial.Observer.Processes do
  @moduledoc """
  The table of processes and the details of one.

  Of all processes only what is sorted or searched by is read; the rest of a row is read for the rows that are shown, so that the
  table stays quick with a hundred thousand.
  """

  alias Phial.Observer.Text

  @row_keys [:registered_name, :current_function, :memory, :reductions, :message_queue_len, :status]
  @sort_keys %{
    "memory" => :memory,
    "reductions" => :reductions,
    "queue" => :message_queue_len,
    "name" => :registered_name,
    "current" => :current_function,
    "status" => :status
  }

  @doc "One page of the table: parameters sort, order (asc or desc), filter, offset, limit."
  def table(parameters) do
    sort = Map.get(parameters, "sort", "memory")
    filter = parameters |> Map.get("filter", "") |> String.downcase() |> String.trim()
    offset = max(Phial.Observer.Api.whole(parameters["offset"], 0), 0)
    limit = parameters["limit"] |> Phial.Observer.Api.whole(50) |> max(1) |> min(500)
    # Without the one that answers: its heap and queue are those of the question.
    pids = List.delete(Process.list(), self())
    matching = if filter == "", do: pids, else: side_by_side(pids, fn part -> Enum.filter(part, &matches?(&1, filter)) end)
    order = if parameters["order"] == "asc", do: :asc, else: :desc

    rows = matching |> sorted(sort, order) |> Enum.drop(offset) |> Enum.take(limit) |> Enum.map(&row/1) |> Enum.reject(&is_nil/1)
    %{total: length(pids), matching: length(matching), rows: rows}
  end

  @doc "The same of rows that are already there, as maps like those of the answer."
  def table_of(rows, parameters) do
    sort = Map.get(parameters, "sort", "memory")
    key = if sort == "pid", do: :number, else: Map.get(%{"queue" => :queue, "name" => :name, "current" => :current, "status" => :status, "reductions" => :reductions}, sort, :memory)
    filter = parameters |> Map.get("filter", "") |> String.downcase() |> String.trim()
    offset = max(Phial.Observer.Api.whole(parameters["offset"], 0), 0)
    limit = parameters["limit"] |> Phial.Observer.Api.whole(50) |> max(1) |> min(500)
    order = if parameters["order"] == "asc", do: :asc, else: :desc

    matching =
      if filter == "",
        do: rows,
        else: Enum.filter(rows, fn row -> [row.pid, " ", row.name, " ", row.current, " ", row.status, " ", row.initial] |> IO.iodata_to_binary() |> String.downcase() |> String.contains?(filter) end)

    %{total: length(rows), matching: length(matching), rows: matching |> Enum.sort_by(&{Map.get(&1, key), &1.number}, order) |> Enum.drop(offset) |> Enum.take(limit)}
  end

  defp sorted(pids, "pid", order), do: Enum.sort(pids, order)

  defp sorted(pids, sort, order) do
    key = Map.get(@sort_keys, sort, :memory)
    keyed = side_by_side(pids, fn part -> for pid <- part, {_, value} <- [Process.info(pid, key)], do: {comparable(value), pid} end)
    for {_, pid} <- Enum.sort(keyed, order), do: pid
  end

  # A process tells of itself when its turn comes: in a busy VM the asker waits for each. So several ask, each for a part.
  @askers 32
  @few 1_000

  defp side_by_side(pids, fun) do
    if length(pids) < @few do
      fun.(pids)
    else
      pids
      |> Enum.chunk_every(div(length(pids), @askers) + 1)
      |> Enum.map(fn part ->
        spawn_monitor(fn ->
          Process.flag(:priority, :low)
          exit({:found, fun.(part)})
        end)
      end)
      |> Enum.flat_map(fn {pid, monitor} ->
        receive do
          {:DOWN, ^monitor, _, ^pid, {:found, found}} -> found
          {:DOWN, ^monitor, _, ^pid, reason} -> exit(reason)
        end
      end)
    end
  end

  # The nameless sort behind the named ones, whatever atom they have.
  defp comparable([]), do: ""
  defp comparable(name) when is_atom(name), do: Atom.to_string(name)
  defp comparable(value), do: value

  defp matches?(pid, filter) do
    case Process.info(pid, [:registered_name, :current_function, :status, :initial_call, {:dictionary, :"$initial_call"}]) do
      nil ->
        false

      [{_, name}, {_, current}, {_, status}, call, from_otp] ->
        function_matches?(current, filter) or function_matches?(first_call(call, from_otp), filter) or has?(Atom.to_string(status), filter) or
          (is_atom(name) and has?(inspect(name), filter)) or has?(Text.id(pid), filter)
    end
  end

  # Most processes share few functions: what was found of one is kept in the dictionary of the process that serves the page.
  defp function_matches?(function, filter) do
    case Process.get({__MODULE__, function}) do
      {^filter, matches?} ->
        matches?

      _ ->
        matches? = has?(Text.mfa(function), filter)
        Process.put({__MODULE__, function}, {filter, matches?})
        matches?
    end
  end

  defp has?(text, filter), do: text |> String.downcase() |> String.contains?(filter)

  defp row(pid) do
    with info when is_list(info) <- Process.info(pid, @row_keys) do
      %{
        pid: Text.id(pid),
        name: name(info),
        initial: initial(pid),
        current: Text.mfa(info[:current_function]),
        memory: info[:memory],
        reductions: info[:reductions],
        queue: info[:message_queue_len],
        status: info[:status]
      }
    end
  end

  @doc "What a process is called: its registered name, or its label."
  def name(info) do
    case info[:registered_name] do
      name when is_atom(name) and name not in [nil, :undefined] -> inspect(name)
      _ -> ""
    end
  end

  @doc "The function a process began with; of OTP's processes the callback's init."
  def initial(pid) do
    case Process.info(pid, [:initial_call, {:dictionary, :"$initial_call"}]) do
      nil -> ""
      [call, from_otp] -> Text.mfa(first_call(call, from_otp))
    end
  end

  defp first_call(_, {_, {_, _, _} = from_otp}), do: from_otp
  defp first_call({:initial_call, call}, _), do: call

  @doc "All that is known of a process, nil if it is gone."
  def details(pid) do
    keys = [
      :registered_name, :current_function, :initial_call, :status, :message_queue_len, :links, :monitors, :monitored_by, :dictionary,
      :trap_exit, :priority, :group_leader, :total_heap_size, :heap_size, :stack_size, :reductions, :garbage_collection, :memory,
      :current_stacktrace, :parent, :messages, :suspending
    ]

    with info when is_list(info) <- Process.info(pid, keys) do
      %{
        pid: Text.id(pid),
        name: name(info),
        label: label(pid),
        initial: initial(pid),
        current: Text.mfa(info[:current_function]),
        status: info[:status],
        priority: info[:priority],
        trap_exit: info[:trap_exit],
        group_leader: Text.id(info[:group_leader]),
        parent: info[:parent] && Text.id(info[:parent]),
        memory: info[:memory],
        heap_words: info[:total_heap_size],
        young_words: info[:heap_size],
        stack_words: info[:stack_size],
        reductions: info[:reductions],
        queue: info[:message_queue_len],
        collections: Enum.map(info[:garbage_collection] || [], fn {key, value} -> [key, Text.line(value)] end),
        links: Enum.map(info[:links], &Text.id/1),
        monitors: Enum.map(info[:monitors], fn {_, what} -> Text.id(what) end),
        monitored_by: Enum.map(info[:monitored_by], &Text.id/1),
        dictionary: Enum.map(info[:dictionary], fn {key, value} -> [Text.line(key), Text.term(value)] end),
        messages: info[:messages] |> Enum.take(50) |> Enum.map(&Text.line(&1, 300)),
        stack: Enum.map(info[:current_stacktrace], &String.trim(Exception.format_stacktrace_entry(&1))),
        otp: otp?(pid),
        children: Phial.Observer.Tree.supervisor?(pid)
      }
    end
  end

  defp label(pid) do
    case Process.info(pid, :label) do
      {:label, label} when label not in [nil, :undefined] -> Text.line(label)
      _ -> ""
    end
  end

  # sys messages are answered only by what proc_lib started; others would keep them in their mailbox.
  defp otp?(pid), do: match?({_, {_, _, _}}, Process.info(pid, {:dictionary, :"$initial_call"}))

  @doc "The state of an OTP process, as `:sys.get_state` tells it."
  def state(pid) do
    if otp?(pid) do
      %{state: Text.term(:sys.get_state(pid, 500))}
    else
      %{error: "not a process of OTP: it does not answer system messages"}
    end
  catch
    :exit, {:timeout, _} -> %{error: "it did not answer within 500 ms"}
    :exit, reason -> %{error: Exception.format_exit(reason)}
  end
end
