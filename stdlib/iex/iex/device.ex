defmodule IEx.Device do
  @moduledoc """
  What a shell reads keys from and draws on: the terminal of this program (`:local`), or that of a program that is attached
  through a socket (`Phial.Shell`).

  A remote device is two processes: `reader` has what comes from the other side, `writer` what goes there. A write is answered when
  the socket has taken it, so a terminal that is stopped stops only those who print on it.
  """

  defstruct [:reader, :writer, terminal?: false, colours?: false]

  @type t :: :local | %__MODULE__{}

  @doc "True where the editor can draw on the device."
  @spec terminal?(t) :: boolean
  def terminal?(:local), do: :phial_io.terminal?(0) and :phial_io.terminal?(1) and System.get_env("TERM") not in [nil, "", "dumb"]
  def terminal?(device), do: device.terminal?

  @doc "Bytes as soon as there are some; `:eof` or an error at the end."
  def read(:local), do: :phial_io.read(0, 65_536)
  def read(device), do: ask(device.reader, :read, :eof)

  @doc "Writes, and returns when it is written."
  def write(:local, data), do: :phial_io.write(1, data)
  def write(device, data), do: ask(device.writer, {:write, data}, {:error, :closed})

  @doc "`{columns, rows}`, or an error."
  def window(:local), do: :phial_io.window(1)
  def window(device), do: ask(device.reader, :window, {:error, :closed})

  @doc "From now on keys come one by one, and are not echoed."
  def raw(:local), do: :phial_io.raw(0)
  def raw(device), do: ask(device.writer, :raw, {:error, :closed})

  @doc "Puts the mode back as it was."
  def cooked(:local), do: :phial_io.cooked()
  def cooked(device), do: ask(device.writer, :cooked, :ok)

  @doc "Stops the program at the terminal as Ctrl-Z does, until it goes on."
  def suspend(:local), do: :phial_io.suspend()
  def suspend(device), do: ask(device.reader, :suspend, :ok)

  @doc "Each change of the size is told to the calling process as `{:terminal_resized}`."
  def watch_size(:local) do
    :erl_signal_server.ensure_started()
    :gen_event.add_handler(:erl_signal_server, {IEx.Terminal.Resize, self()}, self())
    :os.set_signal(:sigwinch, :handle)
  end

  def watch_size(device), do: ask(device.reader, {:watch_size, self()}, :ok)

  @doc "No more of that."
  def forget_size(:local), do: :gen_event.delete_handler(:erl_signal_server, {IEx.Terminal.Resize, self()}, [])
  def forget_size(_), do: :ok

  defp ask(pid, request, otherwise) do
    ref = Process.monitor(pid)
    send(pid, {:device, self(), ref, request})

    receive do
      {^ref, answer} ->
        Process.demonitor(ref, [:flush])
        answer

      {:DOWN, ^ref, _, _, _} ->
        otherwise
    end
  end
end
