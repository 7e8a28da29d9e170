defmodule Phial.Observer.Flow do
  @moduledoc "Records the messages of chosen processes through `:erlang.trace`, for the sequence diagram."

  alias Phial.Observer.Text

  # What is kept; what came earlier is dropped.
  @kept 500

  @doc "A recorder of the messages that `pids` send and receive."
  def start(pids) do
    recorder = spawn(fn -> record(%{number: 0, events: :queue.new(), pids: pids}) end)
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

    %{watched: Enum.map(flow.pids, &Text.id/1), events: events}
  end

  defp record(state) do
    receive do
      {:since, since, from, reference} ->
        send(from, {reference, state.events |> :queue.to_list() |> Enum.filter(&(&1.number > since))})
        record(state)

      {:trace, pid, :send, message, to} ->
        record(add(state, pid, to, message))

      # A message among watched processes was recorded when it was sent.
      {:trace, pid, :receive, message} ->
        record(if(from_watched?(state, message), do: state, else: add(state, nil, pid, message)))

      _other ->
        record(state)
    end
  end

  # Calls and replies of OTP carry their sender; others without a watched sender come from outside.
  defp from_watched?(state, {:"$gen_call", {from, _}, _}), do: from in state.pids

  defp from_watched?(state, message) do
    text = Text.line(message)
    Enum.any?(:queue.to_list(state.events), &(&1.text == text and &1.from != nil))
  end

  defp add(state, from, to, message) do
    number = state.number + 1

    event = %{
      number: number,
      at: System.system_time(:microsecond),
      from: from && Text.id(from),
      to: if(is_atom(to), do: Text.id(Process.whereis(to) || to), else: Text.id(to)),
      text: Text.line(message)
    }

    events = :queue.in(event, state.events)
    events = if number > @kept, do: :queue.drop(events), else: events
    %{state | number: number, events: events}
  end
end
