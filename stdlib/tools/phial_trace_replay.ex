defmodule Phial.Trace.Replay do
  @moduledoc """
  Plays the messages that a recorded process received to a fresh one: `Phial.Trace.replay/4`.

  The events of the recorded process are gone through in order. What it received is sent to the fresh one; where it did something that others can see
  (sent, spawned, ended), the next such event of the fresh one is waited for and compared. Pids and references are compared by their part: the first time two stand in the
  same place they become a pair, and from then on each stands for the other, in messages that are given to the process, too.
  """

  alias Phial.Trace.Log

  @outputs [:send, :spawn, :exit]

  @doc false
  def run(log, process, start, options) do
    pid = Log.find(log, process) || raise ArgumentError, "the log has no process #{inspect(process)}"
    events = Enum.filter(log.events, &(elem(&1, 1) == pid))
    caller = self()
    reference = make_ref()

    # A process of its own, which the fresh one may be linked to, and which is its tracer's master.
    {runner, monitor} =
      spawn_monitor(fn ->
        Process.flag(:trap_exit, true)
        send(caller, {reference, play(events, pid, log.registered, start, options[:timeout] || 1000)})
      end)

    receive do
      {^reference, result} ->
        Process.demonitor(monitor, [:flush])
        result

      {:DOWN, ^monitor, _, ^runner, reason} ->
        raise "the replay failed: #{Exception.format_exit(reason)}"
    end
  end

  defp play(events, recorded, registered, start, timeout) do
    me = self()
    seen = spawn(fn -> forward(me) end)
    stand_ins = stand_in_for_names(events, Map.delete(registered, recorded))
    # From its first event on: whoever spawns is traced, and what is spawned inherits it.
    :erlang.trace(me, true, [:send, :procs, :set_on_spawn, {:tracer, seen}])

    fresh =
      case start.() do
        {:ok, pid} -> pid
        pid when is_pid(pid) -> pid
        other -> raise ArgumentError, "expected the function that starts the process to give a pid or {:ok, pid}, got: #{inspect(other)}"
      end

    :erlang.trace(me, false, [:send, :procs, :set_on_spawn])
    state = %{fresh: fresh, recorded: recorded, pairs: %{recorded => fresh}, backwards: %{fresh => recorded}, timeout: timeout, outputs: 0, inputs: []}
    state = Enum.reduce(stand_ins, state, fn {pid, stand_in}, state -> if pid, do: remember(pid, stand_in, state), else: state end)
    # What the process did while it started was done for its starter: it is not compared where the recording began later.
    events = if Enum.any?(events, &(elem(&1, 2) == :spawned)), do: pair_start(events), else: (settle(fresh); events)

    try do
      step(events, state)
    after
      if Process.alive?(fresh), do: Process.exit(fresh, :kill)
      for {_, pid} <- stand_ins, do: Process.exit(pid, :kill)
      send(seen, :end)
    end
  end

  defp pair_start(events), do: Enum.reject(events, &(elem(&1, 2) == :spawned))

  # Throws away what the fresh process does before it waits for its first message.
  defp settle(fresh) do
    receive do
      {:replayed, event} when elem(event, 1) == fresh -> settle(fresh)
    after
      30 -> :ok
    end
  end

  # [{recorded pid or nil, stand-in}] for the names that the recorded process sent to, itself or through the pid behind, where nobody has them now.
  defp stand_in_for_names(events, registered) do
    pids = Map.new(registered, fn {pid, name} -> {name, pid} end)

    names =
      for {_, _, :send, _, to} <- events, name = if(is_pid(to), do: registered[to], else: name_of(to)), name != nil, uniq: true, do: name

    for name <- names, Process.whereis(name) == nil do
      pid = spawn(fn -> sink() end)
      Process.register(pid, name)
      {pids[name], pid}
    end
  end

  defp name_of({name, _}) when is_atom(name), do: name
  defp name_of(name) when is_atom(name), do: name
  defp name_of(_), do: nil

  defp sink, do: receive(do: (_ -> sink()))

  # The tracer, which cannot be the process that plays: that one is traced while it starts the fresh one.
  defp forward(to) do
    receive do
      :end ->
        :ok

      {:trace, pid, what, a} when what in @outputs ->
        send(to, {:replayed, {0, pid, what, a}})
        forward(to)

      {:trace, pid, what, a, b} when what in @outputs ->
        send(to, {:replayed, {0, pid, what, a, b}})
        forward(to)

      _ ->
        forward(to)
    end
  end

  # -- event by event

  defp step([], state) do
    # Nothing more may come of what was given last.
    case next(state.fresh, 30) do
      nil -> {:ok, state.outputs}
      event -> different(state, nil, event)
    end
  end

  defp step([{_, _, :receive, message} | rest], state) do
    {message, state} = translate(message, state)
    send(state.fresh, message)
    step(rest, %{state | inputs: [message | state.inputs]})
  end

  defp step([event | rest], state) when elem(event, 2) in @outputs do
    case next(state.fresh, state.timeout) do
      nil ->
        different(state, event, nil)

      got ->
        case pair(visible(event), visible(got), state) do
          {:ok, state} -> step(rest, %{state | outputs: state.outputs + 1})
          :error -> different(state, event, got)
        end
    end
  end

  defp step([_ | rest], state), do: step(rest, state)

  defp next(fresh, timeout) do
    receive do
      {:replayed, event} when elem(event, 1) == fresh -> event
    after
      timeout -> nil
    end
  end

  defp visible(event), do: event |> Tuple.to_list() |> Enum.drop(2)

  defp different(state, expected, got) do
    {:different, %{index: state.outputs + 1, expected: expected && visible(expected), got: got && visible(got), last_input: List.first(state.inputs), inputs: length(state.inputs)}}
  end

  # -- pids and references

  # A message for the fresh process: pairs in place of what was recorded, a stand-in for a process that is met for the first time.
  defp translate(term, state) when is_pid(term) or is_reference(term) do
    case state.pairs do
      %{^term => other} ->
        {other, state}

      _ ->
        other = if is_pid(term), do: spawn_link(fn -> sink() end), else: make_ref()
        {other, remember(term, other, state)}
    end
  end

  defp translate([head | tail], state) do
    {head, state} = translate(head, state)
    {tail, state} = translate(tail, state)
    {[head | tail], state}
  end

  defp translate(term, state) when is_tuple(term) do
    {list, state} = translate(Tuple.to_list(term), state)
    {List.to_tuple(list), state}
  end

  defp translate(term, state) when is_map(term) do
    {list, state} = translate(:maps.to_list(term), state)
    {:maps.from_list(list), state}
  end

  defp translate(term, state), do: {term, state}

  defp remember(recorded, fresh, state), do: %{state | pairs: Map.put(state.pairs, recorded, fresh), backwards: Map.put(state.backwards, fresh, recorded)}

  # The state with new pairs if the terms are the same but for them.
  defp pair(a, b, state) when (is_pid(a) and is_pid(b)) or (is_reference(a) and is_reference(b)) do
    case {state.pairs, state.backwards} do
      {%{^a => ^b}, _} -> {:ok, state}
      {%{^a => _}, _} -> :error
      {_, %{^b => _}} -> :error
      _ -> {:ok, remember(a, b, state)}
    end
  end

  defp pair([a | rest_a], [b | rest_b], state) do
    with {:ok, state} <- pair(a, b, state), do: pair(rest_a, rest_b, state)
  end

  defp pair(a, b, state) when is_tuple(a) and is_tuple(b), do: pair(Tuple.to_list(a), Tuple.to_list(b), state)

  defp pair(a, b, state) when is_map(a) and is_map(b) do
    # Keys with pids or references are rare: those are compared in the order of the maps.
    pair(Enum.sort(:maps.to_list(a)), Enum.sort(:maps.to_list(b)), state)
  end

  # Functions are the same if they come of the same place.
  defp pair(a, b, state) when is_function(a) and is_function(b) do
    if Function.info(a, :name) == Function.info(b, :name) and Function.info(a, :module) == Function.info(b, :module), do: {:ok, state}, else: :error
  end

  defp pair(a, b, state), do: if(a === b, do: {:ok, state}, else: :error)

  # -- showing

  @doc """
  A difference as text.

      iex> difference = %{index: 2, expected: [:send, 3, :someone], got: nil, last_input: :add, inputs: 1}
      iex> difference |> Phial.Trace.Replay.format() |> String.slice(0, 21)
      "output 2 is different"
  """
  def format(%{index: index, expected: expected, got: got, last_input: last, inputs: inputs}) do
    plural = if inputs == 1, do: "message", else: "messages"
    after_what = if inputs == 0, do: "before any message", else: "after #{inputs} #{plural} (the last: #{inspect(last, limit: 20)})"
    "output #{index} is different, #{after_what}\n  recorded: #{event(expected)}\n  now:      #{event(got)}"
  end

  defp event(nil), do: "nothing"
  defp event([:send, message, to]), do: "sends #{inspect(message, limit: 20)} to #{inspect(to)}"
  defp event([:spawn, _, {m, f, a}]), do: "spawns #{Exception.format_mfa(m, f, a)}"
  defp event([:exit, reason]), do: "ends: #{inspect(reason, limit: 20)}"
end
