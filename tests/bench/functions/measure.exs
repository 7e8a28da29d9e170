# Times the calls of a file, one a line, on the data below: `measure.exs CALLS OUT` writes nanoseconds and call, a line each. Runs on Phial and Elixir.
defmodule Measure.Server do
  use GenServer
  def init(state), do: {:ok, state}
  def handle_call(:get, _from, state), do: {:reply, state, state}
  def handle_cast(_request, state), do: {:noreply, state}
end

defmodule Measure do
  def data do
    table = :ets.new(:measure, [:set, :public])
    for i <- 1..1000, do: :ets.insert(table, {i, Enum.to_list(1..50)})
    ordered = :ets.new(:ordered, [:ordered_set, :public])
    for i <- 1..1000, do: :ets.insert(ordered, {i, i})
    bag = :ets.new(:bag, [:bag, :public])
    for i <- 1..20, do: :ets.insert(bag, {rem(i, 4), i})
    {:ok, agent} = Agent.start_link(fn -> 1 end)
    {:ok, server} = GenServer.start_link(Measure.Server, 1)
    {:ok, _} = Registry.start_link(keys: :unique, name: Measure.Registry)
    {:ok, _} = Registry.register(Measure.Registry, "name", 1)
    bytes = :binary.list_to_bin(Enum.map(1..1000, &rem(&1 * 7919, 251)))
    deep = Enum.map(1..200, &%{id: &1, pair: [&1, {&1}], name: "name #{&1}"})

    %{
      l10: Enum.to_list(1..10),
      l100: Enum.to_list(1..100),
      l1000: Enum.to_list(1..1000),
      l20k: Enum.to_list(1..20_000),
      f100: Enum.map(1..100, &(&1 * 1.5)),
      range: 1..1000,
      shuffled: Enum.map(1..500, &rem(&1 * 7919, 1009)),
      tups: Enum.map(1..200, &{rem(&1 * 7919, 211), &1}),
      strs: Enum.map(1..200, &"s#{rem(&1 * 7919, 211)}"),
      deep: deep,
      kw: [a: 1, b: 2, c: 3, d: Enum.to_list(1..500), e: 5],
      nested: %{a: %{b: %{c: 1}}, list: [%{x: 1}, %{x: 2}]},
      m8: Map.new(1..8, &{:"k#{&1}", &1}),
      m30: Map.new(1..30, &{:"k#{&1}", {&1, [&1]}}),
      m1000: Map.new(1..1000, &{&1, [&1]}),
      m20k: Map.new(1..20_000, &{&1, &1}),
      mdeep: Map.new(1..20, &{&1, Enum.to_list(1..200)}),
      ms: MapSet.new(1..100),
      ms2: MapSet.new(50..150),
      s10: "hello wörl",
      s1000: String.duplicate("hello world ", 80),
      ascii: String.duplicate("abc,def;", 100),
      charlist: ~c"hello world this is a charlist",
      words: Enum.map(1..100, &"word#{&1}"),
      io: Enum.map(1..100, &["<li>", Integer.to_string(&1), "</li>"]),
      bin: bytes,
      t5: {1, 2, 3, 4, 5},
      t100: List.to_tuple(Enum.to_list(1..100)),
      big: Integer.pow(7, 300),
      date: ~D[2024-02-29],
      dt: ~U[2024-02-29 12:34:56Z],
      ets: table,
      gb: Enum.reduce(1..200, :gb_trees.empty(), fn i, tree -> :gb_trees.enter(i, i, tree) end),
      arr: :array.from_list(Enum.to_list(1..200)),
      q: :queue.from_list(Enum.to_list(1..50)),
      ord: ordered,
      bag: bag,
      agent: agent,
      server: server,
      dates: Enum.map(1..50, &Date.add(~D[2024-01-01], rem(&1 * 7919, 211))),
      ndt: ~N[2024-02-29 12:34:56.789],
      mstr: Map.new(1..100, &{"word#{&1}", &1}),
      m100a: Map.new(1..100, &{:"key#{&1}", &1}),
      msw: MapSet.new(1..100, &"word#{&1}"),
      lines: Enum.map_join(1..50, "\n", &"line number #{&1}"),
      uni: String.duplicate("héllo wörld ñandú 日本語 ", 30),
      text: String.duplicate("lorem ipsum dolor sit amet, consectetur adipiscing elit\nsed do eiusmod tempor incididunt ut labore\n", 200),
      pattern: :binary.compile_pattern([",", ";"]),
      rand: :rand.seed_s(:exsss, {1, 2, 3}),
      ext: :erlang.term_to_binary(deep),
      counters: :counters.new(2, []),
      atomics: :atomics.new(2, []),
      gbs: :gb_sets.from_list(Enum.to_list(1..100)),
      dict: :dict.from_list(Enum.map(1..100, &{&1, &1})),
      sets: :sets.from_list(Enum.to_list(1..100)),
      zipped: :zlib.compress(String.duplicate("hello world ", 80)),
      b32: Base.encode32(bytes),
      b64: Base.encode64(bytes),
      hex: Base.encode16(bytes),
      lhex: Base.encode16(bytes, case: :lower),
      uri: URI.parse("http://user@example.com:80/path?a=1#frag"),
      plus: &+/2,
      capture: &Integer.to_string/1
    }
  end

  # The least of many short runs, so that others on the machine count little. Calls are warmed up until what compiles hot code has done so.
  def time(call, data) do
    for _ <- 1..500, do: call.(data)
    count = calibrate(call, data, 1)
    Process.sleep(8)
    count = calibrate(call, data, count)
    microseconds = for _ <- 1..25, do: elem(:timer.tc(fn -> repeat(call, data, count) end), 0)
    Enum.min(microseconds) * 1000 / count
  end

  defp calibrate(call, data, count) do
    {microseconds, _} = :timer.tc(fn -> repeat(call, data, count) end)
    if microseconds < 500 and count < 5_000_000, do: calibrate(call, data, count * 3), else: count
  end

  defp repeat(_call, _data, 0), do: :ok

  defp repeat(call, data, count) do
    call.(data)
    repeat(call, data, count - 1)
  end
end

[calls, out] = System.argv()
calls = calls |> File.read!() |> String.split("\n", trim: true) |> Enum.with_index()
functions = for {call, i} <- calls, do: "def call#{i}(d), do: (#{call})\n"
Code.compiler_options(ignore_module_conflict: true)
Code.eval_string("defmodule Calls do\ndef nothing(_d), do: nil\n" <> Enum.join(functions) <> "end")
data = Measure.data()
nothing = fn -> Measure.time(Function.capture(Calls, :nothing, 1), data) end
empty = Enum.min(for _ <- 1..5, do: nothing.())
times = for {call, i} <- calls, do: {Measure.time(Function.capture(Calls, :"call#{i}", 1), data), call}
empty = min(empty, nothing.())
File.write!(out, for({time, call} <- times, do: "#{Float.round(max(time - empty, 0.1), 1)}\t#{call}\n"))
