# answer: {224739, 3482219, 10, 7}
# group: whole programs
# A queue of events in an ordered set, customers in a queue.
defmodule Sim do
  defmodule Ev do
    defstruct [:time, :kind, :who]
  end

  def run(until) do
    q = Enum.reduce(1..50, :gb_sets.new(), fn i, q -> push(q, %Ev{time: i, kind: :arrive, who: i}) end)
    loop(q, %{queue: :queue.new(), busy: 0, served: 0, wait: 0, arrived: %{}, seed: 42}, until)
  end

  defp push(q, ev), do: :gb_sets.add({ev.time, ev.who, ev}, q)

  defp loop(q, st, until) do
    {{t, _, ev}, q} = :gb_sets.take_smallest(q)

    if t > until do
      {st.served, st.wait, st.busy, :queue.len(st.queue)}
    else
      {evs, st} = handle(ev.kind, ev, st)
      loop(Enum.reduce(evs, q, &push(&2, &1)), st, until)
    end
  end

  defp handle(:arrive, %{who: w, time: t}, %{busy: b} = st) when b < 10 do
    {r, st} = rand(st, 30)
    {[%Ev{time: t + r, kind: :done, who: w}], %{st | busy: b + 1, arrived: Map.put(st.arrived, w, t)}}
  end

  defp handle(:arrive, ev, st), do: {[], %{st | queue: :queue.in(ev, st.queue), arrived: Map.put(st.arrived, ev.who, ev.time)}}

  defp handle(:done, %{who: w, time: t}, st) do
    {r, st} = rand(st, 100)
    st = %{st | served: st.served + 1, wait: st.wait + t - Map.fetch!(st.arrived, w), busy: st.busy - 1}
    evs = [%Ev{time: t + r, kind: :arrive, who: w}]

    case :queue.out(st.queue) do
      {{:value, next}, rest} ->
        {more, st} = handle(:arrive, %Ev{next | time: t}, %{st | queue: rest})
        {more ++ evs, st}

      {:empty, _} ->
        {evs, st}
    end
  end

  defp rand(st, n) do
    s = rem(st.seed * 16807, 2_147_483_647)
    {rem(s, n) + 1, %{st | seed: s}}
  end
end

IO.inspect(Sim.run(350_000))
