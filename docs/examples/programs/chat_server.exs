# A chat server over TCP, with clients that try it.
#
#     phial docs/examples/programs/chat_server.exs
#
# The server speaks lines of text. A client first gives its name, then types commands: /join ROOM, /leave, /rooms, /who,
# /msg NAME TEXT, /quit; every other line goes to the room it is in.
#
#   Chat.Supervisor
#     |- Chat.Names        a Registry: which session has which name
#     |- Chat.Rooms        a Registry: which room process has which name
#     |- Chat.RoomStarter  a DynamicSupervisor: one Chat.Room for each room, started when somebody joins it
#     |- Chat.Sessions     a Task.Supervisor: one Chat.Session for each connection
#     |- Chat.Listener     accepts connections
#
# The last module is a script of several clients. Its transcript is the same on every run, because each step waits
# for the lines it must bring about.

defmodule Chat.Protocol do
  @moduledoc "What clients may say, and how the server answers."

  @type command ::
          {:join, String.t()}
          | :leave
          | :rooms
          | :who
          | {:message, String.t(), String.t()}
          | :quit
          | {:say, String.t()}
          | {:invalid, String.t()}

  @doc "Understands a line of a client."
  @spec parse(String.t()) :: command
  def parse("/" <> line) do
    case String.split(line, " ", parts: 3, trim: true) do
      ["join", room] -> if valid_name?(room), do: {:join, room}, else: {:invalid, "bad room name"}
      ["leave"] -> :leave
      ["rooms"] -> :rooms
      ["who"] -> :who
      ["msg", name, text] -> {:message, name, text}
      ["msg" | _] -> {:invalid, "usage: /msg NAME TEXT"}
      ["quit"] -> :quit
      [other | _] -> {:invalid, "unknown command /#{other}"}
      [] -> {:invalid, "unknown command /"}
    end
  end

  def parse(text), do: {:say, text}

  @doc "Says whether a user or a room may be called so."
  @spec valid_name?(String.t()) :: boolean
  def valid_name?(name), do: name =~ ~r/^[a-z][a-z0-9_]{1,15}$/

  @doc "The line that a client gets for something that has happened."
  @spec render(tuple) :: String.t()
  def render({:said, room, name, text}), do: "[#{room}] <#{name}> #{text}"
  def render({:joined, room, name}), do: "[#{room}] * #{name} joined"
  def render({:left, room, name}), do: "[#{room}] * #{name} left"
  def render({:private, name, text}), do: "[private] <#{name}> #{text}"
  def render({:info, text}), do: "-- #{text}"
  def render({:error, text}), do: "!! #{text}"
end

defmodule Chat.Room do
  @moduledoc "A room: its members, and what was said last. It ends when the last member has left."

  use GenServer, restart: :temporary

  @history 3

  defstruct name: nil, members: %{}, history: []

  def start_link(name), do: GenServer.start_link(__MODULE__, name, name: via(name))

  @doc "Joins a room, which is started if need be. Returns the lines that were said last, oldest first."
  def join(room, user) do
    case DynamicSupervisor.start_child(Chat.RoomStarter, {__MODULE__, room}) do
      {:ok, pid} -> GenServer.call(pid, {:join, user, self()})
      {:error, {:already_started, pid}} -> GenServer.call(pid, {:join, user, self()})
    end
  end

  def leave(room), do: GenServer.call(via(room), {:leave, self()})
  def say(room, text), do: GenServer.cast(via(room), {:say, self(), text})
  def members(room), do: GenServer.call(via(room), :members)

  @doc "The names of all rooms, in order."
  def all do
    Chat.Rooms
    |> Registry.select([{{:"$1", :_, :_}, [], [:"$1"]}])
    |> Enum.sort()
  end

  defp via(name), do: {:via, Registry, {Chat.Rooms, name}}

  @impl true
  def init(name), do: {:ok, %__MODULE__{name: name}}

  @impl true
  def handle_call({:join, user, pid}, _from, room) do
    broadcast(room, {:joined, room.name, user})
    ref = Process.monitor(pid)
    members = Map.put(room.members, pid, {user, ref})
    {:reply, Enum.reverse(room.history), %{room | members: members}}
  end

  def handle_call({:leave, pid}, _from, room) do
    {{_user, ref}, _} = Map.pop!(room.members, pid)
    Process.demonitor(ref, [:flush])

    case remove(room, pid) do
      %{members: members} = room when members == %{} -> {:stop, :normal, :ok, room}
      room -> {:reply, :ok, room}
    end
  end

  def handle_call(:members, _from, room) do
    names = for {_pid, {user, _ref}} <- room.members, do: user
    {:reply, Enum.sort(names), room}
  end

  @impl true
  def handle_cast({:say, pid, text}, room) do
    {user, _ref} = Map.fetch!(room.members, pid)
    event = {:said, room.name, user, text}
    broadcast(room, event)
    {:noreply, %{room | history: Enum.take([event | room.history], @history)}}
  end

  @impl true
  def handle_info({:DOWN, _ref, :process, pid, _reason}, room) do
    case remove(room, pid) do
      %{members: members} = room when members == %{} -> {:stop, :normal, room}
      room -> {:noreply, room}
    end
  end

  defp remove(room, pid) do
    {{user, _ref}, members} = Map.pop!(room.members, pid)
    room = %{room | members: members}
    broadcast(room, {:left, room.name, user})
    room
  end

  defp broadcast(room, event) do
    for {pid, _} <- room.members, do: send(pid, {:chat, event})
  end
end

defmodule Chat.Session do
  @moduledoc """
  One connection. The process owns the socket in mode `active: :once`: it hears the client's lines and the rooms' events in one
  mailbox, and a client that writes faster than it is served waits.
  """

  alias Chat.{Protocol, Room}

  defstruct [:socket, :name, :room]

  def run(socket) do
    receive do
      :ready -> :ok
    end

    greet(%__MODULE__{socket: socket})
  end

  defp greet(session) do
    write(session, {:info, "welcome; what is your name?"})

    with {:ok, line} <- :gen_tcp.recv(session.socket, 0, 5_000) do
      name = String.trim(line)

      cond do
        not Protocol.valid_name?(name) ->
          write(session, {:error, "a name has 2 to 16 small letters and digits"})
          greet(session)

        match?({:error, _}, Registry.register(Chat.Names, name, nil)) ->
          write(session, {:error, "#{name} is taken"})
          greet(session)

        true ->
          write(session, {:info, "hello #{name}"})
          loop(%{session | name: name})
      end
    end
  end

  defp loop(session) do
    :inet.setopts(session.socket, active: :once)
    wait(session)
  end

  defp wait(%{socket: socket} = session) do
    receive do
      {:chat, event} ->
        write(session, event)
        wait(session)

      {:tcp, ^socket, line} ->
        case line |> String.trim() |> Protocol.parse() |> handle(session) do
          {:ok, session} -> loop(session)
          :stop -> :gen_tcp.close(socket)
        end

      {:tcp_closed, ^socket} ->
        :ok
    end
  end

  defp handle({:join, room}, %{room: room} = session), do: reply(session, {:error, "you are in #{room}"})

  defp handle({:join, room}, session) do
    if session.room, do: Room.leave(session.room)
    history = Room.join(room, session.name)
    write(session, {:info, "you are in #{room} with #{Enum.join(Room.members(room), ", ")}"})
    for event <- history, do: write(session, event)
    {:ok, %{session | room: room}}
  end

  defp handle(:leave, %{room: nil} = session), do: reply(session, {:error, "you are in no room"})

  defp handle(:leave, session) do
    Room.leave(session.room)
    reply(%{session | room: nil}, {:info, "you left #{session.room}"})
  end

  defp handle(:rooms, session) do
    case Room.all() do
      [] -> reply(session, {:info, "there are no rooms"})
      rooms -> reply(session, {:info, "rooms: #{Enum.join(rooms, ", ")}"})
    end
  end

  defp handle(:who, %{room: nil} = session), do: reply(session, {:error, "you are in no room"})
  defp handle(:who, session), do: reply(session, {:info, "here: #{Enum.join(Room.members(session.room), ", ")}"})

  defp handle({:message, name, text}, session) do
    case Registry.lookup(Chat.Names, name) do
      [{pid, _}] ->
        send(pid, {:chat, {:private, session.name, text}})
        reply(session, {:info, "sent to #{name}"})

      [] ->
        reply(session, {:error, "nobody is called #{name}"})
    end
  end

  defp handle(:quit, session) do
    write(session, {:info, "bye"})
    :stop
  end

  defp handle({:say, ""}, session), do: {:ok, session}
  defp handle({:say, _}, %{room: nil} = session), do: reply(session, {:error, "join a room first"})

  defp handle({:say, text}, session) do
    Room.say(session.room, text)
    {:ok, session}
  end

  defp handle({:invalid, why}, session), do: reply(session, {:error, why})

  defp reply(session, event) do
    write(session, event)
    {:ok, session}
  end

  defp write(session, event), do: :gen_tcp.send(session.socket, [Protocol.render(event), ?\n])
end

defmodule Chat.Listener do
  @moduledoc "Accepts connections and starts a session for each."

  use GenServer

  def start_link(port), do: GenServer.start_link(__MODULE__, port, name: __MODULE__)

  @doc "The port that the server listens on."
  def port, do: GenServer.call(__MODULE__, :port)

  @impl true
  def init(port) do
    options = [:binary, packet: :line, active: false, reuseaddr: true, backlog: 64, ip: {127, 0, 0, 1}]

    case :gen_tcp.listen(port, options) do
      {:ok, listener} ->
        {:ok, _acceptor} = Task.start_link(fn -> accept(listener) end)
        {:ok, listener}

      {:error, reason} ->
        {:stop, reason}
    end
  end

  @impl true
  def handle_call(:port, _from, listener) do
    {:ok, port} = :inet.port(listener)
    {:reply, port, listener}
  end

  defp accept(listener) do
    {:ok, socket} = :gen_tcp.accept(listener)
    {:ok, session} = Task.Supervisor.start_child(Chat.Sessions, Chat.Session, :run, [socket])
    :ok = :gen_tcp.controlling_process(socket, session)
    send(session, :ready)
    accept(listener)
  end
end

defmodule Chat.Supervisor do
  use Supervisor

  def start_link(port), do: Supervisor.start_link(__MODULE__, port, name: __MODULE__)

  @impl true
  def init(port) do
    children = [
      {Registry, keys: :unique, name: Chat.Names},
      {Registry, keys: :unique, name: Chat.Rooms},
      {DynamicSupervisor, name: Chat.RoomStarter, strategy: :one_for_one},
      {Task.Supervisor, name: Chat.Sessions},
      {Chat.Listener, port}
    ]

    Supervisor.init(children, strategy: :rest_for_one)
  end
end

defmodule Chat.Client do
  @moduledoc "A client for the script below: prints what it types and what comes."

  defstruct [:label, :socket]

  def connect(label) do
    {:ok, socket} = :gen_tcp.connect(~c"localhost", Chat.Listener.port(), [:binary, packet: :line, active: false])
    expect(%__MODULE__{label: label, socket: socket}, 1)
  end

  @doc "Sends a line, then waits for so many lines of the server."
  def type(client, line, lines \\ 1) do
    IO.puts("#{client.label} > #{line}")
    :ok = :gen_tcp.send(client.socket, [line, ?\n])
    expect(client, lines)
  end

  @doc "Waits for so many lines."
  def expect(client, lines) do
    for _ <- 1..lines do
      case :gen_tcp.recv(client.socket, 0, 2_000) do
        {:ok, line} -> IO.write("#{client.label} < #{line}")
        {:error, reason} -> IO.puts("#{client.label} : #{reason}")
      end
    end

    client
  end

  def hang_up(client) do
    IO.puts("#{client.label} : hangs up")
    :gen_tcp.close(client.socket)
  end
end

defmodule Chat.Crowd do
  @moduledoc "Many clients at once, each of which says something in one room and hears everybody."

  def run(count) do
    1..count
    |> Task.async_stream(&visit(&1, count), max_concurrency: count, timeout: 20_000)
    |> Enum.map(fn {:ok, heard} -> heard end)
  end

  defp visit(number, count) do
    {:ok, socket} = :gen_tcp.connect(~c"localhost", Chat.Listener.port(), [:binary, packet: :line, active: false])
    name = "guest#{number}"
    for line <- [name, "/join crowd"], do: :ok = :gen_tcp.send(socket, [line, ?\n])
    wait_until_full(socket, count)
    :ok = :gen_tcp.send(socket, ["number #{number}\n"])
    heard = hear(socket, MapSet.new(), count)
    :gen_tcp.close(socket)
    MapSet.size(heard)
  end

  defp wait_until_full(socket, count) do
    :ok = :gen_tcp.send(socket, "/who\n")
    if members(socket) < count, do: wait_until_full(socket, count), else: :ok
  end

  # What others say meanwhile is kept for later, in the process dictionary's "ears".
  defp members(socket) do
    case :gen_tcp.recv(socket, 0, 5_000) do
      {:ok, "-- here: " <> names} ->
        names |> String.split(",") |> length()

      {:ok, line} ->
        note(line)
        members(socket)
    end
  end

  defp note(line) do
    with [_, number] <- Regex.run(~r/> number (\d+)/, line), do: Process.put({:heard, number}, true)
    :ok
  end

  defp hear(socket, heard, count) do
    heard = for {{:heard, number}, true} <- Process.get(), into: heard, do: number

    if MapSet.size(heard) == count do
      heard
    else
      {:ok, line} = :gen_tcp.recv(socket, 0, 5_000)
      note(line)
      hear(socket, heard, count)
    end
  end
end

defmodule Chat.Script do
  @moduledoc "The script: what several clients do, one step after the other."

  import Chat.Client

  def run do
    {:ok, server} = Chat.Supervisor.start_link(0)

    IO.puts("== arriving")
    ann = connect("ann") |> type("Ann!", 2) |> type("ann")
    bob = connect("bob") |> type("ann", 2) |> type("bob")
    cy = connect("cy ") |> type("cy")

    IO.puts("== talking")
    type(ann, "anybody there?")
    type(ann, "/rooms")
    type(ann, "/join elixir")
    type(bob, "/join elixir")
    expect(ann, 1)
    type(ann, "hello bob")
    expect(bob, 1)
    type(bob, "hello ann")
    expect(ann, 1)

    IO.puts("== a latecomer reads what was said")
    type(cy, "/join elixir", 3)
    for client <- [ann, bob], do: expect(client, 1)
    type(cy, "/who")
    type(cy, "/msg ann psst")
    expect(ann, 1)
    type(cy, "/msg dora are you there?")
    type(cy, "/dance")
    type(cy, "/msg ann")

    IO.puts("== leaving")
    type(bob, "/leave")
    for client <- [ann, cy], do: expect(client, 1)
    type(bob, "/join erlang")
    type(bob, "/rooms")
    hang_up(cy)
    expect(ann, 1)
    type(ann, "/who")
    type(bob, "/quit", 2)
    hang_up(ann)

    IO.puts("== a crowd")
    heard = Chat.Crowd.run(25)
    IO.puts("#{length(heard)} guests, each heard #{inspect(Enum.uniq(heard))} voices")

    IO.puts("== closing")
    Supervisor.stop(server)
    IO.puts("still running: #{inspect(Enum.filter([Chat.Names, Chat.Sessions, Chat.Listener], &Process.whereis/1))}")
  end
end

Chat.Script.run()
