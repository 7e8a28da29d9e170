defmodule :init do
  @moduledoc """
  The end of the VM, and the arguments it was started with.
  """

  @doc """
  Stops all applications in the reverse of their starting order, then halts with status 0. Returns at once.
  """
  def stop, do: stop(0)

  @doc """
  Does as `stop/0`, with an exit status, or a charlist to say why.
  """
  def stop(status) when is_integer(status) or is_list(status) do
    :persistent_term.put(:init_status, {:stopping, :stopping})

    spawn(fn ->
      stop_applications()
      :erlang.halt(status)
    end)

    :ok
  end

  @doc """
  Stops all applications and starts them again.
  """
  def restart do
    spawn(fn ->
      stopped = stop_applications()
      :lists.foreach(fn name -> :application.ensure_all_started(name) end, stopped)
    end)

    :ok
  end

  @doc """
  Stops all applications in the reverse of their starting order. Returns their names, the first started first.
  """
  def stop_applications do
    :lists.foldl(
      fn {name, _, _}, stopped ->
        if name not in [:kernel, :stdlib, :elixir], do: :application.stop(name)
        [name | stopped]
      end,
      [],
      :application.which_applications()
    )
  end

  @doc """
  Returns the arguments that are no flags, as charlists.

      iex> is_list(:init.get_plain_arguments())
      true
  """
  def get_plain_arguments, do: for(arg <- System.argv(), do: :unicode.characters_to_list(arg))

  @doc """
  Returns the flags of the command line; `:home` is there always.

      iex> [home: [_]] = :init.get_arguments()
  """
  def get_arguments do
    case :os.getenv(~c"HOME") do
      false -> []
      home -> [home: [home]]
    end
  end

  @doc """
  Returns the values of a flag: `{:ok, values}` or `:error`.

      iex> :init.get_argument(:no_such_flag)
      :error
  """
  def get_argument(flag) do
    case for({^flag, values} <- get_arguments(), do: values) do
      [] -> :error
      values -> {:ok, values}
    end
  end

  @doc """
  Returns whether the VM is up: `{:started, :started}`, or `{:stopping, :stopping}` after `stop/0`.

      iex> :init.get_status()
      {:started, :started}
  """
  def get_status, do: :persistent_term.get(:init_status, {:started, :started})

  @doc "The file that the system was started from."
  def script_name, do: :lists.flatten([:code.root_dir(), ~c"/bin/start.boot"])
  @doc "What that file says of itself: a name and the release."
  def script_id, do: {~c"Erlang/OTP", :erlang.system_info(:otp_release)}

  @doc "The ending of names of compiled modules."
  def objfile_extension, do: ~c".beam"
  @doc "The ending of names of archives."
  def archive_extension, do: ~c".ez"

  @doc "Waits until the system is up: it is."
  def wait_until_started, do: :ok

  @doc "Ends the program; whoever started it may start it again."
  def reboot, do: :init.stop(0)
end
