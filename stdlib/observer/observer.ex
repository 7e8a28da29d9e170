defmodule :observer do
  @moduledoc """
  A look inside the running VM.

  `:observer.start` serves a page on a loopback port and prints its address; `:observer.start(:tui)` shows the same figures in the terminal.
  Nothing of it runs while it is closed.
  """

  @doc """
  Opens the observer and prints the address of its page. Opening it again prints the same address.

  ## Examples

      iex> :observer.start
      :ok

  """
  @spec start() :: :ok | {:error, term}
  def start, do: start([])

  @doc """
  Opens the observer: `:tui` in the terminal (until Enter is pressed), or the page with options.

    * `:port` - the loopback port, 0 (the default) for a free one
    * `:quiet` - `true` prints nothing
    * `:dump` - the path of a crash dump (`Phial.CrashDump`): the page shows that instead of this VM

  A port in use gives `{:error, :eaddrinuse}` and says so.
  """
  @spec start(:tui | keyword) :: :ok | {:error, term}
  def start(:tui), do: Phial.Observer.Terminal.run()

  def start(options) when is_list(options) do
    with {:ok, options} <- read_dump(options),
         {:ok, address} <- Phial.Observer.open(options) do
      show(address, options)
    else
      {:error, {:dump, reason}} ->
        IO.puts(:stderr, "observer: cannot read the crash dump #{options[:dump]}: #{Phial.CrashDump.format_error(reason)}")
        {:error, reason}

      {:error, reason} ->
        IO.puts(:stderr, "observer: cannot listen on port #{options[:port] || 0}: #{explain(reason)}")
        {:error, reason}
    end
  end

  # A page that is open shows what it shows: one of them at a time.
  defp read_dump(options) do
    cond do
      options[:dump] == nil ->
        {:ok, options}

      Process.whereis(Phial.Observer) ->
        stop()
        read_dump(options)

      true ->
        case Phial.CrashDump.read(options[:dump]) do
          {:ok, dump} -> {:ok, Keyword.put(options, :dump, dump)}
          {:error, reason} -> {:error, {:dump, reason}}
        end
    end
  end

  defp show(address, options) do
    # On standard error, as notices are: what a program prints stays its own.
    unless options[:quiet], do: IO.puts(:stderr, "observer: " <> address)
    :ok
  end

  @doc "Closes the observer's page and stops its processes."
  @spec stop() :: :ok
  def stop, do: Phial.Observer.close()

  defp explain(:eaddrinuse), do: "it is in use; give another with :observer.start(port: NUMBER)"
  defp explain(:eacces), do: "not permitted; ports under 1024 belong to the system"
  defp explain(reason), do: inspect(reason)
end
