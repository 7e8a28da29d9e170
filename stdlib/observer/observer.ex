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

  A port in use gives `{:error, :eaddrinuse}` and says so.
  """
  @spec start(:tui | keyword) :: :ok | {:error, term}
  def start(:tui), do: Phial.Observer.Terminal.run()

  def start(options) when is_list(options) do
    case Phial.Observer.open(options) do
      {:ok, address} ->
        # On standard error, as notices are: what a program prints stays its own.
        unless options[:quiet], do: IO.puts(:stderr, "observer: " <> address)
        :ok

      {:error, reason} ->
        IO.puts(:stderr, "observer: cannot listen on port #{options[:port] || 0}: #{explain(reason)}")
        {:error, reason}
    end
  end

  @doc "Closes the observer's page and stops its processes."
  @spec stop() :: :ok
  def stop, do: Phial.Observer.close()

  defp explain(:eaddrinuse), do: "it is in use; give another with :observer.start(port: NUMBER)"
  defp explain(:eacces), do: "not permitted; ports under 1024 belong to the system"
  defp explain(reason), do: inspect(reason)
end
