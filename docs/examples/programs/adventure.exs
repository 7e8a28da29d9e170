# A text adventure. A small DSL of macros describes the world at compile time; the parser understands verbs, nouns and
# prepositions; the game itself is a pure function from state and command to state and text. At the end it is played
# from a script, twice, and the second play is restored from a save in the middle.

defmodule Adventure.World do
  @moduledoc """
  The language for worlds:

      use Adventure.World

      room :hall, "Hall" do
        text "A hall."
        exit :north, to: :library
      end

      thing :lamp, in: :hall, text: "A brass lamp.", portable: true
  """

  defmodule Room do
    @moduledoc "A place with ways out."
    defstruct [:id, :name, text: "", exits: %{}, dark: false]
    @type t :: %__MODULE__{}
  end

  defmodule Thing do
    @moduledoc "Whatever can be named."
    defstruct [:id, :at, :text, :key, names: [], portable: false, state: nil, contents: nil]
    @type t :: %__MODULE__{}
  end

  defmacro __using__(_opts) do
    quote do
      import unquote(__MODULE__)
      Module.register_attribute(__MODULE__, :rooms, accumulate: true)
      Module.register_attribute(__MODULE__, :things, accumulate: true)
      @current_room nil
      @before_compile unquote(__MODULE__)
    end
  end

  defmacro room(id, name, opts \\ [], do: block) do
    quote do
      @current_room %Room{id: unquote(id), name: unquote(name), dark: unquote(Keyword.get(opts, :dark, false))}
      unquote(block)
      @rooms @current_room
      @current_room nil
    end
  end

  defmacro text(text) do
    quote do: @current_room(%{@current_room | text: unquote(text)})
  end

  defmacro exit(direction, to: target) do
    quote do: @current_room(put_in(@current_room.exits[unquote(direction)], {:open, unquote(target)}))
  end

  defmacro exit(direction, to: target, locked_by: thing) do
    quote do
      @current_room put_in(@current_room.exits[unquote(direction)], {:locked, unquote(thing), unquote(target)})
    end
  end

  defmacro thing(id, opts) do
    {at, opts} = Keyword.pop!(opts, :in)
    {names, opts} = Keyword.pop(opts, :names, [])

    quote do
      @things struct!(
                %Thing{id: unquote(id), at: unquote(at), names: [to_string(unquote(id)) | unquote(names)]},
                unquote(opts)
              )
    end
  end

  defmacro __before_compile__(env) do
    rooms = Module.get_attribute(env.module, :rooms)
    things = Module.get_attribute(env.module, :things)
    known = MapSet.new(rooms, & &1.id)

    for room <- rooms, {direction, way} <- room.exits do
      target = way |> Tuple.to_list() |> List.last()

      unless target in known do
        raise CompileError,
          file: env.file,
          line: env.line,
          description: "exit #{direction} of #{room.id} leads to unknown room #{inspect(target)}"
      end
    end

    quote do
      @doc "All rooms by id."
      def rooms, do: unquote(Macro.escape(Map.new(rooms, &{&1.id, &1})))

      @doc "All things by id, where they are at the beginning."
      def things, do: unquote(Macro.escape(Map.new(things, &{&1.id, &1})))
    end
  end
end

defmodule Adventure.Castle do
  @moduledoc "The world of this game."
  use Adventure.World

  room :gate, "Castle gate" do
    text "A rusty gate stands ajar. Wind whistles through it."
    exit :north, to: :hall
  end

  room :hall, "Great hall" do
    text "Banners hang from the beams. A staircase leads down into darkness."
    exit :south, to: :gate
    exit :east, to: :library
    exit :down, to: :cellar
  end

  room :library, "Library" do
    text "Books up to the ceiling. Most are about moths, and eaten by them."
    exit :west, to: :hall
  end

  room :cellar, "Cellar", dark: true do
    text "Cold stone. To the east is an iron door."
    exit :up, to: :hall
    exit :east, to: :vault, locked_by: :door
  end

  room :vault, "Vault" do
    text "A small round room, made for one thing only."
    exit :west, to: :cellar
  end

  thing :lamp, in: :hall, names: ["lantern"], text: "A brass lamp.", portable: true, state: :off
  thing :book, in: :library, text: "\"On keys, and where librarians hide them.\"", portable: true
  thing :desk, in: :library, names: ["drawer"], text: "An oak desk with a drawer.", state: :closed, contents: [:key]
  thing :key, in: :nowhere, text: "A heavy iron key.", portable: true
  thing :door, in: :cellar, text: "Iron, with a large keyhole.", state: :locked, key: :key
  thing :crown, in: :vault, names: ["gold"], text: "The lost crown.", portable: true
  thing :banners, in: :hall, names: ["banner"], text: "A moth on a field of green."
end

defmodule Adventure.Parser do
  @moduledoc "From a line to a command: `{:go, :north}`, `{:take, \"lamp\"}`, `{:use, \"key\", \"door\"}`."

  @directions %{
    north: ~w(north n),
    south: ~w(south s),
    east: ~w(east e),
    west: ~w(west w),
    up: ~w(up u),
    down: ~w(down d)
  }

  @verbs [
    take: ["take", "get", "pick up"],
    drop: ["drop", "put down"],
    look: ["look at", "examine", "x", "read"],
    open: ["open"],
    light: ["light", "turn on", "switch on"],
    douse: ["douse", "turn off", "switch off"],
    use: ["use", "unlock"]
  ]

  @prepositions ~w(with on in)
  @articles ~w(the a an my)

  def parse(line) do
    line
    |> String.downcase()
    |> String.replace(~r/[.!?]+$/, "")
    |> String.split()
    |> Enum.reject(&(&1 in @articles))
    |> Enum.join(" ")
    |> command()
  end

  # A clause per direction and per way to say it.
  for {direction, words} <- @directions, word <- words do
    defp command(unquote(word)), do: {:go, unquote(direction)}
    defp command("go " <> unquote(word)), do: {:go, unquote(direction)}
  end

  defp command(line) when line in ~w(look l), do: :look
  defp command(line) when line in ~w(inventory i), do: :inventory
  defp command(word) when word in ~w(score save wait), do: String.to_existing_atom(word)
  defp command("undo"), do: :undo
  defp command(""), do: :nothing

  for {verb, phrases} <- @verbs, phrase <- Enum.sort_by(phrases, &(-byte_size(&1))) do
    defp command(unquote(phrase)), do: {:incomplete, unquote(verb)}
    defp command(unquote(phrase <> " ") <> rest), do: with_object(unquote(verb), rest)
  end

  defp command(line), do: {:unknown, line |> String.split() |> hd()}

  defp with_object(verb, rest) do
    case rest |> String.split() |> Enum.chunk_by(&(&1 in @prepositions)) do
      [object] -> {verb, Enum.join(object, " ")}
      [object, [_preposition], second] -> {verb, Enum.join(object, " "), Enum.join(second, " ")}
      _ -> {:unknown, rest}
    end
  end
end

defmodule Adventure.Game do
  @moduledoc "The state of a game and its rules. `play/2` is pure."

  alias Adventure.{Castle, Parser}
  alias Adventure.World.{Room, Thing}

  defstruct room: :gate, things: %{}, unlocked: MapSet.new(), visited: MapSet.new(), moves: 0, score: 0, over: false, past: []

  @type t :: %__MODULE__{}

  def new, do: %__MODULE__{things: Castle.things()} |> enter(:gate) |> elem(0)

  @spec play(t(), String.t()) :: {t(), String.t()}
  def play(%__MODULE__{over: true} = game, _line), do: {game, "The game is over."}

  def play(game, line) do
    case Parser.parse(line) do
      :undo -> undo(game)
      :save -> {game, "Saved #{byte_size(save(game)) |> size_word()}."}
      command -> act(%{game | moves: game.moves + 1, past: Enum.take([%{game | past: []} | game.past], 5)}, command)
    end
  end

  def save(game), do: :erlang.term_to_binary(%{game | past: []}, [:compressed])
  def load(binary), do: :erlang.binary_to_term(binary, [:safe])

  defp size_word(bytes) when bytes > 0, do: "the game"

  defp undo(%{past: []} = game), do: {game, "There is nothing to undo."}
  defp undo(%{past: [before | past]}), do: {%{before | past: past}, "You are back before that."}

  defp act(game, :nothing), do: {game, "Say something."}
  defp act(game, :wait), do: {game, "Time passes."}
  defp act(game, :look), do: {game, describe(game)}
  defp act(game, :score), do: {game, "You have #{game.score} of 30 points after #{game.moves} moves."}
  defp act(game, {:unknown, word}), do: {game, "I do not know how to #{inspect(word)}."}
  defp act(game, {:incomplete, verb}), do: {game, "What do you want to #{verb}?"}

  defp act(game, :inventory) do
    case carried(game) do
      [] -> {game, "You carry nothing."}
      things -> {game, "You carry: #{things |> Enum.map(&name/1) |> sentence()}."}
    end
  end

  defp act(game, {:go, direction}) do
    case room(game).exits do
      %{^direction => {:open, to}} -> enter(game, to)
      %{^direction => {:locked, lock, to}} -> if lock in game.unlocked, do: enter(game, to), else: {game, "The #{lock} is locked."}
      exits -> {game, "You cannot go #{direction}. #{ways(exits)}"}
    end
  end

  defp act(game, {verb, object}) do
    with {:ok, thing} <- find(game, object), do: act_on(game, verb, thing), else: (:error -> {game, "You see no #{object} here."})
  end

  defp act(game, {verb, object, second}) do
    with {:first, {:ok, thing}} <- {:first, find(game, object)},
         {:second, {:ok, other}} <- {:second, find(game, second)} do
      act_with(game, verb, thing, other)
    else
      {:first, :error} -> {game, "You see no #{object} here."}
      {:second, :error} -> {game, "You see no #{second} here."}
    end
  end

  defp act_on(game, :take, %Thing{at: :player} = thing), do: {game, "You have the #{name(thing)} already."}

  defp act_on(game, :take, %Thing{portable: true} = thing) do
    points = if thing.id == :crown, do: 20, else: 0
    game = game |> put(thing.id, :at, :player) |> Map.update!(:score, &(&1 + points))

    if thing.id == :crown do
      {%{game | over: true}, "You lift the crown. You have won, with #{game.score} points in #{game.moves} moves!"}
    else
      {game, "Taken: #{name(thing)}."}
    end
  end

  defp act_on(game, :take, thing), do: {game, "The #{name(thing)} stays where it is."}
  defp act_on(game, :drop, %Thing{at: :player} = thing), do: {put(game, thing.id, :at, game.room), "Dropped."}
  defp act_on(game, :drop, thing), do: {game, "You do not have the #{name(thing)}."}
  defp act_on(game, :look, thing), do: {game, [thing.text, state_text(thing)] |> Enum.reject(&is_nil/1) |> Enum.join(" ")}

  defp act_on(game, :open, %Thing{contents: contents, state: :closed} = thing) when is_list(contents) do
    game = Enum.reduce(contents, put(game, thing.id, :state, :open), &put(&2, &1, :at, &2.room))
    {%{game | score: game.score + 5}, "Inside the #{name(thing)} you find: #{sentence(contents)}."}
  end

  defp act_on(game, :open, %Thing{state: :locked} = thing), do: {game, "The #{name(thing)} is locked."}
  defp act_on(game, :open, %Thing{state: :open} = thing), do: {game, "The #{name(thing)} is open."}
  defp act_on(game, :light, %Thing{id: :lamp, at: :player}), do: {put(game, :lamp, :state, :on), "The lamp burns."}
  defp act_on(game, :light, %Thing{id: :lamp}), do: {game, "You should hold it first."}
  defp act_on(game, :douse, %Thing{id: :lamp}), do: {put(game, :lamp, :state, :off), "The lamp goes out."}
  defp act_on(game, verb, thing), do: {game, "You cannot #{verb} the #{name(thing)}."}

  defp act_with(game, :use, %Thing{id: key, at: :player}, %Thing{key: key} = lock), do: unlock(game, lock)
  defp act_with(game, :use, %Thing{key: key} = lock, %Thing{id: key, at: :player}), do: unlock(game, lock)
  defp act_with(game, _, thing, other), do: {game, "The #{name(thing)} and the #{name(other)} have nothing to say to each other."}

  defp unlock(%{unlocked: unlocked} = game, lock) do
    if lock.id in unlocked do
      {game, "It is unlocked already."}
    else
      game = put(game, lock.id, :state, :open)
      {%{game | unlocked: MapSet.put(unlocked, lock.id), score: game.score + 5}, "Click! The #{name(lock)} swings open."}
    end
  end

  defp enter(game, to) do
    first? = to not in game.visited
    game = %{game | room: to, visited: MapSet.put(game.visited, to)}
    {game, if(first?, do: describe(game), else: "#{room(game).name}. #{seen(game)}" |> String.trim())}
  end

  defp describe(game) do
    room = room(game)

    if dark?(game) do
      "Darkness. You hear something drip."
    else
      [room.name, room.text, seen(game), ways(room.exits)] |> Enum.reject(&(&1 == "")) |> Enum.join("\n")
    end
  end

  defp seen(game) do
    case for(%Thing{portable: true} = thing <- here(game), do: name(thing)) do
      [] -> ""
      names -> "You see #{sentence(names)}."
    end
  end

  defp ways(exits), do: "Ways: #{exits |> Map.keys() |> Enum.sort() |> Enum.join(", ")}."

  defp dark?(game) do
    room(game).dark and not match?(%Thing{state: :on, at: at} when at in [:player, game.room], game.things.lamp)
  rescue
    _ -> room(game).dark
  end

  defp room(%{room: id}), do: %Room{} = Map.fetch!(Castle.rooms(), id)
  defp here(game), do: if(dark?(game), do: [], else: at(game, game.room))
  defp carried(game), do: at(game, :player)
  defp at(game, place), do: for({_, %Thing{at: ^place} = thing} <- Enum.sort(game.things), do: thing)
  defp put(game, id, key, value), do: %{game | things: Map.update!(game.things, id, &Map.replace!(&1, key, value))}
  defp name(%Thing{id: id}), do: to_string(id)

  defp find(game, word) do
    Enum.find_value(carried(game) ++ here(game), :error, fn thing -> if word in thing.names, do: {:ok, thing} end)
  end

  defp state_text(%Thing{state: nil}), do: nil
  defp state_text(%Thing{state: state}), do: "It is #{state}."

  defp sentence([one]), do: "a #{one}"

  defp sentence(many) do
    {init, [last]} = Enum.split(many, -1)
    Enum.map_join(init, ", ", &"a #{&1}") <> " and a #{last}"
  end
end

defmodule Adventure.Session do
  @moduledoc "A game in a process, so that a crash of the rules would not lose it."
  use Agent

  def start_link(game), do: Agent.start_link(fn -> {game, []} end)

  def say(session, line) do
    Agent.get_and_update(session, fn {game, log} ->
      {game, text} = Adventure.Game.play(game, line)
      {text, {game, [{line, text} | log]}}
    end)
  end

  def game(session), do: Agent.get(session, &elem(&1, 0))
  def transcript(session), do: session |> Agent.get(&elem(&1, 1)) |> Enum.reverse()
end

defmodule Adventure.Script do
  @moduledoc false
  alias Adventure.{Game, Session}

  @lines """
  look
  go west
  dance!
  n
  take the banners
  examine banners
  get
  down
  take door
  up
  light lamp
  take lamp
  i
  turn on the lantern
  x lamp
  e
  read book
  open the desk
  open desk
  take key
  take book
  i
  drop book
  look
  take book
  undo
  undo
  w
  d
  x door
  e
  open door
  use lamp on door
  unlock door with key
  unlock door with key
  use sword on door
  save
  e
  score
  take gold
  north
  """

  def run do
    {:ok, session} = Session.start_link(Game.new())
    lines = String.split(@lines, "\n", trim: true)

    saves =
      for line <- lines, reduce: [] do
        saves ->
          IO.puts("> #{line}")
          session |> Session.say(line) |> String.split("\n") |> Enum.each(&IO.puts("  #{&1}"))
          if line == "save", do: [Game.save(Session.game(session)) | saves], else: saves
      end

    [saved] = saves
    IO.puts("-- restored")
    {:ok, second} = saved |> Game.load() |> Session.start_link()
    rest = lines |> Enum.drop_while(&(&1 != "save")) |> tl()
    for line <- rest, do: Session.say(second, line)

    IO.puts("same ending: #{List.last(Session.transcript(session)) == List.last(Session.transcript(second))}")
    IO.puts("same score: #{Session.game(session).score == Session.game(second).score}")
    IO.inspect(Session.transcript(second) |> Enum.map(&elem(&1, 0)))

    words = session |> Session.transcript() |> Enum.flat_map(fn {line, _} -> String.split(line) end)
    IO.inspect(words |> Enum.frequencies() |> Enum.sort_by(fn {word, n} -> {-n, word} end) |> Enum.take(5))
  end

  def broken_world do
    IO.puts("-- a world with a mistake does not compile")

    Code.eval_string("""
    defmodule Broken do
      use Adventure.World

      room :a, "A" do
        exit :north, to: :nowhere_land
      end
    end
    """)
  rescue
    error in CompileError -> IO.puts(error.description)
  end
end

Adventure.Script.run()
Adventure.Script.broken_world()
