# The game of life with a process per cell. Cells know their neighbours and trade states with messages; a coordinator
# gathers generations. The same patterns are computed with sets, and both must agree.

defmodule Life.Pattern do
  @moduledoc "Patterns as text, and back."

  @patterns %{
    blinker: """
    ...
    OOO
    ...
    """,
    glider: """
    .O.
    ..O
    OOO
    """,
    toad: """
    .OOO
    OOO.
    """,
    r_pentomino: """
    .OO
    OO.
    .O.
    """,
    beacon: """
    OO..
    OO..
    ..OO
    ..OO
    """
  }

  @type cell :: {x :: integer(), y :: integer()}
  @type t :: MapSet.t(cell())

  def names, do: @patterns |> Map.keys() |> Enum.sort()

  @spec fetch!(atom()) :: t()
  def fetch!(name), do: @patterns |> Map.fetch!(name) |> parse()

  @spec parse(String.t()) :: t()
  def parse(text) do
    for {line, y} <- text |> String.split("\n", trim: true) |> Enum.with_index(),
        {?O, x} <- line |> String.to_charlist() |> Enum.with_index(),
        into: MapSet.new(),
        do: {x, y}
  end

  @spec move(t(), integer(), integer()) :: t()
  def move(pattern, dx, dy), do: MapSet.new(pattern, fn {x, y} -> {x + dx, y + dy} end)

  @spec render(t(), pos_integer(), pos_integer()) :: String.t()
  def render(pattern, width, height) do
    Enum.map_join(0..(height - 1), "\n", fn y ->
      for x <- 0..(width - 1), into: "", do: if({x, y} in pattern, do: "O", else: ".")
    end)
  end
end

defmodule Life.Sets do
  @moduledoc "The rules on a torus, over a set of living cells."

  @spec step(Life.Pattern.t(), pos_integer(), pos_integer()) :: Life.Pattern.t()
  def step(alive, width, height) do
    alive
    |> Enum.flat_map(&neighbours(&1, width, height))
    |> Enum.frequencies()
    |> Enum.filter(fn
      {_, 3} -> true
      {cell, 2} -> cell in alive
      _ -> false
    end)
    |> MapSet.new(&elem(&1, 0))
  end

  def neighbours({x, y}, width, height) do
    for dx <- -1..1, dy <- -1..1, {dx, dy} != {0, 0} do
      {Integer.mod(x + dx, width), Integer.mod(y + dy, height)}
    end
  end

  @doc "All generations, for ever."
  def generations(alive, width, height) do
    Stream.iterate(alive, &step(&1, width, height))
  end
end

defmodule Life.Cell do
  @moduledoc """
  One cell. In each generation it tells its state to its neighbours, waits for theirs (selectively, by generation: a
  fast neighbour may be one ahead) and reports to the coordinator.
  """

  defstruct [:position, :coordinator, :alive?, neighbours: [], generation: 0]

  def start_link(position, alive?, coordinator) do
    spawn_link(fn ->
      await_neighbours(%__MODULE__{position: position, alive?: alive?, coordinator: coordinator})
    end)
  end

  def connect(pid, neighbours), do: send(pid, {:neighbours, neighbours})
  def tick(pid), do: send(pid, :tick)

  defp await_neighbours(cell) do
    receive do
      {:neighbours, pids} -> loop(%{cell | neighbours: pids})
    end
  end

  defp loop(%__MODULE__{generation: generation} = cell) do
    receive do
      :tick ->
        for pid <- cell.neighbours, do: send(pid, {:state, generation, cell.alive?})
        living = collect(generation, length(cell.neighbours), 0)
        cell = %{cell | alive?: rule(cell.alive?, living), generation: generation + 1}
        send(cell.coordinator, {:cell, cell.generation, cell.position, cell.alive?})
        loop(cell)

      {:flip, from, ref} ->
        send(from, {ref, not cell.alive?})
        loop(%{cell | alive?: not cell.alive?})

      :stop ->
        :ok
    end
  end

  defp collect(_generation, 0, living), do: living

  defp collect(generation, missing, living) do
    receive do
      {:state, ^generation, true} -> collect(generation, missing - 1, living + 1)
      {:state, ^generation, false} -> collect(generation, missing - 1, living)
    end
  end

  defp rule(true, living) when living in [2, 3], do: true
  defp rule(false, 3), do: true
  defp rule(_, _), do: false
end

defmodule Life.Board do
  @moduledoc "Starts the cells, lets them live and keeps the picture."

  use GenServer

  defstruct [:width, :height, cells: %{}, alive: MapSet.new(), generation: 0]

  def start_link(opts), do: GenServer.start_link(__MODULE__, opts)
  def step(board), do: GenServer.call(board, :step)
  def alive(board), do: GenServer.call(board, :alive)
  def flip(board, position), do: GenServer.call(board, {:flip, position})

  @impl true
  def init(opts) do
    {width, height} = Keyword.fetch!(opts, :size)
    alive = Keyword.fetch!(opts, :alive)

    cells =
      for x <- 0..(width - 1), y <- 0..(height - 1), into: %{} do
        {{x, y}, Life.Cell.start_link({x, y}, {x, y} in alive, self())}
      end

    for {position, pid} <- cells do
      neighbours = position |> Life.Sets.neighbours(width, height) |> Enum.map(&Map.fetch!(cells, &1))
      Life.Cell.connect(pid, neighbours)
    end

    {:ok, %__MODULE__{width: width, height: height, cells: cells, alive: alive}}
  end

  @impl true
  def handle_call(:step, _from, board) do
    Enum.each(board.cells, fn {_, pid} -> Life.Cell.tick(pid) end)
    generation = board.generation + 1
    alive = gather(generation, map_size(board.cells), MapSet.new())
    {:reply, MapSet.size(alive), %{board | alive: alive, generation: generation}}
  end

  def handle_call(:alive, _from, board), do: {:reply, board.alive, board}

  def handle_call({:flip, position}, _from, board) do
    ref = make_ref()
    send(board.cells[position], {:flip, self(), ref})

    receive do
      {^ref, alive?} ->
        change = if alive?, do: &MapSet.put/2, else: &MapSet.delete/2
        {:reply, alive?, Map.update!(board, :alive, &change.(&1, position))}
    end
  end

  @impl true
  def terminate(_reason, board) do
    for {_, pid} <- board.cells, do: send(pid, :stop)
  end

  defp gather(_generation, 0, alive), do: alive

  defp gather(generation, missing, alive) do
    receive do
      {:cell, ^generation, position, true} -> gather(generation, missing - 1, MapSet.put(alive, position))
      {:cell, ^generation, _position, false} -> gather(generation, missing - 1, alive)
    end
  end
end

defmodule Life.Analysis do
  @moduledoc "Finds out what a pattern does in the long run."

  alias Life.{Pattern, Sets}

  @type verdict :: :dies | {:still_life, pos_integer()} | {:oscillates, pos_integer(), pos_integer()} | :unknown

  @spec classify(Pattern.t(), {pos_integer(), pos_integer()}, pos_integer()) :: verdict()
  def classify(pattern, {width, height}, limit \\ 100) do
    pattern
    |> Sets.generations(width, height)
    |> Stream.with_index()
    |> Enum.reduce_while(%{}, fn {alive, generation}, seen ->
      cond do
        Enum.empty?(alive) -> {:halt, {:verdict, :dies}}
        first = seen[alive] -> {:halt, {:verdict, repeats(generation - first, first)}}
        generation == limit -> {:halt, {:verdict, :unknown}}
        true -> {:cont, Map.put(seen, alive, generation)}
      end
    end)
    |> then(fn {:verdict, verdict} -> verdict end)
  end

  defp repeats(1, since), do: {:still_life, since}
  defp repeats(period, since), do: {:oscillates, period, since}
end

alias Life.{Analysis, Board, Pattern, Sets}

size = {width, height} = {8, 8}

IO.puts("-- a glider, four generations")
glider = Pattern.fetch!(:glider)

glider
|> Sets.generations(width, height)
|> Stream.take(5)
|> Stream.with_index()
|> Enum.each(fn {alive, n} ->
  IO.puts("generation #{n}: #{MapSet.size(alive)} alive")
  IO.puts(Pattern.render(alive, 6, 6))
end)

moved = glider |> Sets.generations(width, height) |> Enum.at(4)
IO.puts("moved by one: #{MapSet.equal?(moved, Pattern.move(glider, 1, 1))}")

IO.puts("-- processes and sets agree")

for name <- Pattern.names() do
  start = name |> Pattern.fetch!() |> Pattern.move(2, 2)
  {:ok, board} = Board.start_link(size: size, alive: start)

  agreed? =
    start
    |> Sets.generations(width, height)
    |> Stream.drop(1)
    |> Stream.take(12)
    |> Enum.all?(fn expected ->
      population = Board.step(board)
      population == MapSet.size(expected) and MapSet.equal?(Board.alive(board), expected)
    end)

  IO.puts("#{String.pad_trailing(to_string(name), 12)} #{agreed?}")
  GenServer.stop(board)
end

IO.puts("-- flipping cells by hand")
{:ok, board} = Board.start_link(size: {5, 5}, alive: MapSet.new())
IO.inspect(for x <- 1..3, do: Board.flip(board, {x, 2}))
IO.puts(Pattern.render(Board.alive(board), 5, 5))
IO.inspect(Board.step(board))
IO.puts(Pattern.render(Board.alive(board), 5, 5))
IO.inspect(Board.flip(board, {2, 2}))
IO.inspect(Board.step(board))
IO.inspect(Board.step(board))
GenServer.stop(board)

IO.puts("-- what becomes of them")

for name <- Pattern.names() do
  verdict = name |> Pattern.fetch!() |> Analysis.classify({16, 16}, 300)
  IO.puts("#{String.pad_trailing(to_string(name), 12)} #{inspect(verdict)}")
end

IO.puts("-- a bigger board of processes")
soup = for x <- 0..29, y <- 0..29, rem(x * 7 + y * 13 + x * y, 5) == 0, into: MapSet.new(), do: {x, y}
{:ok, board} = Board.start_link(size: {30, 30}, alive: soup)
populations = for _ <- 1..20, do: Board.step(board)
IO.inspect(populations, width: 100)
expected = soup |> Sets.generations(30, 30) |> Enum.at(20)
IO.puts("agrees with the sets: #{MapSet.equal?(Board.alive(board), expected)}")
GenServer.stop(board)

IO.puts("-- a cell that dies takes its board with it")
Logger.configure(level: :none)
Process.flag(:trap_exit, true)
{:ok, board} = Board.start_link(size: {3, 3}, alive: MapSet.new())
cell = :sys.get_state(board).cells |> Map.fetch!({1, 1})
Process.exit(cell, :kill)

receive do
  {:EXIT, ^board, reason} -> IO.inspect(reason)
end
