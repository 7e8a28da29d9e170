defmodule Phial.Observer.Flow do
  @moduledoc "Records the messages of chosen processes through `:erlang.trace`, for the sequence diagram."

  alias Phial.Observer.Text

  # What is kept; what came earlier is dropped.
  @kept 500

  @doc "A recorder of the messages that `pids` send and receive."
  def start(pids) do
    recorder = spawn(fn -> record(%{number: 0, events: :queue.new(), pids: pids, under_way: []}) end)
    for pid <- pids, Process.alive?(pid), do: :erlang.trace(pid, true, [:send, :receive, {:tracer, recorder}])
    %{recorder: recorder, pids: pids}
  end

  @doc "Ends the recording."
  def stop(flow) do
    for pid <- flow.pids, Process.alive?(pid), do: :erlang.trace(pid, false, [:send, :receive])
    Process.exit(flow.recorder, :kill)
    :ok
  end

  @doc "The events after number `since`, oldest first."
  def since(flow, since) do
    reference = make_ref()
    send(flow.recorder, {:since, since, self(), reference})

    events =
      receive do
        {^reference, events} -> events
      after
        1_000 -> []
      end

    %{watched: Enum.map(flow.pids, &Text.id/1), events: events, names: names(events)}
  end

  # The registered names of those that take part.
  defp names(events) do
    for id <- events |> Enum.flat_map(&[&1.from, &1.to]) |> Enum.uniq(), pid = id && Text.pid(id), name = name(pid), into: %{}, do: {id, name}
  end

  defp name(pid) do
    case Process.info(pid, :registered_name) do
      {:registered_name, name} when is_atom(name) -> inspect(name)
      _ -> nil
    end
  end

  defp record(state) do
    receive do
      {:since, since, from, reference} ->
        send(from, {reference, state.events |> :queue.to_list() |> Enum.filter(&(&1.number > since))})
        record(state)

      {:trace, pid, :send, message, to} ->
        to = if is_atom(to), do: Process.whereis(to) || to, else: to
        state = add(state, pid, to, message)
        record(if(to in state.pids, do: %{state | under_way: Enum.take([{to, message} | state.under_way], 1_000)}, else: state))

      # A message between watched processes was recorded when it was sent, which is told before it arrives.
      {:trace, pid, :receive, message} ->
        if {pid, message} in state.under_way do
          record(%{state | under_way: List.delete(state.under_way, {pid, message})})
        else
          record(add(state, nil, pid, message))
        end

      _other ->
        record(state)
    end
  end

  defp add(state, from, to, message) do
    number = state.number + 1

    event = %{
      number: number,
      at: System.system_time(:microsecond),
      from: from && Text.id(from),
      to: Text.id(to),
      text: Text.line(message)
    }

    events = :queue.in(event, state.events)
    events = if number > @kept, do: :queue.drop(events), else: events
    %{state | number: number, events: events}
  end
end
