defmodule Phial.Shell do
  @moduledoc """
  Lets people on the same machine attach a shell to this VM: `phial --remsh SOCKET`.

      {:ok, _} = Phial.Shell.listen("/run/user/1000/app.sock")

  The shell runs in this VM, with an evaluator of its own; editing, completion, colours and Ctrl-C are those of a shell of its own. Any number may
  be attached. Detaching (Ctrl-D) or the death of the other side ends the shell and leaves everything else as it is.

  Only the owner gets in: the socket is a file of mode 0600, and each side asks the system for the user of the other.

  What passes through the socket are packets with a length of four bytes; their first byte says what they are. To the VM: `h` (hello: lines
  `name=value`), `i` input, `s` a size (`"80 24"`), `c` Ctrl-C, `e` the end of input, `g` (goes on after a stop). From the VM: `w` (welcome), `x` (refused, a
  text), `o` output, `r` and `k` (the mode of keys, of lines), `z` (stop yourself), `q` (the end: a text).
  """

  @version "1"
  # More than a paste holds; a packet that says it is longer is no packet of ours.
  @longest 16_777_216
  @hello_ms 5_000

  @doc """
  Listens on a Unix socket at that path: `{:ok, pid}` or `{:error, reason}`. A socket that a dead VM has left there is replaced; one with a listener is
  `:eaddrinuse`, any other file `:eexist`.

      iex> path = Path.join(System.tmp_dir!(), "phial-doc-\#{System.pid()}.sock")
      iex> {:ok, listener} = Phial.Shell.listen(path)
      iex> Phial.Shell.listen(path)
      {:error, :eaddrinuse}
      iex> Phial.Shell.close(listener)
      :ok
      iex> File.exists?(path)
      false
  """
  @spec listen(Path.t()) :: {:ok, pid} | {:error, atom}
  def listen(path) do
    path = Path.expand(path)
    parent = self()
    ref = make_ref()

    {pid, monitor} =
      spawn_monitor(fn ->
        if user = Process.whereis(:user), do: Process.group_leader(self(), user)

        case open(path) do
          {:ok, socket} ->
            send(parent, {ref, {:ok, self()}})
            listening(socket, path)

          error ->
            send(parent, {ref, error})
        end
      end)

    receive do
      {^ref, answer} ->
        Process.demonitor(monitor, [:flush])
        answer

      {:DOWN, ^monitor, _, ^pid, reason} ->
        {:error, reason}
    end
  end

  @doc "Ends listening, and removes the socket's file. Shells that are attached stay."
  @spec close(pid) :: :ok
  def close(listener) do
    monitor = Process.monitor(listener)
    send(listener, :close)

    receive do
      {:DOWN, ^monitor, _, _, _} -> :ok
    end
  end

  @doc """
  What an error of `listen/1` means.

      iex> Phial.Shell.format_error(:eaddrinuse)
      "another VM listens there"
  """
  @spec format_error(atom) :: String.t()
  def format_error(:eaddrinuse), do: "another VM listens there"
  def format_error(:eexist), do: "there is a file of that name that is no socket"
  def format_error(:einval), do: "the path is too long for a socket (some hundred bytes are the most)"
  def format_error(reason), do: List.to_string(:file.format_error(reason))

  ## Listening

  defp open(path) do
    setup = :inet.__options__(:stream, [:binary, active: false, packet: 4, packet_size: @longest, ifaddr: {:local, path}], {:any, 0})

    with :ok <- free(path),
         {:ok, socket} <- :inet.__open__(:stream, setup) do
      # The mode is set before anybody can connect.
      with :ok <- :prim_inet.bind(socket, setup.ip, 0),
           :ok <- File.chmod(path, 0o600),
           :ok <- :prim_inet.listen(socket, 16) do
        {:ok, socket}
      else
        error ->
          :gen_tcp.close(socket)
          error
      end
    end
  end

  defp free(path) do
    case File.lstat(path) do
      {:error, :enoent} ->
        :ok

      {:ok, %{type: :other}} ->
        case :gen_tcp.connect({:local, path}, 0, [:binary, active: false], 1_000) do
          {:ok, socket} -> :gen_tcp.close(socket) && {:error, :eaddrinuse}
          {:error, :econnrefused} -> File.rm(path)
          {:error, :enoent} -> :ok
          {:error, :eprototype} -> {:error, :eexist}
          {:error, _} -> {:error, :eaddrinuse}
        end

      {:ok, _} ->
        {:error, :eexist}

      error ->
        error
    end
  end

  # The listening process owns the socket; another waits for connections.
  defp listening(socket, path) do
    spawn_link(fn -> accept(socket, path) end)

    receive do
      :close ->
        :gen_tcp.close(socket)
        File.rm(path)
    end
  end

  defp accept(socket, path) do
    case :gen_tcp.accept(socket) do
      {:ok, connection} ->
        pid = spawn(fn -> receive do: (:go -> serve(connection, path)) end)
        :gen_tcp.controlling_process(connection, pid)
        send(pid, :go)
        accept(socket, path)

      {:error, :closed} ->
        :ok

      # Too many open files: wait for better times.
      {:error, _} ->
        Process.sleep(100)
        accept(socket, path)
    end
  end

  ## A connection

  defp serve(socket, path) do
    with true <- owner?(socket, path) || {:refuse, "the socket belongs to another user"},
         {:ok, "h" <> hello} <- :gen_tcp.recv(socket, 0, @hello_ms),
         hello = lines(hello),
         true <- hello["version"] == @version || {:refuse, "the VM speaks version #{@version} of the shell's protocol, not #{hello["version"]}: use the same Phial on both sides"} do
      :ok = :gen_tcp.send(socket, "w")
      attach(socket, hello)
    else
      {:refuse, text} ->
        :gen_tcp.send(socket, "x" <> text)
        :gen_tcp.close(socket)

      _ ->
        :gen_tcp.close(socket)
    end
  end

  # SO_PEERCRED of Linux: struct ucred, {pid, uid, gid}. Root may look into every VM of the machine anyway.
  defp owner?(socket, path) do
    with {:ok, [{:raw, 1, 17, <<_pid::native-32, uid::native-32, _gid::native-32>>}]} <- :inet.getopts(socket, [{:raw, 1, 17, 12}]),
         {:ok, %{uid: own}} <- File.stat(path) do
      uid in [own, 0]
    else
      _ -> false
    end
  end

  defp lines(text) do
    for line <- String.split(text, "\n"), [name, value] <- [String.split(line, "=", parts: 2)], into: %{}, do: {name, value}
  end

  defp attach(socket, hello) do
    Process.flag(:trap_exit, true)
    writer = spawn_link(fn -> writer(socket) end)
    terminal? = hello["terminal"] == "true"
    device = %IEx.Device{reader: self(), writer: writer, terminal?: terminal?, colours?: terminal? and hello["colours"] == "true"}
    user = :phial_user.start_remote(device)

    {shell, monitor} =
      spawn_monitor(fn ->
        Process.group_leader(self(), user)
        IEx.Server.run(device: device)
      end)

    state = %{
      socket: socket,
      writer: writer,
      shell: shell,
      monitor: monitor,
      window: size(hello["size"] || ""),
      watcher: nil,
      input: "",
      readers: [],
      stopped: nil,
      ended: false
    }

    :inet.setopts(socket, active: :once)
    reason = connection(state)
    if reason == :shell_ended, do: end_in_order(writer)
    :gen_tcp.close(socket)
    Process.exit(shell, :kill)
    Process.exit(writer, :kill)
  end

  # All that was written before is on its way when the writer answers.
  defp end_in_order(writer) do
    ref = make_ref()
    send(writer, {:device, self(), ref, :quit})

    receive do
      {^ref, _} -> :ok
      {:EXIT, ^writer, _} -> :ok
    after
      2_000 -> :ok
    end
  end

  defp connection(%{socket: socket, writer: writer, monitor: monitor} = state) do
    receive do
      {:tcp, ^socket, packet} ->
        state = packet |> take(state) |> hand_out()
        # Who types faster than is read waits.
        if byte_size(state.input) < 1_048_576, do: :inet.setopts(socket, active: :once)
        connection(state)

      {:device, from, ref, :read} ->
        state = hand_out(%{state | readers: state.readers ++ [{from, ref}]})
        if state.input == "", do: :inet.setopts(socket, active: :once)
        connection(state)

      {:device, from, ref, :window} ->
        send(from, {ref, state.window})
        connection(state)

      {:device, from, ref, {:watch_size, pid}} ->
        send(from, {ref, :ok})
        connection(%{state | watcher: pid})

      {:device, from, ref, :suspend} ->
        send(writer, {:device, self(), make_ref(), :stop})
        connection(%{state | stopped: {from, ref}})

      {:tcp_closed, ^socket} ->
        :closed

      {:tcp_error, ^socket, _} ->
        :closed

      {:EXIT, ^writer, _} ->
        :closed

      {:DOWN, ^monitor, _, _, _} ->
        :shell_ended

      _ ->
        connection(state)
    end
  end

  defp take("i" <> bytes, state), do: %{state | input: state.input <> bytes}
  defp take("e", state), do: %{state | ended: true}

  defp take("c", state) do
    send(state.shell, :interrupt)
    state
  end

  defp take("s" <> text, state) do
    if state.watcher, do: send(state.watcher, {:terminal_resized})
    %{state | window: size(text)}
  end

  defp take("g", %{stopped: {from, ref}} = state) do
    send(from, {ref, :ok})
    %{state | stopped: nil}
  end

  defp take(_, state), do: state

  defp hand_out(%{readers: [{from, ref} | rest], input: input} = state) when input != "" do
    send(from, {ref, input})
    %{state | readers: rest, input: ""}
  end

  defp hand_out(%{readers: [{from, ref} | rest], ended: true} = state) do
    send(from, {ref, :eof})
    hand_out(%{state | readers: rest})
  end

  defp hand_out(state), do: state

  defp size(text) do
    with [columns, rows] <- String.split(text, " "),
         {columns, ""} <- Integer.parse(columns),
         {rows, ""} <- Integer.parse(rows),
         true <- columns in 2..10_000 and rows in 1..10_000 do
      {columns, rows}
    else
      _ -> {:error, :enotsup}
    end
  end

  defp writer(socket) do
    receive do
      {:device, from, ref, request} ->
        answer = :gen_tcp.send(socket, packet(request))
        send(from, {ref, answer})
        if answer == :ok, do: writer(socket), else: exit(:closed)
    end
  end

  defp packet({:write, data}), do: ["o", data]
  defp packet(:raw), do: "r"
  defp packet(:cooked), do: "k"
  defp packet(:stop), do: "z"
  defp packet(:quit), do: "q"
end
